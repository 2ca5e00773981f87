-- +goose Up
-- What an interview is as a stage: the version that is answered first, and by which rubric all is scored; how many questions back, and the days of
-- each side.
CREATE TABLE interview_plans (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	version_id  TEXT NOT NULL,
	member_id   TEXT NOT NULL,
	rounds      BIGINT NOT NULL CHECK (rounds BETWEEN 1 AND 6),
	answer_days BIGINT NOT NULL CHECK (answer_days BETWEEN 1 AND 30),
	ask_days    BIGINT NOT NULL CHECK (ask_days BETWEEN 1 AND 10),
	created_at  BIGINT NOT NULL,
	created_by  TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
-- One about one attempt. turn is how many questions were asked, since and due_at belong to whoever has the turn; due_at of the candidate's is as
-- it was asked, the sitting may have more.
CREATE TABLE interviews (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	code           TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	rounds         BIGINT NOT NULL CHECK (rounds BETWEEN 1 AND 6),
	answer_days    BIGINT NOT NULL CHECK (answer_days BETWEEN 1 AND 30),
	ask_days       BIGINT NOT NULL CHECK (ask_days BETWEEN 1 AND 10),
	item           TEXT NOT NULL,
	anchor         TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('waits', 'ours', 'theirs', 'closed')),
	turn           BIGINT NOT NULL CHECK (turn <= rounds),
	since          BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	opened_at      BIGINT NOT NULL,
	opened_by      TEXT NOT NULL,
	closed_at      BIGINT NOT NULL,
	closed_by      TEXT NOT NULL CHECK (closed_by IN ('', 'rounds', 'member', 'left')),
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, code),
	UNIQUE (org_id, attempt_id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id),
	CHECK ((state = 'closed') = (closed_by <> ''))
);
CREATE INDEX interviews_mine ON interviews (org_id, member_id, state, due_at, id);
CREATE INDEX interviews_opening ON interviews (org_id, opening_id, state, due_at, id);
CREATE INDEX interviews_state ON interviews (org_id, state, due_at, id);
CREATE INDEX interviews_application ON interviews (org_id, application_id);
-- What was asked. kind is the kind of item in which it is answered; file, line and code are the lines that it is about, anchor another place of the
-- answer to item.
CREATE TABLE interview_turns (
	org_id       TEXT NOT NULL,
	interview_id TEXT NOT NULL,
	n            BIGINT NOT NULL CHECK (n > 0),
	member_id    TEXT NOT NULL,
	kind         TEXT NOT NULL,
	text         TEXT NOT NULL,
	item         TEXT NOT NULL,
	anchor       TEXT NOT NULL,
	file         TEXT NOT NULL,
	line         BIGINT NOT NULL,
	code         TEXT NOT NULL,
	asked_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, interview_id, n),
	FOREIGN KEY (org_id, interview_id) REFERENCES interviews (org_id, id)
);
-- Who asked before somebody else did.
CREATE TABLE interview_handovers (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	interview_id TEXT NOT NULL,
	turn         BIGINT NOT NULL,
	was_id       TEXT NOT NULL,
	member_id    TEXT NOT NULL,
	late         BOOLEAN NOT NULL,
	at           BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, interview_id) REFERENCES interviews (org_id, id)
);
CREATE INDEX interview_handovers_interview ON interview_handovers (org_id, interview_id, at);
-- A question that is being written.
CREATE TABLE interview_drafts (
	org_id       TEXT NOT NULL,
	interview_id TEXT NOT NULL,
	member_id    TEXT NOT NULL,
	turn         BIGINT NOT NULL,
	body         TEXT NOT NULL,
	at           BIGINT NOT NULL,
	PRIMARY KEY (org_id, interview_id, member_id),
	FOREIGN KEY (org_id, interview_id) REFERENCES interviews (org_id, id)
);
