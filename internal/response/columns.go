package response

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"responses": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "n": theirs, "current": theirs, "client": theirs, "seq": theirs, "updated_at": times},
	"revisions": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "n": theirs, "client": theirs, "seq": theirs, "epoch": theirs,
		"standing": theirs, "sha256": theirs, "size": theirs, "body": theirs, "base": theirs, "keyframe": theirs, "received_at": times, "typed_at": times, "heard_at": times, "device": times, "settled": theirs},
}

var (
	theirs = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	times  = db.Column{Class: db.Candidate, Keep: db.KeepTimes}
)
