-- +goose Up
-- A break stops the clock: since when, what is left of the person's breaks in this part while it lasts, and what was used of them before.
ALTER TABLE sittings ADD COLUMN paused_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sittings ADD COLUMN break_seconds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sittings ADD COLUMN break_used BIGINT NOT NULL DEFAULT 0;
