-- +goose Up
-- CPU time that a run used, in milliseconds: what an attempt may use in an hour is bounded.
ALTER TABLE runs ADD COLUMN spent BIGINT NOT NULL DEFAULT 0;
