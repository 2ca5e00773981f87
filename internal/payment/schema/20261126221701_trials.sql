-- +goose Up
-- When nothing was owed any more, because no work was done; 0: it is owed as its state says.
ALTER TABLE payments ADD COLUMN void_at BIGINT NOT NULL DEFAULT 0;
