-- +goose Up
CREATE TABLE runs (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	owner       TEXT NOT NULL,
	version     TEXT NOT NULL,
	item        TEXT NOT NULL,
	purpose     TEXT NOT NULL CHECK (purpose IN ('try', 'graded', 'again')),
	state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'replaced')),
	body        TEXT NOT NULL,
	input       TEXT NOT NULL,
	result      TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	started_at  BIGINT NOT NULL,
	finished_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX runs_of ON runs (org_id, owner, item, created_at);
CREATE INDEX runs_again ON runs (org_id, purpose, item, created_at);
-- What the author's own solution reported, once per version, item and language: the ids of unit tests that must come.
CREATE TABLE run_references (
	org_id   TEXT NOT NULL,
	version  TEXT NOT NULL,
	item     TEXT NOT NULL,
	language TEXT NOT NULL,
	ids      TEXT NOT NULL,
	PRIMARY KEY (org_id, version, item, language)
);
-- The queue is the installation's: whose turn it is, is decided between organisations. It holds ids only.
CREATE TABLE run_queue (
	run_id      TEXT PRIMARY KEY,
	org_id      TEXT NOT NULL,
	graded      BIGINT NOT NULL,
	queued_at   BIGINT NOT NULL,
	taken_by    TEXT NOT NULL,
	lease_until BIGINT NOT NULL,
	takes       BIGINT NOT NULL
);
CREATE INDEX run_queue_turn ON run_queue (graded, queued_at);
CREATE TABLE run_turns (
	tenant    TEXT PRIMARY KEY,
	served_at BIGINT NOT NULL
);
