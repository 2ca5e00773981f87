-- +goose Up
CREATE TABLE organisations (
	org_id          TEXT NOT NULL,
	id              TEXT NOT NULL CHECK (id = org_id),
	name            TEXT NOT NULL,
	contact_email   TEXT NOT NULL,
	zone            TEXT NOT NULL,
	hue             BIGINT NOT NULL CHECK (hue BETWEEN 0 AND 360),
	chroma_milli    BIGINT NOT NULL CHECK (chroma_milli BETWEEN 0 AND 180),
	failure_minutes BIGINT NOT NULL CHECK (failure_minutes BETWEEN 0 AND 120),
	factor_max      BIGINT NOT NULL CHECK (factor_max BETWEEN 1000 AND 10000),
	keep_months     BIGINT NOT NULL CHECK (keep_months BETWEEN 1 AND 120),
	created_at      BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE members (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	account_id   TEXT NOT NULL REFERENCES accounts (id),
	name         TEXT NOT NULL,
	email        TEXT NOT NULL,
	title        TEXT NOT NULL,
	team         TEXT NOT NULL,
	roles        TEXT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
	absent_until BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, account_id)
);
CREATE TABLE memberships (
	account_id TEXT NOT NULL,
	org_id     TEXT NOT NULL,
	PRIMARY KEY (account_id, org_id)
);
