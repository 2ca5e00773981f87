-- +goose Up
-- An appeal, and the evaluation of a work trial, are owed an answer too.
CREATE TABLE promises_next (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	kind           TEXT NOT NULL CHECK (kind IN ('review', 'reply', 'feedback', 'talk', 'payment', 'question', 'evaluation', 'appeal')),
	application_id TEXT NOT NULL,
	subject        TEXT NOT NULL DEFAULT '',
	days           BIGINT NOT NULL CHECK (days > 0),
	made_at        BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	reminded_at    BIGINT NOT NULL DEFAULT 0,
	kept_at        BIGINT NOT NULL,
	broken_at      BIGINT NOT NULL,
	waits_from     BIGINT NOT NULL DEFAULT 0,
	waits_until    BIGINT NOT NULL DEFAULT 0,
	unwaited_due   BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id)
);
INSERT INTO promises_next (org_id, id, kind, application_id, subject, days, made_at, due_at, reminded_at, kept_at, broken_at, waits_from, waits_until, unwaited_due)
SELECT org_id, id, kind, application_id, subject, days, made_at, due_at, reminded_at, kept_at, broken_at, waits_from, waits_until, unwaited_due FROM promises;
DROP TABLE promises;
ALTER TABLE promises_next RENAME TO promises;
CREATE INDEX promises_application ON promises (org_id, application_id, kind, kept_at, made_at);
CREATE INDEX promises_due ON promises (org_id, kept_at, due_at);
