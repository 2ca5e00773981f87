-- +goose Up
CREATE INDEX review_rounds_decide ON review_rounds (org_id, opening_id, due_at, attempt_id) WHERE decided_at = 0 AND closed_at > 0;
DROP INDEX review_rounds_waiting;
