-- +goose Up
CREATE TABLE hook_endpoints (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	url        TEXT NOT NULL,
	types      TEXT NOT NULL,
	secret     TEXT NOT NULL,
	old_secret TEXT NOT NULL,
	old_until  BIGINT NOT NULL,
	member_id  TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('on', 'gone', 'off')),
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE TABLE hook_heads (
	org_id TEXT NOT NULL PRIMARY KEY,
	n      BIGINT NOT NULL
);
CREATE TABLE hook_events (
	org_id         TEXT NOT NULL,
	n              BIGINT NOT NULL,
	id             TEXT NOT NULL,
	cause          TEXT NOT NULL,
	type           TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	invitation_id  TEXT NOT NULL,
	at             BIGINT NOT NULL,
	PRIMARY KEY (org_id, n)
);
CREATE UNIQUE INDEX hook_events_cause ON hook_events (org_id, cause);
CREATE INDEX hook_events_at ON hook_events (org_id, at);
CREATE TABLE hook_deliveries (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	endpoint_id TEXT NOT NULL,
	event_n     BIGINT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
	tries       BIGINT NOT NULL,
	due_at      BIGINT NOT NULL,
	status      BIGINT NOT NULL,
	answer      TEXT NOT NULL,
	tried_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, endpoint_id) REFERENCES hook_endpoints (org_id, id),
	FOREIGN KEY (org_id, event_n) REFERENCES hook_events (org_id, n)
);
CREATE INDEX hook_deliveries_endpoint ON hook_deliveries (org_id, endpoint_id, event_n);
CREATE INDEX hook_deliveries_event ON hook_deliveries (org_id, event_n);
