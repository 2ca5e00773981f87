-- +goose Up
-- Reading one work asks for its cards by state: without this SQLite went through all filed cards of the organisation, for each work.
CREATE INDEX reviews_round ON reviews (org_id, attempt_id, state);
CREATE INDEX adjudications_round ON adjudications (org_id, attempt_id, state);
