-- +goose Up
-- What is attached to a message, or with message_id '' to one that writer ('' is the candidate) is writing about item.
CREATE TABLE message_files (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	writer         TEXT NOT NULL,
	item           TEXT NOT NULL,
	message_id     TEXT NOT NULL,
	upload_id      TEXT NOT NULL,
	name           TEXT NOT NULL,
	type           TEXT NOT NULL,
	bytes          BIGINT NOT NULL CHECK (bytes > 0),
	at             BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX message_files_application ON message_files (org_id, application_id, at, id);
