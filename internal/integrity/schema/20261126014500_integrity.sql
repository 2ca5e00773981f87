-- +goose Up
-- What was compared of a submission, by item. why is '' when there was enough to compare.
CREATE TABLE comparisons (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	item       TEXT NOT NULL,
	others     BIGINT NOT NULL CHECK (others >= 0),
	why        TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, item),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
-- What it has in common with another submission, or with a text of the author's (source), each pair from both sides.
CREATE TABLE likenesses (
	org_id         TEXT NOT NULL,
	attempt_id     TEXT NOT NULL,
	item           TEXT NOT NULL,
	other          TEXT NOT NULL,
	source         TEXT NOT NULL,
	role           TEXT NOT NULL CHECK (role IN ('', 'solution', 'leaked')),
	outcome        TEXT NOT NULL,
	score_ppm      BIGINT NOT NULL CHECK (score_ppm BETWEEN 0 AND 1000000),
	expected_micro BIGINT NOT NULL CHECK (expected_micro >= 0),
	share_ppm      BIGINT NOT NULL,
	of_other_ppm   BIGINT NOT NULL,
	identical      BOOLEAN NOT NULL,
	regions        TEXT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, item, other, source),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id),
	CHECK ((other = '') <> (source = '') AND (source = '') = (role = ''))
);
CREATE INDEX likenesses_other ON likenesses (org_id, other);
