-- +goose Up
-- How long somebody's work on a task took, and on the whole part where item is ''. work names what was asked for, whatever the version.
CREATE TABLE efforts (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	part       TEXT NOT NULL,
	item       TEXT NOT NULL,
	work       TEXT NOT NULL,
	seconds    BIGINT NOT NULL CHECK (seconds > 0),
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, part, item),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
CREATE INDEX efforts_work ON efforts (org_id, work, at);
-- That the author was told: this work takes longer than the minutes that were advertised for it. Once for each number of minutes.
CREATE TABLE drifts (
	org_id     TEXT NOT NULL,
	work       TEXT NOT NULL,
	minutes    BIGINT NOT NULL,
	version_id TEXT NOT NULL,
	part       TEXT NOT NULL,
	people     BIGINT NOT NULL,
	half       BIGINT NOT NULL,
	most       BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, work, minutes),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id)
);
