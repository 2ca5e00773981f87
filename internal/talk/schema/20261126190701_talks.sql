-- +goose Up
-- An opening promises a talk with the team within some working days after work was sent.
CREATE TABLE talk_terms (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	days       BIGINT NOT NULL CHECK (days BETWEEN 1 AND 60),
	minutes    BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 240),
	PRIMARY KEY (org_id, opening_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
-- The talk with one person. host_id is who offered the times; starts_at is the chosen one, 0 none; sequence counts what calendars were told (RFC 5545, 3.8.7.4).
CREATE TABLE talks (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('owed', 'offered', 'booked', 'held', 'declined')),
	minutes        BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 240),
	host_id        TEXT NOT NULL,
	link           TEXT NOT NULL,
	starts_at      BIGINT NOT NULL,
	sequence       BIGINT NOT NULL,
	reminded_at    BIGINT NOT NULL,
	changed_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, application_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX talks_soon ON talks (org_id, state, starts_at);
CREATE TABLE talk_slots (
	org_id    TEXT NOT NULL,
	talk_id   TEXT NOT NULL,
	starts_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, talk_id, starts_at),
	FOREIGN KEY (org_id, talk_id) REFERENCES talks (org_id, id)
);
