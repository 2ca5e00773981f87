package attempt

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"attempts":         {"org_id": theirs, "id": theirs, "application_id": theirs, "invitation_id": theirs, "candidate_id": theirs, "version_id": theirs, "state": theirs, "seed": theirs, "submission_id": theirs, "receipt": theirs, "created_at": theirs, "submitted_at": theirs},
	"sittings":         {"org_id": theirs, "id": theirs, "attempt_id": theirs, "part": theirs, "epoch": theirs, "state": theirs, "ended_by": theirs, "timed_seconds": theirs, "factor_permille": theirs, "finish_by": theirs, "started_at": theirs, "added_seconds": theirs, "entitled_end": theirs, "hard_end": theirs, "saved_at": theirs, "takeover": theirs, "editor": theirs, "finished_at": theirs, "receipt": theirs},
	"ledger":           {"org_id": ledgerColumn, "id": ledgerColumn, "sitting_id": ledgerColumn, "kind": ledgerColumn, "key": ledgerColumn, "seconds": ledgerColumn, "at": ledgerColumn, "actor_kind": ledgerColumn, "actor_id": ledgerColumn, "reason_id": ledgerColumn},
	"submission_items": {"org_id": theirs, "attempt_id": theirs, "item": theirs, "part": theirs, "revision_id": theirs, "sha256": theirs, "size": theirs},
	"marks":            {"org_id": theirs, "attempt_id": theirs, "item": theirs, "state": theirs, "share_ppm": theirs, "why": theirs, "provisional": theirs, "detail": theirs, "at": theirs},
	"afterwords":       {"org_id": theirs, "attempt_id": theirs, "part": theirs, "body": theirs, "at": theirs},
}

var (
	theirs       = db.Column{Class: db.Candidate, Keep: "12 months after decision"}
	ledgerColumn = db.Column{Class: db.Candidate, Keep: "24 months, ids and numbers only"}
)
