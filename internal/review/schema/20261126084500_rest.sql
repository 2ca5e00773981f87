-- +goose Up
-- When everything of a card was sent but the criterion that waits for the candidate's answers about their own work; 0 is not.
ALTER TABLE reviews ADD COLUMN rest_at BIGINT NOT NULL DEFAULT 0;
