package attempt

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"attempts":         {"org_id": numbers, "id": numbers, "application_id": numbers, "invitation_id": numbers, "candidate_id": numbers, "version_id": numbers, "state": numbers, "seed": numbers, "submission_id": numbers, "receipt": numbers, "created_at": numbers, "submitted_at": numbers, "questions": numbers, "asked_at": numbers, "diary": numbers},
	"questions":        {"org_id": theirs, "attempt_id": theirs, "n": theirs, "item": theirs, "rule": theirs, "text": theirs, "why": theirs, "file": theirs, "line": theirs, "code": theirs, "unclear": theirs, "unclear_at": theirs},
	"sittings":         {"org_id": numbers, "id": numbers, "attempt_id": numbers, "part": numbers, "epoch": numbers, "state": numbers, "ended_by": numbers, "timed_seconds": numbers, "factor_permille": numbers, "finish_by": numbers, "started_at": numbers, "added_seconds": numbers, "entitled_end": numbers, "hard_end": numbers, "saved_at": numbers, "takeover": numbers, "editor": numbers, "finished_at": numbers, "receipt": numbers, "paused_at": numbers, "break_seconds": numbers, "break_used": numbers},
	"ledger":           {"org_id": numbers, "id": numbers, "sitting_id": numbers, "kind": numbers, "key": numbers, "seconds": numbers, "at": numbers, "actor_kind": numbers, "actor_id": numbers, "reason_id": numbers},
	"submission_items": {"org_id": theirs, "attempt_id": theirs, "item": theirs, "part": theirs, "revision_id": theirs, "sha256": theirs, "size": theirs},
	"replaced_items":   {"org_id": theirs, "id": theirs, "attempt_id": theirs, "item": theirs, "cause": theirs, "was_id": theirs, "was_sha256": theirs, "was_size": theirs, "revision_id": theirs, "at": theirs},
	"marks":            {"org_id": theirs, "attempt_id": theirs, "item": theirs, "state": theirs, "share_ppm": theirs, "why": theirs, "provisional": theirs, "detail": theirs, "at": theirs, "by_version": theirs},
	"rulings":          {"org_id": theirs, "attempt_id": theirs, "item": theirs, "claim": theirs, "member_id": theirs, "ruling": theirs, "at": theirs},
	"liveness":         {"node": ours, "at": ours, "failing_since": ours},
	"outages":          {"id": ours, "cause": ours, "began": ours, "ended": ours, "credited_at": ours},
	"afterwords":       {"org_id": theirs, "attempt_id": theirs, "part": theirs, "body": theirs, "at": theirs},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "90 days; nothing of a person"}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
)
