-- +goose Up
-- From when a member is away; 0 is at once, where absent_until is set.
ALTER TABLE members ADD COLUMN absent_from BIGINT NOT NULL DEFAULT 0;
