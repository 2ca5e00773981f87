package greenhouse

import "candor/internal/db"

// Columns is the inventory. The words of an error may repeat what was sent, so they count as a candidate's.
var Columns = db.Columns{
	"greenhouse_keys": {"org_id": ours, "id": ours, "token_id": ours, "sealed": hidden, "seen_at": ours},
	"greenhouse_tests": {"org_id": about, "id": about, "application_id": about, "invitation_id": about, "stage_id": about, "url": about, "profile_url": about, "created_at": about, "state": about,
		"tries": about, "due_at": about, "status": about, "answer": about, "tried_at": about},
	"greenhouse_errors": {"org_id": passing, "id": passing, "call": passing, "words": passing, "test_id": passing, "created_at": passing},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	hidden  = db.Column{Class: db.Secret, Keep: "while the organisation is kept"}
	about   = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	passing = db.Column{Class: db.Candidate, Keep: db.KeepTimes}
)
