-- +goose Up
-- What people ruled of the claims that an answer makes: each reviewer their own, so that nobody reads another's before they are done.
CREATE TABLE rulings (
	org_id     TEXT NOT NULL,
	attempt_id TEXT NOT NULL,
	item       TEXT NOT NULL,
	claim      TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	ruling     TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (org_id, attempt_id, item, claim, member_id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
-- By which version's item a mark was made; '' is the version that was answered.
ALTER TABLE marks ADD COLUMN by_version TEXT NOT NULL DEFAULT '';
