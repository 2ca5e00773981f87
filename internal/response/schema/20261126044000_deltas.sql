-- +goose Up
-- The body of a revision with a base is ops that make it of the base-th state of the same answer; keyframe is the whole state at the
-- beginning of that chain. 0 is a body that is whole.
ALTER TABLE revisions ADD COLUMN base BIGINT NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN keyframe BIGINT NOT NULL DEFAULT 0;
