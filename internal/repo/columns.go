package repo

import (
	"candor/internal/blob"
	"candor/internal/db"
)

// Columns is the inventory.
var Columns = db.Columns{
	"repository_templates": {"org_id": ours, "id": ours, "owner": ours, "item": ours, "name": ours, "main": ours, "base": ours, "tree_hash": ours, "pack_name": ours,
		"pack_hash": starters, "index_hash": starters, "bytes": ours, "created_at": ours},
	"repositories": {"org_id": theirs, "id": theirs, "template_id": theirs, "owner": theirs, "item": theirs, "name": theirs, "main": theirs, "base": theirs, "state": theirs,
		"bytes": theirs, "quota": theirs, "updates": theirs, "submissions": theirs, "rotation": theirs, "created_at": theirs, "pushed_at": theirs},
	"repository_refs":  {"org_id": theirs, "repository_id": theirs, "name": theirs, "hash": theirs},
	"repository_packs": {"org_id": theirs, "repository_id": theirs, "name": theirs, "pack_hash": packs, "index_hash": packs, "bytes": theirs, "shared": theirs},
	"repository_updates": {"org_id": theirs, "repository_id": theirs, "number": theirs, "ref": theirs, "old_hash": theirs, "new_hash": theirs, "tree_hash": theirs,
		"received_at": theirs, "via": theirs, "standing": theirs, "forced": theirs},
	"repository_submissions": {"org_id": theirs, "repository_id": theirs, "number": theirs, "ref": theirs, "commit_hash": theirs, "tree_hash": theirs,
		"received_at": theirs, "until_at": theirs, "made_at": theirs},
	"repository_files": {"org_id": passing, "hash": passing, "since": passing, "going": passing},
	"repository_keys":  {"hash": key, "org_id": key, "repository_id": key, "rotation": key},
}

var (
	ours     = db.Column{Class: db.Organisation, Keep: "while the assessment is kept"}
	starters = db.Column{Class: db.Organisation, Keep: ours.Keep, File: string(blob.Pack)}
	theirs   = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	packs    = db.Column{Class: db.Candidate, Keep: db.KeepWords, File: string(blob.Pack)}
	key      = db.Column{Class: db.Secret, Keep: db.KeepWords}
	passing  = db.Column{Class: db.Organisation, Keep: "a day after the file was last named"}
)
