-- +goose Up
CREATE TABLE batches (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('draft', 'running', 'done', 'stopped')),
	why        TEXT NOT NULL CHECK (why IN ('', 'person', 'closed', 'rights', 'late')),
	charset    TEXT NOT NULL,
	head       BOOLEAN NOT NULL,
	meanings   TEXT NOT NULL,
	note       TEXT NOT NULL,
	zone       TEXT NOT NULL,
	finish_by  BIGINT NOT NULL,
	per_hour   BIGINT NOT NULL CHECK (per_hour BETWEEN 1 AND 6000),
	next_at    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	touched_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE INDEX batches_opening ON batches (org_id, opening_id, created_at);
CREATE TABLE batch_rows (
	org_id         TEXT NOT NULL,
	batch_id       TEXT NOT NULL,
	position       BIGINT NOT NULL,
	line           BIGINT NOT NULL,
	cells          TEXT NOT NULL,
	name           TEXT NOT NULL,
	email          TEXT NOT NULL,
	email_key      TEXT NOT NULL,
	zone           TEXT NOT NULL,
	guessed        BOOLEAN NOT NULL,
	by_hand        BOOLEAN NOT NULL,
	verdict        TEXT NOT NULL CHECK (verdict IN ('head', 'new', 'earlier', 'twice', 'here', 'bad', 'left', 'invited')),
	why            TEXT NOT NULL,
	first_line     BIGINT NOT NULL,
	application_id TEXT NOT NULL,
	invitation_id  TEXT NOT NULL,
	PRIMARY KEY (org_id, batch_id, position),
	FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, id)
);
CREATE INDEX batch_rows_verdict ON batch_rows (org_id, batch_id, verdict, position);
CREATE INDEX batch_rows_address ON batch_rows (org_id, email_key);
CREATE INDEX batch_rows_application ON batch_rows (org_id, application_id);
