package notify

import "candor/internal/db"

// Columns is the inventory. What is about no application (sign-in links, "one more to read") goes as long after it was made.
var Columns = db.Columns{
	"mails": {"org_id": both, "id": both, "about": both, "subject_id": both, "to_name": both, "to_email": both, "reply_name": both,
		"reply_email": both, "subject": both, "body": both, "action_text": both, "action_path": both, "state": both, "error": both, "created_at": both, "sent_at": both,
		"application_id": both, "zone": both, "due_at": both, "tries": both},
	"mail_texts":     {"org_id": ours, "opening_id": ours, "letter": ours, "lang": ours, "number": ours, "subject": ours, "body": ours, "created_at": ours, "created_by": ours},
	"mail_reminders": {"org_id": ours, "opening_id": ours, "active": ours, "changed_at": ours, "changed_by": ours},
}

var (
	both = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	ours = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
)
