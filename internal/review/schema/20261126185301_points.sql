-- +goose Up
-- In thousandths of a point: what a filed card comes to by its rubric's weights, 0 to 100 points, and what one level is worth; -1 where nothing could
-- be scored, and before it is filed.
ALTER TABLE reviews ADD COLUMN points BIGINT NOT NULL DEFAULT -1;
ALTER TABLE reviews ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
