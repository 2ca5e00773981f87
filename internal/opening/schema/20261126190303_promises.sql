-- +goose Up
-- What is promised beside a reply: working days from a submission until all have read it, and until feedback in words; 0 is no such promise.
ALTER TABLE openings ADD COLUMN review_days BIGINT NOT NULL DEFAULT 0 CHECK (review_days BETWEEN 0 AND 60);
ALTER TABLE openings ADD COLUMN feedback_days BIGINT NOT NULL DEFAULT 0 CHECK (feedback_days BETWEEN 0 AND 60);
-- Above how many promises that are late now nobody new is invited.
ALTER TABLE openings ADD COLUMN most_late BIGINT NOT NULL DEFAULT 10 CHECK (most_late BETWEEN 0 AND 1000);
