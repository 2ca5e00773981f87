-- +goose Up
-- A gold submission is a round with reference levels, for reviewers to practise on. It is no copy: when its person is erased it ends.
ALTER TABLE review_rules ADD COLUMN certify BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE golds (
	org_id         TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	made_by        TEXT NOT NULL,
	made_at        BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES review_rounds (org_id, attempt_id)
);
CREATE INDEX golds_opening ON golds (org_id, opening_id, made_at, attempt_id);
CREATE INDEX golds_application ON golds (org_id, application_id);
CREATE TABLE gold_levels (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	criterion  TEXT NOT NULL,
	level      BIGINT NOT NULL CHECK (level BETWEEN 1 AND 6),
	reason     TEXT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, criterion),
	FOREIGN KEY (org_id, attempt_id) REFERENCES golds (org_id, attempt_id)
);
CREATE TABLE practices (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	done_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, member_id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES golds (org_id, attempt_id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE INDEX practices_member ON practices (org_id, member_id);
CREATE TABLE practice_levels (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	criterion  TEXT NOT NULL,
	level      BIGINT NOT NULL CHECK (level BETWEEN 1 AND 6),
	PRIMARY KEY (org_id, attempt_id, member_id, criterion),
	FOREIGN KEY (org_id, attempt_id, member_id) REFERENCES practices (org_id, attempt_id, member_id)
);
CREATE TABLE certifications (
	org_id       TEXT NOT NULL,
	opening_id   TEXT NOT NULL,
	member_id    TEXT NOT NULL,
	certified_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, opening_id, member_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
