-- +goose Up
-- What candidates' repositories begin with: one branch in one pack. It is the organisation's.
CREATE TABLE repository_templates (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	owner      TEXT NOT NULL,
	item       TEXT NOT NULL,
	name       TEXT NOT NULL,
	main       TEXT NOT NULL,
	base       TEXT NOT NULL,
	tree_hash  TEXT NOT NULL,
	pack_name  TEXT NOT NULL,
	pack_hash  TEXT NOT NULL,
	index_hash TEXT NOT NULL,
	bytes      BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, owner, item)
);
CREATE INDEX repository_templates_by_pack ON repository_templates (org_id, pack_hash);
CREATE INDEX repository_templates_by_index ON repository_templates (org_id, index_hash);
CREATE TABLE repositories (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	template_id TEXT NOT NULL,
	owner       TEXT NOT NULL,
	item        TEXT NOT NULL,
	name        TEXT NOT NULL,
	main        TEXT NOT NULL,
	base        TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'submitted', 'closed')),
	bytes       BIGINT NOT NULL,
	quota       BIGINT NOT NULL,
	updates     BIGINT NOT NULL,
	submissions BIGINT NOT NULL,
	rotation    BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	pushed_at   BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, owner, item),
	FOREIGN KEY (org_id, template_id) REFERENCES repository_templates (org_id, id)
);
CREATE TABLE repository_refs (
	org_id        TEXT NOT NULL,
	repository_id TEXT NOT NULL,
	name          TEXT NOT NULL,
	hash          TEXT NOT NULL,
	PRIMARY KEY (org_id, repository_id, name),
	FOREIGN KEY (org_id, repository_id) REFERENCES repositories (org_id, id)
);
-- A pack is two files; those of a template are named by every repository that began with it.
CREATE TABLE repository_packs (
	org_id        TEXT NOT NULL,
	repository_id TEXT NOT NULL,
	name          TEXT NOT NULL,
	pack_hash     TEXT NOT NULL,
	index_hash    TEXT NOT NULL,
	bytes         BIGINT NOT NULL,
	shared        BIGINT NOT NULL CHECK (shared IN (0, 1)),
	PRIMARY KEY (org_id, repository_id, name),
	FOREIGN KEY (org_id, repository_id) REFERENCES repositories (org_id, id)
);
CREATE INDEX repository_packs_by_pack ON repository_packs (org_id, pack_hash);
CREATE INDEX repository_packs_by_index ON repository_packs (org_id, index_hash);
CREATE TABLE repository_updates (
	org_id        TEXT NOT NULL,
	repository_id TEXT NOT NULL,
	number        BIGINT NOT NULL,
	ref           TEXT NOT NULL,
	old_hash      TEXT NOT NULL,
	new_hash      TEXT NOT NULL,
	tree_hash     TEXT NOT NULL,
	received_at   BIGINT NOT NULL,
	via           TEXT NOT NULL CHECK (via IN ('start', 'push', 'page', 'server')),
	standing      TEXT NOT NULL CHECK (standing IN ('on_time', 'late')),
	forced        BIGINT NOT NULL CHECK (forced IN (0, 1)),
	PRIMARY KEY (org_id, repository_id, number),
	FOREIGN KEY (org_id, repository_id) REFERENCES repositories (org_id, id)
);
CREATE TABLE repository_submissions (
	org_id        TEXT NOT NULL,
	repository_id TEXT NOT NULL,
	number        BIGINT NOT NULL,
	ref           TEXT NOT NULL,
	commit_hash   TEXT NOT NULL,
	tree_hash     TEXT NOT NULL,
	received_at   BIGINT NOT NULL,
	until_at      BIGINT NOT NULL,
	made_at       BIGINT NOT NULL,
	PRIMARY KEY (org_id, repository_id, number),
	FOREIGN KEY (org_id, repository_id) REFERENCES repositories (org_id, id)
);
-- Files that no row of packs names yet, or any more: written before a file is, removed with the row that names it. What stays here is collected.
CREATE TABLE repository_files (
	org_id TEXT NOT NULL,
	hash   TEXT NOT NULL,
	since  BIGINT NOT NULL,
	going  BIGINT NOT NULL CHECK (going IN (0, 1)),
	PRIMARY KEY (org_id, hash)
);
-- Whoever holds a credential is known by it alone: this table is the installation's.
CREATE TABLE repository_keys (
	hash          TEXT PRIMARY KEY,
	org_id        TEXT NOT NULL,
	repository_id TEXT NOT NULL,
	rotation      BIGINT NOT NULL
);
CREATE INDEX repository_keys_of ON repository_keys (org_id, repository_id);
