package org

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"organisations": {"org_id": ours, "id": ours, "name": public, "contact_email": public, "zone": public, "hue": public, "chroma_milli": public,
		"failure_minutes": public, "factor_max": public, "break_max": public, "keep_months": public, "recording_days": public, "ask_hours": public, "week": public, "created_at": ours},
	"holidays": {"org_id": ours, "day": public, "name": public},
	"members": {"org_id": ours, "id": ours, "account_id": ours, "name": public, "email": ours, "title": public, "team": public, "roles": ours,
		"state": ours, "absent_until": ours, "absent_from": ours, "created_at": ours},
	"memberships": {"account_id": ours, "org_id": ours},
}

var (
	ours   = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	public = db.Column{Class: db.Public, Keep: "while the organisation is kept"}
)
