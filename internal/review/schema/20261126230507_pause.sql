-- +goose Up
-- paused_at is since when a reader's time stands still, 0: it runs. adjusted is what they corrected their measured seconds by, with the reason's id; ''
-- while it is as measured.
ALTER TABLE reviews ADD COLUMN paused_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reviews ADD COLUMN adjusted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reviews ADD COLUMN adjusted_why TEXT NOT NULL DEFAULT '';
