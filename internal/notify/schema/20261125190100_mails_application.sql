-- +goose Up
-- The application a mail is about; its mails go when its answers go. '' for mails about none.
ALTER TABLE mails ADD COLUMN application_id TEXT NOT NULL DEFAULT '';
CREATE INDEX mails_application ON mails (org_id, application_id, created_at);
