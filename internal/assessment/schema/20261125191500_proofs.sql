-- +goose Up
-- A version that somebody wants published, while its provers run and after they refused it. asked_at tells one asking from the next.
CREATE TABLE proofs (
	org_id     TEXT NOT NULL,
	version_id TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('proving', 'refused', 'passed')),
	done       BIGINT NOT NULL,
	total      BIGINT NOT NULL,
	what       TEXT NOT NULL,
	findings   TEXT NOT NULL,
	asked_by   TEXT NOT NULL,
	asked_at   BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, version_id),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id)
);
