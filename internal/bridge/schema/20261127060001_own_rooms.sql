-- +goose Up
-- The room of one application there, beside that of its opening.
CREATE TABLE bridge_own_rooms (
	org_id         TEXT NOT NULL,
	messenger      TEXT NOT NULL,
	application_id TEXT NOT NULL,
	room           TEXT NOT NULL,
	PRIMARY KEY (org_id, messenger, application_id),
	UNIQUE (org_id, messenger, room),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
