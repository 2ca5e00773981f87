-- +goose Up
-- What somebody made of being asked about a stage. Nothing here or there says which answers are theirs, and when is not kept.
CREATE TABLE surveys (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('later', 'refused', 'answered')),
	occasion       TEXT NOT NULL CHECK (occasion IN ('sent', 'reply')),
	PRIMARY KEY (org_id, application_id, stage_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
-- How many have answered to a wording; the row gives each its number.
CREATE TABLE survey_counts (
	org_id     TEXT NOT NULL,
	stage_id   TEXT NOT NULL,
	wording    BIGINT NOT NULL,
	opening_id TEXT NOT NULL,
	n          BIGINT NOT NULL,
	PRIMARY KEY (org_id, stage_id, wording),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE INDEX survey_counts_opening ON survey_counts (org_id, opening_id);
CREATE TABLE survey_answers (
	org_id   TEXT NOT NULL,
	stage_id TEXT NOT NULL,
	wording  BIGINT NOT NULL,
	n        BIGINT NOT NULL,
	question TEXT NOT NULL,
	answer   TEXT NOT NULL,
	PRIMARY KEY (org_id, stage_id, wording, n, question),
	FOREIGN KEY (org_id, stage_id, wording) REFERENCES survey_counts (org_id, stage_id, wording)
);
