-- +goose Up
CREATE TABLE openings (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	title        TEXT NOT NULL,
	team         TEXT NOT NULL,
	about        TEXT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('open', 'closed')),
	confidential BOOLEAN NOT NULL,
	reply_days   BIGINT NOT NULL CHECK (reply_days BETWEEN 1 AND 60),
	contact_id   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	created_by   TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE opening_members (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	role       TEXT NOT NULL CHECK (role IN ('manager', 'recruiter', 'reviewer', 'facilitator', 'observer')),
	PRIMARY KEY (org_id, opening_id, member_id, role),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX opening_members_member ON opening_members (org_id, member_id);
CREATE TABLE stages (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	opening_id  TEXT NOT NULL,
	position    BIGINT NOT NULL,
	title       TEXT NOT NULL,
	reviewers   BIGINT NOT NULL CHECK (reviewers BETWEEN 0 AND 2),
	window_days BIGINT NOT NULL CHECK (window_days BETWEEN 1 AND 90),
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, opening_id, position),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE TABLE stage_formats (
	org_id   TEXT NOT NULL,
	stage_id TEXT NOT NULL,
	position BIGINT NOT NULL,
	format   TEXT NOT NULL,
	ref_id   TEXT NOT NULL,
	PRIMARY KEY (org_id, stage_id, position),
	FOREIGN KEY (org_id, stage_id) REFERENCES stages (org_id, id)
);
CREATE TABLE applications (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	opening_id   TEXT NOT NULL,
	candidate_id TEXT NOT NULL,
	stage_id     TEXT NOT NULL,
	status       TEXT NOT NULL CHECK (status IN ('active', 'hired', 'declined', 'withdrawn')),
	created_at   BIGINT NOT NULL,
	moved_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, opening_id, candidate_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id),
	FOREIGN KEY (org_id, candidate_id) REFERENCES candidates (org_id, id)
);
CREATE INDEX applications_board ON applications (org_id, opening_id, status, moved_at, id);
CREATE INDEX applications_moved ON applications (org_id, opening_id, moved_at, id);
CREATE INDEX applications_stage ON applications (org_id, opening_id, stage_id, status);
CREATE INDEX applications_candidate ON applications (org_id, candidate_id);
CREATE TABLE invitations (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	format         TEXT NOT NULL,
	ref_id         TEXT NOT NULL,
	note           TEXT NOT NULL,
	revoked_at     BIGINT NOT NULL,
	rotation       BIGINT NOT NULL,
	finish_by      BIGINT NOT NULL,
	zone           TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	created_by     TEXT NOT NULL,
	opened_at      BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, application_id, stage_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX invitations_opened ON invitations (org_id, opening_id, opened_at, application_id);
CREATE TABLE invitation_links (
	hash          TEXT PRIMARY KEY,
	org_id        TEXT NOT NULL,
	invitation_id TEXT NOT NULL,
	rotation      BIGINT NOT NULL
);
CREATE TABLE candidate_sessions (
	hash          TEXT PRIMARY KEY,
	id            TEXT NOT NULL UNIQUE,
	org_id        TEXT NOT NULL,
	invitation_id TEXT NOT NULL,
	candidate_id  TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	revoked_at    BIGINT NOT NULL
);
CREATE INDEX candidate_sessions_invitation ON candidate_sessions (invitation_id);
CREATE TABLE device_codes (
	id            TEXT PRIMARY KEY,
	org_id        TEXT NOT NULL,
	invitation_id TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	tries         BIGINT NOT NULL,
	used_at       BIGINT NOT NULL
);
CREATE INDEX device_codes_invitation ON device_codes (invitation_id, created_at);
