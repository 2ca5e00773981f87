-- +goose Up
-- How an opening's cards are held together: more than apart levels between two cards are a disagreement, which a third reader is asked to
-- settle by itself where asks is true. An opening without a row has the defaults of review.DefaultRules.
CREATE TABLE review_rules (
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	apart      BIGINT NOT NULL CHECK (apart BETWEEN 1 AND 4),
	asks       BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, opening_id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE TABLE adjudications (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	application_id TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('asked', 'settled', 'back')),
	asked_at       BIGINT NOT NULL,
	settled_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES review_rounds (org_id, attempt_id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
CREATE UNIQUE INDEX adjudications_one ON adjudications (org_id, attempt_id) WHERE state <> 'back';
CREATE INDEX adjudications_member ON adjudications (org_id, member_id, state, application_id);
CREATE INDEX adjudications_application ON adjudications (org_id, application_id);
CREATE TABLE settlements (
	org_id          TEXT NOT NULL,
	adjudication_id TEXT NOT NULL,
	criterion       TEXT NOT NULL,
	level           BIGINT NOT NULL CHECK (level BETWEEN 0 AND 6),
	reason          TEXT NOT NULL,
	PRIMARY KEY (org_id, adjudication_id, criterion),
	FOREIGN KEY (org_id, adjudication_id) REFERENCES adjudications (org_id, id)
);
