-- +goose Up
-- A question may be said aloud too: the upload, '' is none.
ALTER TABLE interview_turns ADD COLUMN recording TEXT NOT NULL DEFAULT '';
