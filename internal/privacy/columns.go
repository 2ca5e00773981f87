package privacy

import (
	"embed"

	"candor/internal/db"
)

//go:embed schema/*.sql
var Schema embed.FS

// Columns is the inventory.
var Columns = db.Columns{
	"holds":    {"org_id": held, "application_id": held, "reason_id": held, "by_member": held, "at": held},
	"expiries": {"org_id": numbers, "application_id": numbers, "at": numbers},
}

var (
	held    = db.Column{Class: db.Organisation, Keep: "until it is lifted"}
	numbers = db.Column{Class: db.Organisation, Keep: db.KeepNumbers}
)
