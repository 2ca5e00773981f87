-- +goose Up
-- Acts that are not in the chain yet, written in the transaction of the act itself. The chain is one line after the other: who appends to it makes
-- everybody else of the organisation wait until the transaction ends, so acts go in together, some seconds later.
CREATE TABLE audit_acts (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	at         BIGINT NOT NULL,
	actor_kind TEXT NOT NULL,
	actor_id   TEXT NOT NULL,
	verb       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	facts      TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX audit_acts_subject ON audit_acts (org_id, subject, id);
