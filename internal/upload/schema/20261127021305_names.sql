-- +goose Up
-- What whoever sent a file calls it; such a file is only ever saved. '' is a recording.
ALTER TABLE uploads ADD COLUMN name TEXT NOT NULL DEFAULT '';
