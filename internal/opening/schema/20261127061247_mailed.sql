-- +goose Up
-- Whoever waits for digits by mail while their clock runs gets the time back (time.md 17).
ALTER TABLE device_codes ADD COLUMN mailed BOOLEAN NOT NULL DEFAULT FALSE;
