-- +goose Up
CREATE TABLE accounts (
	id          TEXT PRIMARY KEY,
	email       TEXT NOT NULL,
	email_key   TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	disabled_at BIGINT NOT NULL
);
CREATE TABLE staff_sessions (
	hash       TEXT PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	account_id TEXT NOT NULL REFERENCES accounts (id),
	agent      TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL
);
CREATE INDEX staff_sessions_account ON staff_sessions (account_id, created_at);
CREATE TABLE signin_links (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	account_id TEXT NOT NULL,
	purpose    TEXT NOT NULL CHECK (purpose IN ('signin', 'admin', 'member', 'setup')),
	org_id     TEXT NOT NULL,
	browser    TEXT NOT NULL,
	tries      BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	opened_at  BIGINT NOT NULL,
	used_at    BIGINT NOT NULL
);
CREATE INDEX signin_links_browser ON signin_links (browser, created_at);
