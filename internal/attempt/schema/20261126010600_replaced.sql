-- +goose Up
-- What the submission's item pointed to before late work was accepted or a part that was opened again had ended: nothing sent is forgotten.
CREATE TABLE replaced_items (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	attempt_id  TEXT NOT NULL,
	item        TEXT NOT NULL,
	cause       TEXT NOT NULL CHECK (cause IN ('late', 'reopen')),
	was_id      TEXT NOT NULL,
	was_sha256  TEXT NOT NULL,
	was_size    BIGINT NOT NULL,
	revision_id TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, attempt_id) REFERENCES attempts (org_id, id)
);
CREATE INDEX replaced_items_attempt ON replaced_items (org_id, attempt_id, at);
