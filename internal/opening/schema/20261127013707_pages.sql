-- +goose Up
-- What an opening's page for candidates says beside its title and text.
CREATE TABLE opening_pages (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	place      TEXT NOT NULL,
	pay        TEXT NOT NULL,
	tries      BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, opening_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
-- Members who stand on it with words of their own.
CREATE TABLE opening_faces (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	words      TEXT NOT NULL,
	PRIMARY KEY (org_id, opening_id, member_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
