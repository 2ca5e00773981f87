-- +goose Up
-- How many questions about their own work were announced when the person began, and when they were asked; 0 is none, and not yet.
ALTER TABLE attempts ADD COLUMN questions BIGINT NOT NULL DEFAULT 0 CHECK (questions BETWEEN 0 AND 4);
ALTER TABLE attempts ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;
CREATE TABLE questions (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	n          BIGINT NOT NULL CHECK (n BETWEEN 1 AND 4),
	item       TEXT NOT NULL,
	rule       TEXT NOT NULL,
	text       TEXT NOT NULL,
	why        TEXT NOT NULL,
	file       TEXT NOT NULL,
	line       BIGINT NOT NULL,
	code       TEXT NOT NULL,
	unclear    TEXT NOT NULL,
	unclear_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, n),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
