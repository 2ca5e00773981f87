package assessment

import (
	"candor/internal/blob"
	"candor/internal/db"
)

// Columns is the inventory.
var Columns = db.Columns{
	"assessments": {"org_id": ours, "id": ours, "title": ours, "latest": ours, "created_at": ours, "created_by": ours, "archived_at": ours},
	"versions": {"org_id": ours, "id": ours, "assessment_id": ours, "number": ours, "title": ours, "minutes": ours, "tree_hash": ours,
		"state": ours, "created_at": ours, "created_by": ours, "published_at": ours},
	"proofs": {"org_id": ours, "version_id": ours, "state": ours, "done": ours, "total": ours, "what": ours, "findings": ours,
		"asked_by": ours, "asked_at": ours, "seen_at": ours},
	"pilots": {"org_id": ours, "version_id": ours, "item": ours, "member_id": ours, "work": ours, "own": ours, "state": ours, "seconds": ours, "since": ours, "body": ours,
		"begun_at": ours, "done_at": ours},
	"version_files": {"org_id": ours, "version_id": ours, "path": ours, "hash": files, "size": ours},
	"version_items": {"org_id": ours, "version_id": ours, "item": ours, "part": ours, "kind": ours, "title": ours, "position": ours, "weight_milli": ours},
}

var (
	ours  = db.Column{Class: db.Organisation, Keep: "while the assessment is kept"}
	files = db.Column{Class: db.Organisation, Keep: ours.Keep, File: string(blob.Package)}
)
