package batch

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{
	"batches": {"org_id": ours, "id": ours, "opening_id": ours, "state": ours, "why": ours, "charset": ours, "head": ours, "meanings": ours, "note": listed, "zone": ours,
		"finish_by": ours, "per_hour": ours, "next_at": ours, "created_at": ours, "created_by": ours, "touched_at": ours},
	"batch_rows": {"org_id": numbers, "batch_id": numbers, "position": numbers, "line": numbers, "cells": listed, "name": listed, "email": listed, "email_key": listed, "zone": listed,
		"guessed": numbers, "by_hand": numbers, "verdict": numbers, "why": listed, "first_line": numbers, "application_id": numbers, "invitation_id": numbers},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the opening is kept"}
	listed  = db.Column{Class: db.Candidate, Keep: db.KeepList}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
)
