-- +goose Up
-- How many days recordings are kept after the decision.
ALTER TABLE organisations ADD COLUMN recording_days BIGINT NOT NULL DEFAULT 90 CHECK (recording_days BETWEEN 1 AND 1830);
