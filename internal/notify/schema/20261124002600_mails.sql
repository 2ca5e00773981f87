-- +goose Up
CREATE TABLE mails (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	about       TEXT NOT NULL,
	subject_id  TEXT NOT NULL,
	to_name     TEXT NOT NULL,
	to_email    TEXT NOT NULL,
	reply_name  TEXT NOT NULL,
	reply_email TEXT NOT NULL,
	subject     TEXT NOT NULL,
	body        TEXT NOT NULL,
	action_text TEXT NOT NULL,
	action_path TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'refused')),
	error       TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	sent_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, about, subject_id)
);
CREATE INDEX mails_newest ON mails (org_id, created_at, id);
CREATE INDEX mails_to ON mails (org_id, to_email);
