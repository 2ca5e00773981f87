-- +goose Up
-- The working week, a bit for each day: Monday is 1, Sunday 64.
ALTER TABLE organisations ADD COLUMN week BIGINT NOT NULL DEFAULT 31 CHECK (week BETWEEN 1 AND 127);
-- Days on which nobody works, in the organisation's zone.
CREATE TABLE holidays (
	org_id TEXT NOT NULL,
	day    TEXT NOT NULL,
	name   TEXT NOT NULL,
	PRIMARY KEY (org_id, day)
);
