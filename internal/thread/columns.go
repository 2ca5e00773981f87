package thread

import (
	"context"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/thread/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"threads": {"org_id": theirs, "application_id": theirs, "opening_id": theirs, "waits_since": theirs, "unread_since": theirs, "last_at": theirs},
	"messages": {"org_id": theirs, "id": theirs, "application_id": theirs, "member_id": theirs, "kind": theirs, "version_id": theirs, "item": theirs, "notice_id": theirs, "body": theirs, "at": theirs,
		"waited": theirs},
	"message_drafts": {"org_id": theirs, "application_id": theirs, "writer": theirs, "item": theirs, "client": theirs, "seq": theirs, "body": theirs, "at": theirs},
	"message_files": {"org_id": theirs, "id": theirs, "application_id": theirs, "writer": theirs, "item": theirs, "message_id": theirs, "upload_id": theirs, "name": theirs, "type": theirs, "bytes": theirs,
		"at": theirs},
	"message_hours": {"org_id": members, "member_id": members, "hours": members},
	"notices":       {"org_id": ours, "id": ours, "version_id": ours, "item": ours, "question": ours, "answer": ours, "member_id": ours, "at": ours},
}

var (
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	ours    = db.Column{Class: db.Organisation, Keep: "while the assessment is kept"}
	members = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
)

// Preview counts what Erase would remove.
func (th *Threads) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"messages": 0}
	for _, a := range p.Applications {
		n, err := query.New(tx).CountMessages(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["messages"] += int(n)
		if th.Uploads != nil {
			files, err := th.Uploads.Of(ctx, tx, owner(opening.ApplicationID(a)), "")
			if err != nil {
				return nil, err
			}
			out["files of messages"] += len(files)
		}
	}
	return out, nil
}

// Erase removes conversations, both sides of them. What was answered to everybody names nobody and stays with its task.
func (th *Threads) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out, q := map[string]int{"messages": 0}, query.New(tx)
	for _, a := range p.Applications {
		if _, err := q.EraseDrafts(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		files, err := th.forget(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		out["files of messages"] += files
		n, err := q.EraseMessages(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["messages"] += int(n)
		if _, err := q.EraseThread(ctx, tx.Org, a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Drop removes what was written after the words of an application had gone.
func (th *Threads) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	_, err := th.Erase(ctx, tx, p)
	return err
}
