-- +goose Up
CREATE TABLE attempts (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	invitation_id  TEXT NOT NULL,
	candidate_id   TEXT NOT NULL,
	version_id     TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'withdrawn', 'voided')),
	seed           TEXT NOT NULL,
	submission_id  TEXT NOT NULL,
	receipt        TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	submitted_at   BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, invitation_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX attempts_application ON attempts (org_id, application_id, created_at);
CREATE TABLE sittings (
	org_id          TEXT NOT NULL,
	id              TEXT NOT NULL,
	attempt_id      TEXT NOT NULL,
	part            TEXT NOT NULL,
	epoch           BIGINT NOT NULL,
	state           TEXT NOT NULL CHECK (state IN ('ready', 'running', 'paused', 'ended')),
	ended_by        TEXT NOT NULL CHECK (ended_by IN ('', 'candidate', 'time', 'staff', 'void')),
	timed_seconds   BIGINT NOT NULL CHECK (timed_seconds >= 0),
	factor_permille BIGINT NOT NULL CHECK (factor_permille >= 1000),
	finish_by       BIGINT NOT NULL,
	started_at      BIGINT NOT NULL,
	added_seconds   BIGINT NOT NULL CHECK (added_seconds >= 0),
	entitled_end    BIGINT NOT NULL,
	hard_end        BIGINT NOT NULL,
	saved_at        BIGINT NOT NULL,
	takeover        BIGINT NOT NULL,
	editor          TEXT NOT NULL,
	finished_at     BIGINT NOT NULL,
	receipt         TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, attempt_id, part, epoch),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id),
	CHECK (state = 'ready' OR started_at > 0 OR ended_by <> '')
);
CREATE INDEX sittings_due ON sittings (org_id, state, hard_end);
CREATE TABLE ledger (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	sitting_id TEXT NOT NULL,
	kind       TEXT NOT NULL,
	key        TEXT NOT NULL,
	seconds    BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor_id   TEXT NOT NULL,
	reason_id  TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, sitting_id, kind, key),
	FOREIGN KEY (org_id, sitting_id) REFERENCES sittings (org_id, id)
);
CREATE TABLE submission_items (
	org_id      TEXT NOT NULL,
	attempt_id  TEXT NOT NULL,
	item        TEXT NOT NULL,
	part        TEXT NOT NULL,
	revision_id TEXT NOT NULL,
	sha256      TEXT NOT NULL,
	size        BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, item),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
CREATE TABLE marks (
	org_id      TEXT NOT NULL,
	attempt_id  TEXT NOT NULL,
	item        TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
	share_ppm   BIGINT NOT NULL CHECK (share_ppm BETWEEN 0 AND 1000000),
	why         TEXT NOT NULL,
	provisional BOOLEAN NOT NULL,
	detail      TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, item),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
CREATE TABLE afterwords (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	part       TEXT NOT NULL,
	body       TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, part),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
