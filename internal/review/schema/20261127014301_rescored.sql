-- +goose Up
-- rubric_id is the version whose rubric a round is read by, '' the one that was answered. reopened_at is since when ratings of a sent card are open again,
-- 0: none are.
ALTER TABLE review_rounds ADD COLUMN rubric_id TEXT NOT NULL DEFAULT '';
ALTER TABLE reviews ADD COLUMN reopened_at BIGINT NOT NULL DEFAULT 0;
-- From when an opening's work on an assessment is read by the rubric of version_id, its number'th; told_at is when the readers had been told.
CREATE TABLE rubric_changes (
	org_id        TEXT NOT NULL,
	id            TEXT NOT NULL,
	opening_id    TEXT NOT NULL,
	assessment_id TEXT NOT NULL,
	version_id    TEXT NOT NULL,
	number        BIGINT NOT NULL,
	reason_id     TEXT NOT NULL,
	member_id     TEXT NOT NULL,
	at            BIGINT NOT NULL,
	told_at       BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, opening_id) REFERENCES openings (org_id, id)
);
CREATE UNIQUE INDEX rubric_changes_opening ON rubric_changes (org_id, opening_id, assessment_id, number);
CREATE UNIQUE INDEX rubric_changes_version ON rubric_changes (org_id, opening_id, version_id);
-- The log of a change: which ratings it opened again, what they were, and what they became. sent says that the rating had been sent; was is 0 where the
-- criterion is new; level is 0 until done_at, and after it where nobody scored it again.
CREATE TABLE reopened_ratings (
	org_id         TEXT NOT NULL,
	change_id      TEXT NOT NULL,
	review_id      TEXT NOT NULL,
	application_id TEXT NOT NULL,
	member_id      TEXT NOT NULL,
	criterion      TEXT NOT NULL,
	from_version   TEXT NOT NULL,
	sent           BOOLEAN NOT NULL,
	was            BIGINT NOT NULL CHECK (was BETWEEN -1 AND 6),
	level          BIGINT NOT NULL CHECK (level BETWEEN -1 AND 6),
	at             BIGINT NOT NULL,
	done_at        BIGINT NOT NULL,
	PRIMARY KEY (org_id, change_id, review_id, criterion),
	FOREIGN KEY (org_id, change_id) REFERENCES rubric_changes (org_id, id),
	FOREIGN KEY (org_id, review_id) REFERENCES reviews (org_id, id)
);
CREATE INDEX reopened_ratings_review ON reopened_ratings (org_id, review_id, done_at);
CREATE INDEX reopened_ratings_application ON reopened_ratings (org_id, application_id);
