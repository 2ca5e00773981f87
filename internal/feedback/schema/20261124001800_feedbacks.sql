-- +goose Up
CREATE TABLE feedback_drafts (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	outcome        TEXT NOT NULL,
	reason         TEXT NOT NULL,
	body           TEXT NOT NULL,
	criteria       TEXT NOT NULL,
	updated_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, application_id, stage_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE TABLE feedbacks (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	decision_id    TEXT NOT NULL,
	application_id TEXT NOT NULL,
	outcome        TEXT NOT NULL CHECK (outcome IN ('advance', 'reject')),
	final          BOOLEAN NOT NULL,
	body           TEXT NOT NULL,
	criteria       TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	release_at     BIGINT NOT NULL,
	released_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, decision_id),
	FOREIGN KEY (org_id, decision_id) REFERENCES decisions (org_id, id)
);
CREATE INDEX feedbacks_application ON feedbacks (org_id, application_id, released_at);
