-- +goose Up
-- The mean of the automatic marks of the work at the stage an application stands at, in millionths; -1 while nothing is marked.
ALTER TABLE applications ADD COLUMN mark_ppm BIGINT NOT NULL DEFAULT -1 CHECK (mark_ppm BETWEEN -1 AND 1000000);
CREATE INDEX applications_mark ON applications (org_id, opening_id, mark_ppm, id);
-- Words that staff stick on an application.
CREATE TABLE application_tags (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	tag            TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	tagged_at      BIGINT NOT NULL,
	tagged_by      TEXT NOT NULL,
	PRIMARY KEY (org_id, application_id, tag),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX application_tags_tag ON application_tags (org_id, opening_id, tag, application_id);
-- Filters of a board under a name, without what was typed to find a person.
CREATE TABLE board_views (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	name       TEXT NOT NULL,
	filter     TEXT NOT NULL,
	shared     BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, opening_id, member_id, name),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
