package account

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"accounts":       {"id": org, "email": org, "email_key": org, "name": org, "created_at": org, "disabled_at": org},
	"staff_sessions": {"hash": hidden, "id": org, "account_id": org, "agent": org, "created_at": org, "seen_at": org, "expires_at": org, "revoked_at": org},
	"signin_links": {"id": org, "hash": hidden, "account_id": org, "purpose": org, "org_id": org, "browser": hidden, "tries": org,
		"created_at": org, "expires_at": org, "opened_at": org, "used_at": org},
}

var (
	org    = db.Column{Class: db.Organisation, Keep: "while the member is kept; sessions and links 90 days"}
	hidden = db.Column{Class: db.Secret, Keep: "90 days"}
)
