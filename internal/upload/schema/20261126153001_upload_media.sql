-- +goose Up
-- What is known of a finished upload, and what was made of it to play. length_ms, width and height are 0 where unknown; gain_cb is in hundredths of a decibel, peaks is base64 of bytes.
CREATE TABLE upload_media (
	org_id      TEXT NOT NULL,
	upload_id   TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'damaged', 'missing', 'plain', 'gone')),
	why         TEXT NOT NULL,
	lost        TEXT NOT NULL CHECK (lost IN ('', 'beginning', 'middle', 'end', 'all')),
	type        TEXT NOT NULL,
	hash        TEXT NOT NULL,
	bytes       BIGINT NOT NULL,
	length_ms   BIGINT NOT NULL,
	width       BIGINT NOT NULL,
	height      BIGINT NOT NULL,
	sound       BIGINT NOT NULL CHECK (sound IN (0, 1)),
	picture     BIGINT NOT NULL CHECK (picture IN (0, 1)),
	gain_cb     BIGINT NOT NULL,
	peaks       TEXT NOT NULL,
	poster_hash TEXT NOT NULL,
	made_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, upload_id),
	FOREIGN KEY (org_id, upload_id) REFERENCES uploads (org_id, id)
);
-- Captions, of each source the last: what a person typed counts before what was sent as a file, and that before what a command made.
CREATE TABLE upload_captions (
	org_id    TEXT NOT NULL,
	upload_id TEXT NOT NULL,
	source    TEXT NOT NULL CHECK (source IN ('typed', 'sent', 'made')),
	language  TEXT NOT NULL,
	text      TEXT NOT NULL,
	made_at   BIGINT NOT NULL,
	PRIMARY KEY (org_id, upload_id, source),
	FOREIGN KEY (org_id, upload_id) REFERENCES uploads (org_id, id)
);
