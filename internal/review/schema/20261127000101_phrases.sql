-- +goose Up
-- What reviewers write again and again. member_id is whose it is, '' everybody's; criterion is the title of the criterion that it belongs to, '' any.
CREATE TABLE review_phrases (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	criterion  TEXT NOT NULL,
	text       TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX review_phrases_member ON review_phrases (org_id, member_id, id);
