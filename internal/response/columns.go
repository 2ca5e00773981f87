package response

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"responses": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "n": theirs, "current": theirs, "client": theirs, "seq": theirs, "updated_at": theirs},
	"revisions": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "n": theirs, "client": theirs, "seq": theirs, "epoch": theirs,
		"standing": theirs, "sha256": theirs, "size": theirs, "body": theirs, "received_at": theirs},
}

var theirs = db.Column{Class: db.Candidate, Keep: "12 months after decision; times of revisions 90 days"}
