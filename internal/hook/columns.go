package hook

import "candor/internal/db"

// Columns is the inventory. What is about a person are ids and times; receivers are sent nothing else, so their answers hold nothing else.
var Columns = db.Columns{
	"hook_endpoints":  {"org_id": ours, "id": ours, "url": ours, "types": ours, "secret": hidden, "old_secret": hidden, "old_until": ours, "member_id": ours, "state": ours, "created_at": ours},
	"hook_heads":      {"org_id": ours, "n": ours},
	"hook_events":     {"org_id": passing, "n": passing, "id": passing, "cause": passing, "type": passing, "opening_id": passing, "application_id": passing, "invitation_id": passing, "at": passing},
	"hook_deliveries": {"org_id": passing, "id": passing, "endpoint_id": passing, "event_n": passing, "state": passing, "tries": passing, "due_at": passing, "status": passing, "answer": passing, "tried_at": passing},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	hidden  = db.Column{Class: db.Secret, Keep: "while the organisation is kept"}
	passing = db.Column{Class: db.Candidate, Keep: db.KeepTimes}
)
