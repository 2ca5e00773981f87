-- +goose Up
-- Minutes of breaks in each timed part that are granted at once and without proof.
ALTER TABLE organisations ADD COLUMN break_max BIGINT NOT NULL DEFAULT 30;
