-- +goose Up
-- The conversation of an application. waits_since is the candidate's first message that nobody answered yet, unread_since our first one since
-- the candidate last had the page open, 0: there is none.
CREATE TABLE threads (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	waits_since    BIGINT NOT NULL,
	unread_since   BIGINT NOT NULL,
	last_at        BIGINT NOT NULL,
	PRIMARY KEY (org_id, application_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE INDEX threads_waiting ON threads (org_id, waits_since, application_id);
CREATE INDEX threads_last ON threads (org_id, last_at, application_id);
-- What was answered to everybody who works on an item of a version, in words that name nobody.
CREATE TABLE notices (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	version_id TEXT NOT NULL,
	item       TEXT NOT NULL,
	question   TEXT NOT NULL,
	answer     TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id)
);
CREATE INDEX notices_item ON notices (org_id, version_id, item, at);
-- What was said, never changed. member_id '' is the candidate; version_id and item are '' where it is about no task; waited is how long the
-- candidate had waited when it came, 0: they had not.
CREATE TABLE messages (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	kind           TEXT NOT NULL CHECK (kind IN ('said', 'assumed')),
	version_id     TEXT NOT NULL,
	item           TEXT NOT NULL,
	notice_id      TEXT NOT NULL,
	body           TEXT NOT NULL,
	at             BIGINT NOT NULL,
	waited         BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, application_id) REFERENCES threads (org_id, application_id),
	CHECK ((version_id = '') = (item = '')),
	CHECK (kind = 'said' OR member_id = '' AND item <> ''),
	CHECK (member_id <> '' OR notice_id = '' AND waited = 0)
);
CREATE INDEX messages_application ON messages (org_id, application_id, at, id);
CREATE INDEX messages_waited ON messages (org_id, waited, at);
-- What somebody is writing, one version for each page it is written in. writer '' is the candidate.
CREATE TABLE message_drafts (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	writer         TEXT NOT NULL,
	item           TEXT NOT NULL,
	client         TEXT NOT NULL,
	seq            BIGINT NOT NULL,
	body           TEXT NOT NULL,
	at             BIGINT NOT NULL,
	PRIMARY KEY (org_id, application_id, writer, item, client),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
-- When a member hears of messages: at these hours of the organisation's day, "9 14"; without a row at once.
CREATE TABLE message_hours (
	org_id    TEXT NOT NULL,
	member_id TEXT NOT NULL,
	hours     TEXT NOT NULL CHECK (hours <> ''),
	PRIMARY KEY (org_id, member_id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
