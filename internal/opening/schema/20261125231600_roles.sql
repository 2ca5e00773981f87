-- +goose Up
CREATE INDEX opening_members_role ON opening_members (org_id, member_id, role, opening_id);
DROP INDEX opening_members_member;
