-- +goose Up
-- A file on its way here, or here, or gone because its time was over. Whoever writes to it holds it until held_until; its bytes are the guard of every change.
CREATE TABLE uploads (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	owner       TEXT NOT NULL,
	item        TEXT NOT NULL,
	purpose     TEXT NOT NULL,
	by_kind     TEXT NOT NULL,
	by_id       TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'finished', 'gone')),
	types       TEXT NOT NULL,
	type        TEXT NOT NULL,
	bytes       BIGINT NOT NULL CHECK (bytes >= 0 AND bytes <= most),
	length      BIGINT NOT NULL CHECK (length >= -1 AND length <= most),
	most        BIGINT NOT NULL,
	hash        TEXT NOT NULL CHECK ((state = 'finished') = (hash <> '')),
	holder      TEXT NOT NULL,
	held_until  BIGINT NOT NULL,
	wanted      BIGINT NOT NULL CHECK (wanted IN (0, 1)),
	created_at  BIGINT NOT NULL,
	touched_at  BIGINT NOT NULL,
	finished_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX uploads_of ON uploads (org_id, owner, item);
CREATE INDEX uploads_open ON uploads (org_id, state, touched_at);
-- What has come of one that is open, without gaps from 0 on. A small part stands in its row, a large one in a file.
CREATE TABLE upload_parts (
	org_id    TEXT NOT NULL,
	upload_id TEXT NOT NULL,
	at        BIGINT NOT NULL,
	bytes     BIGINT NOT NULL CHECK (bytes > 0),
	hash      TEXT NOT NULL,
	data      BYTEA NOT NULL,
	PRIMARY KEY (org_id, upload_id, at),
	FOREIGN KEY (org_id, upload_id) REFERENCES uploads (org_id, id)
);
-- Files by how many rows name them. One that nothing names is collected: going 1 says that it is being removed, 2 that it was.
CREATE TABLE upload_files (
	org_id TEXT NOT NULL,
	hash   TEXT NOT NULL,
	names  BIGINT NOT NULL CHECK (names >= 0),
	since  BIGINT NOT NULL,
	going  BIGINT NOT NULL CHECK (going IN (0, 1, 2)),
	PRIMARY KEY (org_id, hash)
);
-- Room that is taken, of an owner and, under "", of the organisation: all that an open upload may become, what a finished one is.
CREATE TABLE upload_rooms (
	org_id TEXT NOT NULL,
	owner  TEXT NOT NULL,
	bytes  BIGINT NOT NULL CHECK (bytes >= 0),
	PRIMARY KEY (org_id, owner)
);
