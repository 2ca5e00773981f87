package account

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"accounts":       {"id": org, "email": org, "email_key": org, "name": org, "created_at": org, "disabled_at": org},
	"staff_sessions": {"hash": hidden, "id": ended, "account_id": ended, "agent": ended, "created_at": ended, "seen_at": ended, "expires_at": ended, "revoked_at": ended, "org_id": ended, "issuer": ended},
	"signin_links": {"id": ended, "hash": hidden, "account_id": ended, "purpose": ended, "org_id": ended, "browser": hidden, "tries": ended,
		"created_at": ended, "expires_at": ended, "opened_at": ended, "used_at": ended},
}

var (
	org    = db.Column{Class: db.Organisation, Keep: "while the member is kept"}
	ended  = db.Column{Class: db.Organisation, Keep: db.KeepEnded}
	hidden = db.Column{Class: db.Secret, Keep: db.KeepEnded}
)

// Passing are the tables that a backup leaves out: a session that was ended and a link that was used since would come back with it.
var Passing = []string{"staff_sessions", "signin_links"}
