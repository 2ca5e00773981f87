-- +goose Up
-- A session that an organisation's own sign-in service began is good in that organisation only: what the service says binds nobody else.
ALTER TABLE staff_sessions ADD COLUMN org_id TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_sessions ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
