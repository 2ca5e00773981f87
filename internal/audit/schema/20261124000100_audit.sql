-- +goose Up
CREATE TABLE audit_heads (
	org_id TEXT NOT NULL,
	id     TEXT NOT NULL CHECK (id = 'head'),
	n      BIGINT NOT NULL,
	hash   TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE audit_lines (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	n          BIGINT NOT NULL CHECK (n > 0),
	at         BIGINT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor_id   TEXT NOT NULL,
	verb       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	facts      TEXT NOT NULL,
	previous   TEXT NOT NULL,
	hash       TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, n)
);
CREATE INDEX audit_lines_subject ON audit_lines (org_id, subject, n);
CREATE TABLE reasons (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	body       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX reasons_subject ON reasons (org_id, subject);
