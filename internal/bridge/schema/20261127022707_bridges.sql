-- +goose Up
-- The link of an organisation with a messenger. token and secret are sealed; trouble is what the messenger said last, '' is nothing.
CREATE TABLE bridge_links (
	org_id     TEXT NOT NULL,
	messenger  TEXT NOT NULL,
	team       TEXT NOT NULL,
	team_name  TEXT NOT NULL,
	bot        TEXT NOT NULL,
	token      TEXT NOT NULL,
	secret     TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	trouble    TEXT NOT NULL,
	trouble_at BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, messenger)
);
-- The room of an opening there.
CREATE TABLE bridge_rooms (
	org_id     TEXT NOT NULL,
	messenger  TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	room       TEXT NOT NULL,
	PRIMARY KEY (org_id, messenger, opening_id),
	UNIQUE (org_id, messenger, room),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
-- The thread of an application there: stamp is its first post, code what the candidate is called.
CREATE TABLE bridge_threads (
	org_id         TEXT NOT NULL,
	messenger      TEXT NOT NULL,
	application_id TEXT NOT NULL,
	room           TEXT NOT NULL,
	stamp          TEXT NOT NULL,
	code           TEXT NOT NULL,
	PRIMARY KEY (org_id, messenger, application_id),
	UNIQUE (org_id, messenger, room, stamp),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
-- Which message stands where there.
CREATE TABLE bridge_posts (
	org_id         TEXT NOT NULL,
	messenger      TEXT NOT NULL,
	message_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	room           TEXT NOT NULL,
	stamp          TEXT NOT NULL,
	PRIMARY KEY (org_id, messenger, message_id)
);
CREATE INDEX bridge_posts_application ON bridge_posts (org_id, application_id);
-- What was heard already, for a messenger says a thing more than once.
CREATE TABLE bridge_heard (
	org_id    TEXT NOT NULL,
	messenger TEXT NOT NULL,
	event     TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (org_id, messenger, event)
);
-- Which member somebody is there.
CREATE TABLE bridge_people (
	org_id    TEXT NOT NULL,
	messenger TEXT NOT NULL,
	person    TEXT NOT NULL,
	member_id TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (org_id, messenger, person),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX bridge_people_member ON bridge_people (org_id, messenger, member_id);
