-- +goose Up
-- What a work trial is as a stage: how many working days and hours, what is paid, what it is about (Markdown), the version that is worked on, and who
-- hosts it. A plan never changes. whole says that it is paid in full when it is cancelled after it began; else by the hours that were done.
CREATE TABLE trial_plans (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	title      TEXT NOT NULL,
	scope      TEXT NOT NULL,
	version_id TEXT NOT NULL,
	host_id    TEXT NOT NULL,
	days       BIGINT NOT NULL CHECK (days BETWEEN 1 AND 20),
	hours      BIGINT NOT NULL CHECK (hours BETWEEN 1 AND 160),
	amount     BIGINT NOT NULL CHECK (amount > 0),
	currency   TEXT NOT NULL,
	pay_days   BIGINT NOT NULL CHECK (pay_days BETWEEN 1 AND 60),
	whole      BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id),
	FOREIGN KEY (org_id, host_id) REFERENCES members (org_id, id)
);
-- One of one invitation. zone, starts_at, ends_at and attempt_id are set when it is accepted; evaluate_by when it ends. Of a cancelled one whose hours are
-- still reported paid_minor is -1 until evaluate_by, when they are counted.
CREATE TABLE trials (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	plan_id        TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	invitation_id  TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	host_id        TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'running', 'ended', 'evaluated', 'cancelled')),
	zone           TEXT NOT NULL,
	starts_at      BIGINT NOT NULL,
	ends_at        BIGINT NOT NULL,
	offered_at     BIGINT NOT NULL,
	answered_at    BIGINT NOT NULL,
	ended_at       BIGINT NOT NULL,
	evaluate_by    BIGINT NOT NULL,
	cancelled_by   TEXT NOT NULL CHECK (cancelled_by IN ('', 'candidate', 'member', 'left')),
	reason         TEXT NOT NULL,
	paid_minor     BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, invitation_id),
	FOREIGN KEY (org_id, plan_id) REFERENCES trial_plans (org_id, id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id),
	FOREIGN KEY (org_id, host_id) REFERENCES members (org_id, id),
	CHECK ((state = 'cancelled') = (cancelled_by <> ''))
);
CREATE INDEX trials_application ON trials (org_id, application_id);
CREATE INDEX trials_attempt ON trials (org_id, attempt_id);
CREATE INDEX trials_state ON trials (org_id, state, id);
CREATE INDEX trials_host ON trials (org_id, host_id, state, id);
-- The working days of an accepted one, from midnight in the candidate's zone. by_at is until when the day's check-in can be sent, minutes what the
-- candidate says they worked (-1: nothing yet), sent_at when the check-in came (0: not yet). reply is what the host answered.
CREATE TABLE trial_days (
	org_id      TEXT NOT NULL,
	trial_id    TEXT NOT NULL,
	n           BIGINT NOT NULL CHECK (n > 0),
	starts_at   BIGINT NOT NULL,
	by_at       BIGINT NOT NULL,
	asked_at    BIGINT NOT NULL,
	minutes     BIGINT NOT NULL CHECK (minutes BETWEEN -1 AND 1440),
	sent_at     BIGINT NOT NULL,
	reply       TEXT NOT NULL,
	reply_by    TEXT NOT NULL,
	replied_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, trial_id, n),
	FOREIGN KEY (org_id, trial_id) REFERENCES trials (org_id, id)
);
-- What each side wrote at the end. ratings is JSON, criterion -> level.
CREATE TABLE trial_evaluations (
	org_id    TEXT NOT NULL,
	trial_id  TEXT NOT NULL,
	side      TEXT NOT NULL CHECK (side IN ('host', 'candidate')),
	member_id TEXT NOT NULL,
	ratings   TEXT NOT NULL,
	words     TEXT NOT NULL,
	filed_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, trial_id, side),
	FOREIGN KEY (org_id, trial_id) REFERENCES trials (org_id, id)
);
