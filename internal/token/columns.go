package token

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"api_tokens":   {"org_id": ours, "id": ours, "hash": hidden, "name": ours, "scopes": ours, "member_id": ours, "created_at": ours, "expires_at": ours, "used_at": ours, "revoked_at": ours},
	"api_requests": {"org_id": passing, "asker": passing, "key": passing, "body_hash": passing, "made_id": passing, "created_at": passing},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	hidden  = db.Column{Class: db.Secret, Keep: "while the organisation is kept"}
	passing = db.Column{Class: db.Candidate, Keep: db.KeepDay}
)
