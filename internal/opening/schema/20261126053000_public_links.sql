-- +goose Up
-- An opening's public application link: who has it may apply, up to most people and until an instant (0: no end). It is found by its hash before
-- the organisation is known.
CREATE TABLE public_links (
	hash       TEXT PRIMARY KEY,
	org_id     TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	rotation   BIGINT NOT NULL,
	open       BOOLEAN NOT NULL,
	most       BIGINT NOT NULL CHECK (most BETWEEN 1 AND 10000),
	taken      BIGINT NOT NULL,
	until_at   BIGINT NOT NULL,
	UNIQUE (org_id, opening_id)
);
