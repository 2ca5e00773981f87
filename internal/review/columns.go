package review

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"review_rounds": {"org_id": ours, "attempt_id": ours, "application_id": ours, "opening_id": ours, "stage_id": ours, "version_id": ours, "code": ours, "wanted": ours,
		"submitted_at": ours, "due_at": ours, "touched_at": ours, "closed_at": ours, "decided_at": ours, "rubric_id": ours},
	"reviews": {"org_id": ours, "id": ours, "attempt_id": ours, "application_id": ours, "member_id": ours, "state": ours, "shuffle": ours, "due_at": ours, "assigned_at": ours,
		"saved_at": ours, "filed_at": ours, "seconds": ours, "paused_at": ours, "adjusted": ours, "adjusted_why": ours, "rest_at": ours, "reopened_at": ours, "points": ours, "step": ours, "private_note": private, "shareable": theirs},
	"ratings":        {"org_id": ours, "review_id": ours, "criterion": ours, "level": ours, "reason": private, "note": private, "evidence": private, "updated_at": ours},
	"rubric_changes": {"org_id": ours, "id": ours, "opening_id": ours, "assessment_id": ours, "version_id": ours, "number": ours, "reason_id": ours, "member_id": ours, "at": ours, "told_at": ours},
	"reopened_ratings": {"org_id": ours, "change_id": ours, "review_id": ours, "application_id": ours, "member_id": ours, "criterion": ours, "from_version": ours, "sent": ours, "was": ours,
		"level": ours, "at": ours, "done_at": ours},
	"collaborations":        {"org_id": ours, "attempt_id": ours, "member_id": ours, "application_id": ours, "opening_id": ours, "note": private, "saved_at": ours, "filed_at": ours},
	"collaboration_ratings": {"org_id": ours, "attempt_id": ours, "member_id": ours, "criterion": ours, "level": ours, "reason": private, "note": private},
	"unblindings":           {"org_id": ours, "application_id": ours, "member_id": ours, "reason_id": ours, "at": ours},
	"review_rules":          {"org_id": ours, "opening_id": ours, "apart": ours, "asks": ours, "certify": ours},
	"adjudications":         {"org_id": ours, "id": ours, "attempt_id": ours, "application_id": ours, "member_id": ours, "state": ours, "asked_at": ours, "settled_at": ours},
	"settlements":           {"org_id": ours, "adjudication_id": ours, "criterion": ours, "level": ours, "reason": private},
	"golds":                 {"org_id": ours, "attempt_id": ours, "application_id": ours, "opening_id": ours, "made_by": ours, "made_at": ours},
	"gold_levels":           {"org_id": ours, "attempt_id": ours, "criterion": ours, "level": ours, "reason": private},
	"practices":             {"org_id": ours, "attempt_id": ours, "member_id": ours, "done_at": ours},
	"practice_levels":       {"org_id": ours, "attempt_id": ours, "member_id": ours, "criterion": ours, "level": ours},
	"review_phrases":        {"org_id": ours, "id": ours, "member_id": ours, "criterion": ours, "text": ours, "changed_by": ours, "changed_at": ours},
	"certifications":        {"org_id": ours, "opening_id": ours, "member_id": ours, "certified_at": ours},
	"second_looks": {"org_id": ours, "id": ours, "attempt_id": ours, "application_id": ours, "member_id": ours, "state": ours, "due_at": ours, "asked_at": ours, "saved_at": ours, "filed_at": ours,
		"seconds": ours, "note": private},
	"second_levels": {"org_id": ours, "second_id": ours, "criterion": ours, "level": ours, "reason": private, "note": private},
	"decisions": {"org_id": ours, "id": ours, "application_id": ours, "opening_id": ours, "stage_id": ours, "outcome": ours, "reason_id": ours, "by_member": ours, "at": ours,
		"undone_at": ours, "settled_at": ours},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: db.KeepNumbers}
	private = db.Column{Class: db.ReviewerPrivate, Keep: db.KeepWords}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
)
