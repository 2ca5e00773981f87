-- +goose Up
CREATE INDEX invitations_ending ON invitations (org_id, finish_by);
