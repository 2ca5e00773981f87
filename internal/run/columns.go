package run

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"runs": {"org_id": theirs, "id": theirs, "owner": theirs, "version": theirs, "item": theirs, "purpose": theirs, "state": theirs, "body": theirs,
		"input": theirs, "result": hidden, "created_at": theirs, "started_at": theirs, "finished_at": theirs, "spent": theirs},
	"run_references": {"org_id": authors, "version": authors, "item": authors, "language": authors, "ids": authors},
	"run_queue":      {"run_id": passing, "org_id": passing, "graded": passing, "queued_at": passing, "taken_by": passing, "lease_until": passing, "takes": passing},
	"run_turns":      {"tenant": authors, "served_at": authors},
}

var (
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	hidden  = db.Column{Class: db.ReviewerPrivate, Keep: db.KeepWords} // names what hidden tests said; kinds reduce it for candidates
	authors = db.Column{Class: db.Organisation, Keep: "while the assessment is kept"}
	passing = db.Column{Class: db.Organisation, Keep: "until the run is over"}
)
