package candidate

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"candidates": {"org_id": numbers, "id": numbers, "name": theirs, "email": theirs, "name_key": theirs, "family_key": theirs, "email_key": theirs, "zone": theirs,
		"created_at": numbers, "erased_at": numbers},
	"accommodations": {"org_id": theirs, "id": theirs, "factor_permille": theirs, "break_minutes": theirs, "wish": theirs, "wish_state": theirs, "asked_at": theirs, "changed_at": theirs},
}

var (
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepPerson}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
)
