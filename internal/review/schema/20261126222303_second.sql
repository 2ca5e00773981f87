-- +goose Up
-- A second look: somebody who has not seen the first scores reads a work again, after an appeal. Its card stands beside those of the round and is
-- in no score.
CREATE TABLE second_looks (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('asked', 'filed', 'back')),
	due_at         BIGINT NOT NULL,
	asked_at       BIGINT NOT NULL,
	saved_at       BIGINT NOT NULL,
	filed_at       BIGINT NOT NULL,
	seconds        BIGINT NOT NULL,
	note           TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES review_rounds (org_id, attempt_id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE UNIQUE INDEX second_looks_one ON second_looks (org_id, attempt_id) WHERE state <> 'back';
CREATE INDEX second_looks_member ON second_looks (org_id, member_id, state, due_at);
CREATE INDEX second_looks_application ON second_looks (org_id, application_id);
CREATE TABLE second_levels (
	org_id    TEXT NOT NULL,
	second_id TEXT NOT NULL,
	criterion TEXT NOT NULL,
	level     BIGINT NOT NULL CHECK (level BETWEEN -1 AND 6),
	reason    TEXT NOT NULL,
	note      TEXT NOT NULL,
	PRIMARY KEY (org_id, second_id, criterion),
	FOREIGN KEY (org_id, second_id) REFERENCES second_looks (org_id, id)
);
