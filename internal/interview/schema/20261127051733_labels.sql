-- +goose Up
-- What the place that a question is about is called, '' where it shows lines or is about none; code is then what is said there.
ALTER TABLE interview_turns ADD COLUMN label TEXT NOT NULL DEFAULT '';
