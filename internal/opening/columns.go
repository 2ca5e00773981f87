package opening

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"openings":           {"org_id": ours, "id": ours, "title": ours, "team": ours, "about": ours, "state": ours, "confidential": ours, "reply_days": ours, "contact_id": ours, "created_at": ours, "created_by": ours},
	"opening_members":    {"org_id": ours, "opening_id": ours, "member_id": ours, "role": ours},
	"stages":             {"org_id": ours, "id": ours, "opening_id": ours, "position": ours, "title": ours, "reviewers": ours, "window_days": ours},
	"stage_formats":      {"org_id": ours, "stage_id": ours, "position": ours, "format": ours, "ref_id": ours},
	"applications":       {"org_id": theirs, "id": theirs, "opening_id": theirs, "candidate_id": theirs, "stage_id": theirs, "status": theirs, "created_at": theirs, "moved_at": theirs},
	"invitations":        {"org_id": theirs, "id": theirs, "application_id": theirs, "opening_id": theirs, "stage_id": theirs, "format": theirs, "ref_id": theirs, "note": theirs, "revoked_at": theirs, "rotation": theirs, "finish_by": theirs, "zone": theirs, "created_at": theirs, "created_by": theirs, "opened_at": theirs},
	"invitation_links":   {"hash": hidden, "org_id": hidden, "invitation_id": hidden, "rotation": hidden},
	"candidate_sessions": {"hash": hidden, "id": hidden, "org_id": hidden, "invitation_id": hidden, "candidate_id": hidden, "created_at": hidden, "expires_at": hidden, "revoked_at": hidden},
	"device_codes":       {"id": hidden, "org_id": hidden, "invitation_id": hidden, "created_at": hidden, "expires_at": hidden, "tries": hidden, "used_at": hidden},
}

var (
	ours   = db.Column{Class: db.Organisation, Keep: "while the opening is kept"}
	theirs = db.Column{Class: db.Candidate, Keep: "12 months after decision"}
	hidden = db.Column{Class: db.Secret, Keep: "while the invitation is kept"}
)
