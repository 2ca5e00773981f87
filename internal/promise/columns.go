package promise

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{"promises": {"org_id": both, "id": both, "kind": both, "application_id": both, "subject": both, "days": both, "made_at": both,
	"due_at": both, "reminded_at": both, "kept_at": both, "broken_at": both, "waits_from": both, "waits_until": both, "unwaited_due": both}}

var both = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
