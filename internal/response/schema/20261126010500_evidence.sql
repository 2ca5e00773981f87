-- +goose Up
-- What a browser says of a version that is late or a branch, in our milliseconds: when it was typed, and when that page had last heard from us
-- before; 0 is unknown. device is which one, in words.
-- settled says of a branch that its writer used it or left it.
ALTER TABLE revisions ADD COLUMN typed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN heard_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN settled BOOLEAN NOT NULL DEFAULT FALSE;
