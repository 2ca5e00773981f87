package notify

import "candor/internal/db"

// Columns is the inventory. What is about no application (sign-in links, "one more to read") goes as long after it was made.
var Columns = db.Columns{"mails": {"org_id": both, "id": both, "about": both, "subject_id": both, "to_name": both, "to_email": both, "reply_name": both,
	"reply_email": both, "subject": both, "body": both, "action_text": both, "action_path": both, "state": both, "error": both, "created_at": both, "sent_at": both,
	"application_id": both}}

var both = db.Column{Class: db.Candidate, Keep: db.KeepWords}
