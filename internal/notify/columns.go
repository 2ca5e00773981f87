package notify

import "candor/internal/db"

// Columns is the inventory.
var Columns = db.Columns{"mails": {"org_id": both, "id": both, "about": both, "subject_id": both, "to_name": both, "to_email": both, "reply_name": both,
	"reply_email": both, "subject": both, "body": both, "action_text": both, "action_path": both, "state": both, "error": both, "created_at": both, "sent_at": both}}

var both = db.Column{Class: db.Candidate, Keep: "12 months"}
