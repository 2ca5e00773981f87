-- +goose Up
CREATE TABLE appeals (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	decision_id    TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'changed', 'withdrawn')),
	reason         TEXT NOT NULL,
	asked_at       BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	outcome        TEXT NOT NULL CHECK (outcome IN ('', 'uphold', 'change')),
	why            TEXT NOT NULL,
	answer         TEXT NOT NULL,
	saved_at       BIGINT NOT NULL,
	alone          BOOLEAN NOT NULL,
	by_member      TEXT NOT NULL,
	reason_id      TEXT NOT NULL,
	decided_at     BIGINT NOT NULL,
	tell_at        BIGINT NOT NULL,
	told_at        BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, decision_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES review_rounds (org_id, attempt_id),
	FOREIGN KEY (org_id, decision_id) REFERENCES decisions (org_id, id)
);
CREATE INDEX appeals_application ON appeals (org_id, application_id, asked_at);
CREATE INDEX appeals_open ON appeals (org_id, opening_id, due_at) WHERE state = 'open';
