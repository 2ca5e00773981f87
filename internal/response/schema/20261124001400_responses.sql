-- +goose Up
CREATE TABLE responses (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	owner      TEXT NOT NULL,
	item       TEXT NOT NULL,
	n          BIGINT NOT NULL,
	current    TEXT NOT NULL,
	client     TEXT NOT NULL,
	seq        BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, owner, item)
);
CREATE TABLE revisions (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	owner       TEXT NOT NULL,
	item        TEXT NOT NULL,
	n           BIGINT NOT NULL,
	client      TEXT NOT NULL,
	seq         BIGINT NOT NULL,
	epoch       BIGINT NOT NULL,
	standing    TEXT NOT NULL CHECK (standing IN ('on_time', 'late', 'branch')),
	sha256      TEXT NOT NULL,
	size        BIGINT NOT NULL,
	body        TEXT NOT NULL,
	received_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, owner, item, client, seq),
	UNIQUE (org_id, owner, item, n)
);
