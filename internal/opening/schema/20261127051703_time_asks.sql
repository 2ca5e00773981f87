-- +goose Up
-- A candidate asks for a later end of their window, in their words; at most one of an application waits for an answer. Of a yes until_at is the new
-- end, of a no the reply says why.
CREATE TABLE time_asks (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	invitation_id  TEXT NOT NULL,
	words          TEXT NOT NULL,
	asked_at       BIGINT NOT NULL,
	answered_at    BIGINT NOT NULL,
	answered_by    TEXT NOT NULL,
	until_at       BIGINT NOT NULL,
	reply          TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE UNIQUE INDEX time_asks_one ON time_asks (org_id, application_id) WHERE answered_at = 0;
CREATE INDEX time_asks_open ON time_asks (org_id, opening_id, answered_at, asked_at);
CREATE INDEX time_asks_of ON time_asks (org_id, application_id, asked_at);
