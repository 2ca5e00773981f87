-- +goose Up
CREATE TABLE review_rounds (
	org_id         TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	version_id     TEXT NOT NULL,
	code           TEXT NOT NULL,
	wanted         BIGINT NOT NULL CHECK (wanted BETWEEN 0 AND 2),
	submitted_at   BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	touched_at     BIGINT NOT NULL,
	closed_at      BIGINT NOT NULL,
	decided_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id),
	UNIQUE (org_id, code),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE INDEX review_rounds_application ON review_rounds (org_id, application_id, submitted_at);
CREATE INDEX review_rounds_opening ON review_rounds (org_id, opening_id, closed_at, attempt_id);
CREATE INDEX review_rounds_open ON review_rounds (org_id, closed_at, wanted, attempt_id);
CREATE INDEX review_rounds_waiting ON review_rounds (org_id, opening_id, decided_at, due_at, attempt_id);
CREATE TABLE reviews (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('assigned', 'filed', 'stepped_back', 'reassigned')),
	shuffle        BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	assigned_at    BIGINT NOT NULL,
	saved_at       BIGINT NOT NULL,
	filed_at       BIGINT NOT NULL,
	seconds        BIGINT NOT NULL,
	private_note   TEXT NOT NULL,
	shareable      TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, attempt_id, member_id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES review_rounds (org_id, attempt_id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX reviews_queue ON reviews (org_id, member_id, state, due_at, shuffle, id);
CREATE INDEX reviews_load ON reviews (org_id, state, member_id);
CREATE INDEX reviews_application ON reviews (org_id, application_id, member_id);
CREATE TABLE ratings (
	org_id     TEXT NOT NULL,
	review_id  TEXT NOT NULL,
	criterion  TEXT NOT NULL,
	level      BIGINT NOT NULL CHECK (level BETWEEN -1 AND 6),
	reason     TEXT NOT NULL,
	note       TEXT NOT NULL,
	evidence   TEXT NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, review_id, criterion),
	FOREIGN KEY (org_id, review_id) REFERENCES reviews (org_id, id)
);
CREATE TABLE unblindings (
	org_id         TEXT NOT NULL,
	application_id TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	reason_id      TEXT NOT NULL,
	at             BIGINT NOT NULL,
	PRIMARY KEY (org_id, application_id, member_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX unblindings_member ON unblindings (org_id, member_id, application_id);
CREATE TABLE decisions (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	outcome        TEXT NOT NULL CHECK (outcome IN ('advance', 'hold', 'reject')),
	reason_id      TEXT NOT NULL,
	by_member      TEXT NOT NULL,
	at             BIGINT NOT NULL,
	undone_at      BIGINT NOT NULL,
	settled_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX decisions_application ON decisions (org_id, application_id, at);
CREATE UNIQUE INDEX decisions_one ON decisions (org_id, application_id, stage_id) WHERE undone_at = 0 AND outcome <> 'hold';
