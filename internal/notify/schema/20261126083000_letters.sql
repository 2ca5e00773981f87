-- +goose Up
-- The words of mails to candidates, as somebody wrote them: opening_id '' is the organisation's, the highest number counts, and an empty
-- body is the default again. Nothing is overwritten.
CREATE TABLE mail_texts (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	letter     TEXT NOT NULL,
	lang       TEXT NOT NULL,
	number     BIGINT NOT NULL CHECK (number > 0),
	subject    TEXT NOT NULL,
	body       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	PRIMARY KEY (org_id, opening_id, letter, lang, number)
);
-- What an opening sends by itself; without a row it does.
CREATE TABLE mail_reminders (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	active     BOOLEAN NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by TEXT NOT NULL,
	PRIMARY KEY (org_id, opening_id)
);
-- zone is whose daytime a mail keeps to, '' any hour; due_at when it leaves at the earliest; error the server's last words, also of a yes.
CREATE TABLE mails_next (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	about          TEXT NOT NULL,
	subject_id     TEXT NOT NULL,
	to_name        TEXT NOT NULL,
	to_email       TEXT NOT NULL,
	reply_name     TEXT NOT NULL,
	reply_email    TEXT NOT NULL,
	subject        TEXT NOT NULL,
	body           TEXT NOT NULL,
	action_text    TEXT NOT NULL,
	action_path    TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'refused', 'bounced', 'dropped')),
	error          TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	sent_at        BIGINT NOT NULL,
	application_id TEXT NOT NULL DEFAULT '',
	zone           TEXT NOT NULL DEFAULT '',
	due_at         BIGINT NOT NULL DEFAULT 0,
	tries          BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, about, subject_id)
);
INSERT INTO mails_next (org_id, id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id)
SELECT org_id, id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id FROM mails;
DROP TABLE mails;
ALTER TABLE mails_next RENAME TO mails;
CREATE INDEX mails_newest ON mails (org_id, created_at, id);
CREATE INDEX mails_to ON mails (org_id, to_email);
CREATE INDEX mails_application ON mails (org_id, application_id, created_at);
CREATE INDEX mails_waiting ON mails (org_id, state, due_at);
