package recording

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"recording_consents": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "text": theirs, "lang": theirs, "given_at": theirs, "withdrawn_at": theirs},
	"recordings": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "consent_id": theirs, "number": theirs, "way": theirs, "state": theirs, "cut": theirs,
		"late": theirs, "length_ms": theirs, "reason": theirs, "started_at": theirs, "stopped_at": theirs},
}

var theirs = db.Column{Class: db.Candidate, Keep: db.KeepWords}
