-- +goose Up
CREATE TABLE events (
	org_id  TEXT NOT NULL,
	id      TEXT NOT NULL,
	topic   TEXT NOT NULL,
	subject TEXT NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX events_created ON events (org_id, created);

