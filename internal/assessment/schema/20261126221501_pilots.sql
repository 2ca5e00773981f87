-- +goose Up
-- A colleague takes a task first. work names what was asked for, so that the same task in another version has the same pilots; own says that
-- whoever took it had made that version. since is 0 while the clock stands.
CREATE TABLE pilots (
	org_id     TEXT NOT NULL,
	version_id TEXT NOT NULL,
	item       TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	work       TEXT NOT NULL,
	own        BOOLEAN NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('running', 'resting', 'done')),
	seconds    BIGINT NOT NULL CHECK (seconds >= 0),
	since      BIGINT NOT NULL,
	body       TEXT NOT NULL,
	begun_at   BIGINT NOT NULL,
	done_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, version_id, item, member_id),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id),
	CHECK ((state = 'running') = (since > 0))
);
CREATE INDEX pilots_work ON pilots (org_id, work, state);
CREATE INDEX pilots_member ON pilots (org_id, member_id, state);
