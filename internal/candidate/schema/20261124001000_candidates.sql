-- +goose Up
CREATE TABLE candidates (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	name       TEXT NOT NULL,
	email      TEXT NOT NULL,
	name_key   TEXT NOT NULL,
	family_key TEXT NOT NULL,
	email_key  TEXT NOT NULL,
	zone       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	erased_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, email_key)
);
CREATE INDEX candidates_name ON candidates (org_id, name_key, id);
CREATE INDEX candidates_family ON candidates (org_id, family_key);
CREATE TABLE accommodations (
	org_id          TEXT NOT NULL,
	id              TEXT NOT NULL,
	factor_permille BIGINT NOT NULL CHECK (factor_permille BETWEEN 1000 AND 10000),
	wish            TEXT NOT NULL,
	wish_state      TEXT NOT NULL CHECK (wish_state IN ('', 'asked', 'granted', 'declined')),
	asked_at        BIGINT NOT NULL,
	changed_at      BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, id) REFERENCES candidates (org_id, id)
);
