-- +goose Up
-- Whether parts are asked day by day while the attempt is open, as in a work trial. A part that holds a day waits for nobody: the attempt is submitted
-- without it.
ALTER TABLE attempts ADD COLUMN diary BOOLEAN NOT NULL DEFAULT FALSE;
