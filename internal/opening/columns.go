package opening

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"openings":           {"org_id": ours, "id": ours, "title": ours, "team": ours, "about": ours, "state": ours, "confidential": ours, "reply_days": ours, "review_days": ours, "feedback_days": ours, "most_late": ours, "contact_id": ours, "created_at": ours, "created_by": ours},
	"opening_members":    {"org_id": ours, "opening_id": ours, "member_id": ours, "role": ours},
	"stages":             {"org_id": ours, "id": ours, "opening_id": ours, "position": ours, "title": ours, "reviewers": ours, "window_days": ours, "questions": ours},
	"stage_formats":      {"org_id": ours, "stage_id": ours, "position": ours, "format": ours, "ref_id": ours},
	"stage_readers":      {"org_id": ours, "stage_id": ours, "member_id": ours},
	"applications":       {"org_id": numbers, "id": numbers, "opening_id": numbers, "candidate_id": numbers, "stage_id": numbers, "status": numbers, "created_at": numbers, "moved_at": numbers, "mark_ppm": numbers},
	"application_tags":   {"org_id": private, "application_id": private, "tag": private, "opening_id": private, "tagged_at": private, "tagged_by": private},
	"board_views":        {"org_id": ours, "id": ours, "opening_id": ours, "member_id": ours, "name": ours, "filter": ours, "shared": ours, "created_at": ours},
	"invitations":        {"org_id": numbers, "id": numbers, "application_id": numbers, "opening_id": numbers, "stage_id": numbers, "format": numbers, "ref_id": numbers, "note": theirs, "revoked_at": numbers, "rotation": numbers, "finish_by": numbers, "zone": theirs, "created_at": numbers, "created_by": numbers, "opened_at": numbers, "replaced_by": numbers, "offers": numbers, "chosen_at": numbers},
	"invitation_offers":  {"org_id": ours, "invitation_id": ours, "position": ours, "format": ours, "ref_id": ours},
	"time_asks":          {"org_id": theirs, "id": theirs, "application_id": theirs, "opening_id": theirs, "invitation_id": theirs, "words": theirs, "asked_at": theirs, "answered_at": theirs, "answered_by": theirs, "until_at": theirs, "reply": theirs},
	"invitation_links":   {"hash": hidden, "org_id": hidden, "invitation_id": hidden, "rotation": hidden},
	"public_links":       {"hash": ours, "org_id": ours, "opening_id": ours, "rotation": ours, "open": ours, "most": ours, "taken": ours, "until_at": ours},
	"opening_pages":      {"org_id": ours, "opening_id": ours, "place": ours, "pay": ours, "tries": ours},
	"opening_faces":      {"org_id": ours, "opening_id": ours, "member_id": ours, "words": ours},
	"opening_greetings":  {"org_id": ours, "opening_id": ours, "member_id": ours, "upload_id": ours, "made_at": ours},
	"candidate_sessions": {"hash": passing, "id": passing, "org_id": passing, "invitation_id": passing, "candidate_id": passing, "created_at": passing, "expires_at": passing, "revoked_at": passing},
	"device_codes":       {"id": passing, "org_id": passing, "invitation_id": passing, "created_at": passing, "expires_at": passing, "tries": passing, "used_at": passing, "mailed": passing},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the opening is kept"}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	private = db.Column{Class: db.ReviewerPrivate, Keep: db.KeepWords}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
	hidden  = db.Column{Class: db.Secret, Keep: db.KeepWords}
	passing = db.Column{Class: db.Secret, Keep: db.KeepEnded}
)
