package appeal

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"appeals": {"org_id": ours, "id": ours, "application_id": ours, "opening_id": ours, "attempt_id": ours, "decision_id": ours, "state": ours, "reason": theirs, "asked_at": ours, "due_at": ours,
		"outcome": ours, "why": private, "answer": theirs, "saved_at": ours, "alone": ours, "by_member": ours, "reason_id": ours, "decided_at": ours, "tell_at": ours, "told_at": ours},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: db.KeepNumbers}
	private = db.Column{Class: db.ReviewerPrivate, Keep: db.KeepDraft}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
)
