-- +goose Up
-- When each node of the installation last wrote, through the same path as saves; failing_since is 0 while saves go well.
CREATE TABLE liveness (
	node          TEXT PRIMARY KEY,
	at            BIGINT NOT NULL,
	failing_since BIGINT NOT NULL
);
-- Times in which candidates could not save. credited_at is 0 until every sitting has its time back.
CREATE TABLE outages (
	id          TEXT PRIMARY KEY,
	cause       TEXT NOT NULL CHECK (cause IN ('gap', 'failing', 'clock')),
	began       BIGINT NOT NULL,
	ended       BIGINT NOT NULL CHECK (ended > began),
	credited_at BIGINT NOT NULL,
	UNIQUE (cause, began)
);
