package opening

import (
	"context"
	"errors"
	"strings"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/org"
	"candor/internal/upload"
)

// A member of an opening's people can say a greeting on its page. Only they record it and take it away; it stands there beside their words, and goes when
// they leave the opening or the organisation.

const (
	// MaxGreeting is how many seconds it may have.
	MaxGreeting = 90
	// MaxGreetingWords is how many characters what is said in it may have.
	MaxGreetingWords = 4000
	// GreetingItem is what it is uploaded for.
	GreetingItem = "greeting"
	greetingType = "grt-"
)

// GreetingOwner is whose the recordings of a member's greeting are.
func GreetingOwner(o ID, member string) string { return greetingType + string(o) + "." + member }

// AcceptsGreeting says what a member may upload as their greeting; ok is false where the subject is none.
func (os *Openings) AcceptsGreeting(who actor.Actor, s upload.Subject) (accepting upload.Accepting, ok bool) {
	rest, ok := strings.CutPrefix(s.Owner, greetingType)
	if !ok {
		return nil, false
	}
	return func(ctx context.Context, tx db.Tx) (upload.Accept, error) {
		o, member, _ := strings.Cut(rest, ".")
		op, err := os.LoadIn(ctx, tx, who, ID(o))
		if errors.Is(err, ErrMissing) || err == nil && (member != who.ID || s.Item != GreetingItem || len(op.Mine) == 0) {
			err = upload.ErrMissing
		}
		return upload.Accept{Types: upload.Recordings, Most: (MaxGreeting + 30) * upload.PerSecond}, err
	}, true
}

// Takes are what the asker has recorded as their greeting, the newest first, and which of them stands on the page; "" is none. ErrMissing, ErrRole.
func (os *Openings) Takes(ctx context.Context, who actor.Actor, o ID) (op Opening, takes []upload.Spoken, shown upload.ID, err error) {
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if op, err = os.greeter(ctx, tx, who, o); err != nil || os.Uploads == nil {
			return err
		}
		rows, err := query.New(tx).Greetings(ctx, tx.Org, string(o))
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.MemberID == who.ID {
				shown = upload.ID(r.UploadID)
			}
		}
		takes, err = os.Uploads.SpokenOf(ctx, tx, GreetingOwner(o, who.ID), GreetingItem)
		return err
	})
	return op, takes, shown, err
}

// greeter loads an opening for somebody who is of its people. ErrMissing, ErrRole.
func (os *Openings) greeter(ctx context.Context, tx db.Tx, who actor.Actor, o ID) (Opening, error) {
	op, err := os.LoadIn(ctx, tx, who, o)
	if err == nil && (who.Kind != actor.Member || len(op.Mine) == 0) {
		err = ErrRole
	}
	return op, err
}

// Greet puts a recording of the asker's on the page with what is said in it, in place of the one before; "" takes theirs away. Everything else they
// recorded for it goes. Holding the opening is the guarding write. ErrMissing, ErrRole, ErrInvalid on recording and said.
func (os *Openings) Greet(ctx context.Context, who actor.Actor, o ID, i upload.ID, said string) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.Hold(ctx, tx.Org, string(o)); err != nil {
			return err
		}
		if _, err := os.greeter(ctx, tx, who, o); err != nil {
			return err
		}
		now, verb := os.DB.Now(), "opening.greet"
		if i == "" {
			verb = "opening.ungreet"
			if err := os.ungreet(ctx, tx, o, who.ID); err != nil {
				return err
			}
			return audit.Record(ctx, tx, now, who, verb, string(o), nil)
		}
		if os.Uploads == nil {
			return ErrMissing
		}
		u, err := os.Uploads.In(ctx, tx, i)
		if err != nil && !errors.Is(err, upload.ErrMissing) {
			return err
		}
		if u.Owner != GreetingOwner(o, who.ID) || u.Item != GreetingItem {
			u = upload.Upload{}
		}
		if err := os.Uploads.Say(ctx, tx, who, u, said, MaxGreetingWords); err != nil {
			return err
		}
		if _, err := os.Uploads.RemoveAll(ctx, tx, GreetingOwner(o, who.ID), GreetingItem, i); err != nil {
			return err
		}
		if err := q.SetGreeting(ctx, query.SetGreetingParams{OrgID: tx.Org, OpeningID: string(o), MemberID: who.ID, UploadID: string(i), MadeAt: clock.Milli(now)}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, verb, string(o), nil)
	})
}

// ungreet removes a member's greeting of an opening, with every recording for it.
func (os *Openings) ungreet(ctx context.Context, tx db.Tx, o ID, member string) error {
	if _, err := query.New(tx).DropGreeting(ctx, tx.Org, string(o), member); err != nil || os.Uploads == nil {
		return err
	}
	_, err := os.Uploads.RemoveAll(ctx, tx, GreetingOwner(o, member), GreetingItem, "")
	return err
}

// Left listens to org.Left: what a member said on pages goes with them.
func (os *Openings) Left(ctx context.Context, note org.MemberNote) error {
	return os.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		m, err := os.Orgs.Member(ctx, tx, note.Member)
		if err != nil || m.State == org.Active {
			return err // back again meanwhile
		}
		rows, err := query.New(tx).GreetingsBy(ctx, tx.Org, note.Member)
		if err != nil {
			return err
		}
		for _, o := range rows {
			if err := os.ungreet(ctx, tx, ID(o), note.Member); err != nil {
				return err
			}
		}
		return nil
	})
}

// greetings are what the people of an opening say on its page, by member.
func (os *Openings) greetings(ctx context.Context, tx db.Tx, o ID) (map[string]upload.Spoken, error) {
	out := map[string]upload.Spoken{}
	if os.Uploads == nil {
		return out, nil
	}
	rows, err := query.New(tx).Greetings(ctx, tx.Org, string(o))
	for _, r := range rows {
		g, err := os.Uploads.Spoken(ctx, tx, upload.ID(r.UploadID))
		if err != nil {
			return nil, err
		}
		if g.Upload.ID != "" {
			out[r.MemberID] = g
		}
	}
	return out, err
}
