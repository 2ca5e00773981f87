-- +goose Up
CREATE TABLE api_tokens (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	hash       TEXT NOT NULL,
	name       TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (org_id, hash);
CREATE TABLE api_requests (
	org_id     TEXT NOT NULL,
	asker      TEXT NOT NULL,
	key        TEXT NOT NULL,
	body_hash  TEXT NOT NULL,
	made_id    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, asker, key)
);
CREATE INDEX api_requests_age ON api_requests (org_id, created_at);
