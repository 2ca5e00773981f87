-- +goose Up
-- What a member says on an opening's page: their recording of it.
CREATE TABLE opening_greetings (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	upload_id  TEXT NOT NULL,
	made_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, opening_id, member_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX opening_greetings_member ON opening_greetings (org_id, member_id);
