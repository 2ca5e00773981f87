-- +goose Up
CREATE TABLE assessments (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	title       TEXT NOT NULL,
	latest      BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	created_by  TEXT NOT NULL,
	archived_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE versions (
	org_id        TEXT NOT NULL,
	id            TEXT NOT NULL,
	assessment_id TEXT NOT NULL,
	number        BIGINT NOT NULL CHECK (number > 0),
	title         TEXT NOT NULL,
	minutes       BIGINT NOT NULL,
	tree_hash     TEXT NOT NULL,
	state         TEXT NOT NULL CHECK (state IN ('draft', 'published')),
	created_at    BIGINT NOT NULL,
	created_by    TEXT NOT NULL,
	published_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, assessment_id, number),
	UNIQUE (org_id, assessment_id, tree_hash),
	FOREIGN KEY (org_id, assessment_id) REFERENCES assessments (org_id, id)
);
CREATE TABLE version_files (
	org_id     TEXT NOT NULL,
	version_id TEXT NOT NULL,
	path       TEXT NOT NULL,
	hash       TEXT NOT NULL,
	size       BIGINT NOT NULL,
	PRIMARY KEY (org_id, version_id, path),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id)
);
CREATE TABLE version_items (
	org_id       TEXT NOT NULL,
	version_id   TEXT NOT NULL,
	item         TEXT NOT NULL,
	part         TEXT NOT NULL,
	kind         TEXT NOT NULL,
	title        TEXT NOT NULL,
	position     BIGINT NOT NULL,
	weight_milli BIGINT NOT NULL,
	PRIMARY KEY (org_id, version_id, item),
	FOREIGN KEY (org_id, version_id) REFERENCES versions (org_id, id)
);
