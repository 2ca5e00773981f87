-- +goose Up
CREATE INDEX applications_walk ON applications (org_id, opening_id, id);
