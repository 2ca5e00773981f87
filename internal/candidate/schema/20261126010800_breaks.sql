-- +goose Up
-- Minutes of breaks that stop the clock, in each timed part.
ALTER TABLE accommodations ADD COLUMN break_minutes BIGINT NOT NULL DEFAULT 0;
