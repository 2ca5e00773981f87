package issuer

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"issuers":    {"org_id": ours, "id": ours, "url": ours, "label": ours, "client_id": ours, "secret": hidden, "domains": ours, "roles": ours, "created_at": ours},
	"identities": {"org_id": member, "issuer": member, "subject": member, "member_id": member, "created_at": member},
}

var (
	ours   = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	hidden = db.Column{Class: db.Secret, Keep: "while the organisation is kept"}
	member = db.Column{Class: db.Organisation, Keep: "while the member is kept"}
)
