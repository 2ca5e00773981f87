-- +goose Up
-- How somebody who works with a candidate, and is not blind, rates how they worked together: beside the scorecards, in no score of theirs.
CREATE TABLE collaborations (
	org_id         TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	note           TEXT NOT NULL,
	saved_at       BIGINT NOT NULL,
	filed_at       BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, member_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX collaborations_application ON collaborations (org_id, application_id);
CREATE TABLE collaboration_ratings (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	criterion  TEXT NOT NULL,
	level      BIGINT NOT NULL CHECK (level BETWEEN -1 AND 6),
	reason     TEXT NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, member_id, criterion),
	FOREIGN KEY (org_id, attempt_id, member_id) REFERENCES collaborations (org_id, attempt_id, member_id)
);
