-- +goose Up
-- What a person has running, asked for whenever their time changes: without it every running sitting of the organisation is looked at.
CREATE INDEX attempts_candidate ON attempts (org_id, candidate_id);
