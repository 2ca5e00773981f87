-- +goose Up
-- What a candidate agreed to before the camera or the microphone was asked for: the words they read, in their language.
CREATE TABLE recording_consents (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	owner        TEXT NOT NULL,
	item         TEXT NOT NULL,
	text         TEXT NOT NULL CHECK (text <> ''),
	lang         TEXT NOT NULL CHECK (lang <> ''),
	given_at     BIGINT NOT NULL,
	withdrawn_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, owner, item, id)
);
-- A recording names the consent of the same person to the same question: without it there is none.
CREATE TABLE recordings (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	owner      TEXT NOT NULL,
	item       TEXT NOT NULL,
	consent_id TEXT NOT NULL,
	number     BIGINT NOT NULL,
	way        TEXT NOT NULL CHECK (way IN ('video', 'sound', 'screen')),
	state      TEXT NOT NULL CHECK (state IN ('recording', 'stopped', 'sent', 'failed', 'dropped')),
	cut        BIGINT NOT NULL CHECK (cut IN (0, 1)),
	late       BIGINT NOT NULL CHECK (late IN (0, 1)),
	length_ms  BIGINT NOT NULL,
	reason     TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	stopped_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, owner, item, id),
	UNIQUE (org_id, owner, item, number),
	FOREIGN KEY (org_id, owner, item, consent_id) REFERENCES recording_consents (org_id, owner, item, id)
);
