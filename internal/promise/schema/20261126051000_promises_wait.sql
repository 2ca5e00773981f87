-- +goose Up
-- While somebody else has the turn (from waits_from until waits_until, 0: nobody had) a promise stands still: due_at holds that already, and
-- unwaited_due is its day without.
ALTER TABLE promises ADD COLUMN waits_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE promises ADD COLUMN waits_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE promises ADD COLUMN unwaited_due BIGINT NOT NULL DEFAULT 0;
