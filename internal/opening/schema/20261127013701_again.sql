-- +goose Up
-- Somebody can be invited to a stage again: the invitation that another took the place of names it. At most one of a stage has none.
CREATE TABLE invitations_next (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	format         TEXT NOT NULL,
	ref_id         TEXT NOT NULL,
	note           TEXT NOT NULL,
	revoked_at     BIGINT NOT NULL,
	rotation       BIGINT NOT NULL,
	finish_by      BIGINT NOT NULL,
	zone           TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	created_by     TEXT NOT NULL,
	opened_at      BIGINT NOT NULL,
	replaced_by    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
INSERT INTO invitations_next (org_id, id, application_id, opening_id, stage_id, format, ref_id, note, revoked_at, rotation, finish_by, zone, created_at, created_by, opened_at)
SELECT org_id, id, application_id, opening_id, stage_id, format, ref_id, note, revoked_at, rotation, finish_by, zone, created_at, created_by, opened_at FROM invitations;
DROP TABLE invitations;
ALTER TABLE invitations_next RENAME TO invitations;
CREATE INDEX invitations_opened ON invitations (org_id, opening_id, opened_at, application_id);
CREATE INDEX invitations_ending ON invitations (org_id, finish_by);
CREATE INDEX invitations_of ON invitations (org_id, application_id, stage_id);
CREATE UNIQUE INDEX invitations_one ON invitations (org_id, application_id, stage_id) WHERE replaced_by = '';
