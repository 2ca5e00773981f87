-- +goose Up
CREATE TABLE promises (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	kind           TEXT NOT NULL CHECK (kind IN ('reply')),
	application_id TEXT NOT NULL,
	days           BIGINT NOT NULL CHECK (days > 0),
	made_at        BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	kept_at        BIGINT NOT NULL,
	broken_at      BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX promises_application ON promises (org_id, application_id, kept_at, made_at);
CREATE INDEX promises_due ON promises (org_id, kept_at, due_at);
