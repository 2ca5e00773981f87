package audit

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"audit_heads": {"org_id": org, "id": org, "n": org, "hash": org},
	"audit_lines": {"org_id": org, "id": org, "n": org, "at": org, "actor_kind": org, "actor_id": org, "verb": org, "subject": org,
		"facts": org, "previous": org, "hash": org},
	"reasons": {"org_id": private, "id": private, "body": private, "subject": private, "created_at": private},
}

var (
	org     = db.Column{Class: db.Organisation, Keep: "24 months"}
	private = db.Column{Class: db.ReviewerPrivate, Keep: "with what it is about"}
)
