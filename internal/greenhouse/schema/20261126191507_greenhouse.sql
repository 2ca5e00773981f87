-- +goose Up
CREATE TABLE greenhouse_keys (
	org_id   TEXT NOT NULL,
	id       TEXT NOT NULL,
	token_id TEXT NOT NULL,
	sealed   TEXT NOT NULL,
	seen_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE greenhouse_tests (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	invitation_id  TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	url            TEXT NOT NULL,
	profile_url    TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'delivered', 'dead')),
	tries          BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	status         BIGINT NOT NULL,
	answer         TEXT NOT NULL,
	tried_at       BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, url)
);
CREATE INDEX greenhouse_tests_application ON greenhouse_tests (org_id, application_id);
CREATE TABLE greenhouse_errors (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	call       TEXT NOT NULL,
	words      TEXT NOT NULL,
	test_id    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
