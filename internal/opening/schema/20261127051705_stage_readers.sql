-- +goose Up
-- Who of an opening's pool reads what is sent at a stage; where nobody is named the whole pool does.
CREATE TABLE stage_readers (
	org_id    TEXT NOT NULL,
	stage_id  TEXT NOT NULL,
	member_id TEXT NOT NULL,
	PRIMARY KEY (org_id, stage_id, member_id),
	FOREIGN KEY (org_id, stage_id) REFERENCES stages (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
