-- +goose Up
-- An application that is kept until somebody lifts the hold.
CREATE TABLE holds (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	reason_id      TEXT NOT NULL,
	by_member      TEXT NOT NULL,
	at             BIGINT NOT NULL,
	PRIMARY KEY (org_id, application_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
-- An application whose words are gone; its numbers are kept a while longer.
CREATE TABLE expiries (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	at             BIGINT NOT NULL,
	PRIMARY KEY (org_id, application_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
