package bridge

import (
	"context"

	"candor/internal/bridge/internal/query"
	"candor/internal/db"
)

// Columns is the inventory.
var Columns = db.Columns{
	"bridge_links":     {"org_id": ours, "messenger": ours, "team": ours, "team_name": ours, "bot": ours, "token": sealed, "secret": sealed, "member_id": ours, "trouble": ours, "trouble_at": ours, "at": ours},
	"bridge_rooms":     {"org_id": ours, "messenger": ours, "opening_id": ours, "room": ours},
	"bridge_own_rooms": {"org_id": theirs, "messenger": theirs, "application_id": theirs, "room": theirs},
	"bridge_threads":   {"org_id": theirs, "messenger": theirs, "application_id": theirs, "room": theirs, "stamp": theirs, "code": theirs},
	"bridge_posts":     {"org_id": theirs, "messenger": theirs, "message_id": theirs, "application_id": theirs, "room": theirs, "stamp": theirs},
	"bridge_heard":     {"org_id": passing, "messenger": passing, "event": passing, "at": passing},
	"bridge_people":    {"org_id": ours, "messenger": ours, "person": ours, "member_id": ours, "at": ours},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	sealed  = db.Column{Class: db.Secret, Keep: "until the messenger is disconnected"}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	passing = db.Column{Class: db.Organisation, Keep: "7 days"}
)

// Preview counts what Erase would remove.
func (bs *Bridges) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{}
	for _, a := range p.Applications {
		n, err := query.New(tx).CountPosts(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out["messages in a messenger"] += int(n)
		}
	}
	return out, nil
}

// Erase takes what stands in rooms away, soon, and forgets where it stood.
func (bs *Bridges) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out, q := map[string]int{}, query.New(tx)
	for _, a := range p.Applications {
		posts, err := q.PostsOf(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		roots, err := q.ThreadsOf(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		for _, r := range posts {
			if err := unsay.Enqueue(ctx, bs.Jobs, tx, unsayNote{tx.Org, r.Messenger, r.Room, r.Stamp}); err != nil {
				return nil, err
			}
			out["messages in a messenger"]++
		}
		for _, r := range roots {
			if err := unsay.Enqueue(ctx, bs.Jobs, tx, unsayNote{tx.Org, r.Messenger, r.Room, r.Stamp}); err != nil {
				return nil, err
			}
		}
		if _, err := q.EraseOwnRooms(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.ErasePosts(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseThreads(ctx, tx.Org, a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Drop removes what was brought after the words of an application had gone.
func (bs *Bridges) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	_, err := bs.Erase(ctx, tx, p)
	return err
}
