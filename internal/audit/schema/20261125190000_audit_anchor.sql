-- +goose Up
-- Where the chain begins after its oldest lines were removed: the number and the hash of the last of them.
CREATE TABLE audit_anchors (
	org_id TEXT NOT NULL,
	id     TEXT NOT NULL CHECK (id = 'anchor'),
	n      BIGINT NOT NULL,
	hash   TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
