-- +goose Up
-- Above how many hours asked of one person, in all stages of an opening, its page warns.
ALTER TABLE organisations ADD COLUMN ask_hours BIGINT NOT NULL DEFAULT 6 CHECK (ask_hours BETWEEN 1 AND 80);
