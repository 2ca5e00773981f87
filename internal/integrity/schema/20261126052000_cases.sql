-- +goose Up
-- A case is a question about submitted work that its candidate can answer before anybody decides. Times are 0 while it did not happen; what
-- people typed are rows of audit's reasons, and of case_words.
CREATE TABLE cases (
	org_id           TEXT NOT NULL,
	id               TEXT NOT NULL,
	attempt_id       TEXT NOT NULL,
	application_id   TEXT NOT NULL,
	opening_id       TEXT NOT NULL,
	opened_by        TEXT NOT NULL,
	opened_at        BIGINT NOT NULL,
	question_id      TEXT NOT NULL,
	contact_id       TEXT NOT NULL,
	decider_id       TEXT NOT NULL,
	due_at           BIGINT NOT NULL CHECK (due_at > opened_at),
	answered_at      BIGINT NOT NULL,
	outcome          TEXT NOT NULL CHECK (outcome IN ('', 'explained', 'finding')),
	settled_at       BIGINT NOT NULL,
	reason_id        TEXT NOT NULL,
	appeal_due_at    BIGINT NOT NULL,
	appealed_at      BIGINT NOT NULL,
	judge_id         TEXT NOT NULL,
	appeal_outcome   TEXT NOT NULL CHECK (appeal_outcome IN ('', 'upheld', 'lifted')),
	judged_at        BIGINT NOT NULL,
	appeal_reason_id TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, attempt_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id),
	CHECK (decider_id <> opened_by AND judge_id <> opened_by AND judge_id <> decider_id),
	CHECK ((outcome = '') = (settled_at = 0)),
	CHECK (appealed_at = 0 OR outcome = 'finding'),
	CHECK ((appeal_outcome = '') = (judged_at = 0) AND (judged_at = 0 OR appealed_at > 0))
);
CREATE INDEX cases_application ON cases (org_id, application_id, opened_at);
CREATE INDEX cases_opening ON cases (org_id, opening_id);
CREATE INDEX cases_decider ON cases (org_id, decider_id, settled_at);
CREATE INDEX cases_judge ON cases (org_id, judge_id, judged_at);
-- The answers it is about, as they were when it was opened.
CREATE TABLE case_items (
	org_id  TEXT NOT NULL,
	case_id TEXT NOT NULL,
	item    TEXT NOT NULL,
	body    TEXT NOT NULL,
	PRIMARY KEY (org_id, case_id, item),
	FOREIGN KEY (org_id, case_id) REFERENCES cases (org_id, id)
);
-- What it rests on, as it was then: the places in the candidate's text (mine) and in the other one (theirs), side by side. Of an erased person
-- other is '' and theirs is empty.
CREATE TABLE case_facts (
	org_id         TEXT NOT NULL,
	case_id        TEXT NOT NULL,
	n              BIGINT NOT NULL,
	item           TEXT NOT NULL,
	other          TEXT NOT NULL,
	source         TEXT NOT NULL,
	role           TEXT NOT NULL CHECK (role IN ('', 'solution', 'leaked')),
	outcome        TEXT NOT NULL,
	people         BIGINT NOT NULL,
	expected_micro BIGINT NOT NULL,
	share_ppm      BIGINT NOT NULL,
	identical      BOOLEAN NOT NULL,
	mine           TEXT NOT NULL,
	theirs         TEXT NOT NULL,
	PRIMARY KEY (org_id, case_id, n),
	FOREIGN KEY (org_id, case_id) REFERENCES cases (org_id, id)
);
CREATE INDEX case_facts_other ON case_facts (org_id, other);
-- What the candidate says, never changed.
CREATE TABLE case_words (
	org_id  TEXT NOT NULL,
	id      TEXT NOT NULL,
	case_id TEXT NOT NULL,
	kind    TEXT NOT NULL CHECK (kind IN ('answer', 'appeal')),
	body    TEXT NOT NULL,
	at      BIGINT NOT NULL,
	late    BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, case_id) REFERENCES cases (org_id, id)
);
CREATE INDEX case_words_case ON case_words (org_id, case_id, at, id);
-- What they are writing, one version for each page it is written in.
CREATE TABLE case_drafts (
	org_id  TEXT NOT NULL,
	case_id TEXT NOT NULL,
	client  TEXT NOT NULL,
	seq     BIGINT NOT NULL,
	body    TEXT NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (org_id, case_id, client),
	FOREIGN KEY (org_id, case_id) REFERENCES cases (org_id, id)
);
