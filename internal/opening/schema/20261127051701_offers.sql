-- +goose Up
-- A stage can offer several formats; stage_formats has them in order. Somebody who was invited while there were several chooses one of those, as they
-- were then; the invitation holds the chosen one, or the first while nothing is chosen.
ALTER TABLE invitations ADD COLUMN offers BIGINT NOT NULL DEFAULT 0 CHECK (offers >= 0);
ALTER TABLE invitations ADD COLUMN chosen_at BIGINT NOT NULL DEFAULT 0;
CREATE TABLE invitation_offers (
	org_id        TEXT NOT NULL,
	invitation_id TEXT NOT NULL,
	position      BIGINT NOT NULL,
	format        TEXT NOT NULL,
	ref_id        TEXT NOT NULL,
	PRIMARY KEY (org_id, invitation_id, position),
	UNIQUE (org_id, invitation_id, format, ref_id),
	FOREIGN KEY (org_id, invitation_id) REFERENCES invitations (org_id, id)
);
