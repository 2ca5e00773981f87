-- +goose Up
-- How many questions about their own work everybody who begins this stage is asked after they sent it; 0 is none.
ALTER TABLE stages ADD COLUMN questions BIGINT NOT NULL DEFAULT 0 CHECK (questions BETWEEN 0 AND 4);
