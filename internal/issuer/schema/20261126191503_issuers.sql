-- +goose Up
CREATE TABLE issuers (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	url        TEXT NOT NULL,
	label      TEXT NOT NULL,
	client_id  TEXT NOT NULL,
	secret     TEXT NOT NULL,
	domains    TEXT NOT NULL,
	roles      TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, url)
);
CREATE TABLE identities (
	org_id     TEXT NOT NULL,
	issuer     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	member_id  TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, issuer, subject),
	UNIQUE (org_id, issuer, member_id),
	FOREIGN KEY (org_id, member_id) REFERENCES members (org_id, id)
);
