package feedback

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"feedback_drafts": {"org_id": private, "application_id": private, "stage_id": private, "outcome": private, "reason": private, "body": private, "criteria": private, "updated_at": private, "next_by": private, "next_note": private},
	"feedbacks": {"org_id": ours, "id": ours, "decision_id": ours, "application_id": ours, "outcome": ours, "final": ours, "body": theirs, "criteria": theirs,
		"created_at": ours, "release_at": ours, "released_at": ours, "next_by": ours, "next_note": theirs},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: db.KeepNumbers}
	private = db.Column{Class: db.ReviewerPrivate, Keep: db.KeepDraft}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
)
