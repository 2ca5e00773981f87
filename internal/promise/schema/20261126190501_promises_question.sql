-- +goose Up
-- A question that somebody is waited for to ask is a promise too; application_id is then the interview's id.
CREATE TABLE promises_next (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	kind           TEXT NOT NULL CHECK (kind IN ('reply', 'question')),
	application_id TEXT NOT NULL,
	days           BIGINT NOT NULL CHECK (days > 0),
	made_at        BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	kept_at        BIGINT NOT NULL,
	broken_at      BIGINT NOT NULL,
	waits_from     BIGINT NOT NULL DEFAULT 0,
	waits_until    BIGINT NOT NULL DEFAULT 0,
	unwaited_due   BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id)
);
INSERT INTO promises_next (org_id, id, kind, application_id, days, made_at, due_at, kept_at, broken_at, waits_from, waits_until, unwaited_due)
SELECT org_id, id, kind, application_id, days, made_at, due_at, kept_at, broken_at, waits_from, waits_until, unwaited_due FROM promises;
DROP TABLE promises;
ALTER TABLE promises_next RENAME TO promises;
CREATE INDEX promises_application ON promises (org_id, application_id, kept_at, made_at);
CREATE INDEX promises_due ON promises (org_id, kept_at, due_at);
