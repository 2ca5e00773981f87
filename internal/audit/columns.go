package audit

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"audit_heads":   {"org_id": chain, "id": chain, "n": chain, "hash": chain},
	"audit_anchors": {"org_id": chain, "id": chain, "n": chain, "hash": chain},
	"audit_lines": {"org_id": org, "id": org, "n": org, "at": org, "actor_kind": org, "actor_id": org, "verb": org, "subject": org,
		"facts": org, "previous": org, "hash": org},
	"audit_acts": {"org_id": org, "id": org, "at": org, "actor_kind": org, "actor_id": org, "verb": org, "subject": org, "facts": org},
	"reasons":    {"org_id": private, "id": private, "body": private, "subject": private, "created_at": private},
}

var (
	chain   = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	org     = db.Column{Class: db.Organisation, Keep: db.KeepAudit}
	private = db.Column{Class: db.ReviewerPrivate, Keep: db.KeepWords}
)
