package opening

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/upload"
)

// Page is what an opening's page for candidates says beside its title, its text and its stages. Whoever has the public link reads it.
type Page struct {
	Place string // "" is not said
	Pay   string // a range with its period; "" is not said
	Tries bool   // whoever reads it can try the tools
	Faces []Face
}

// Face is a member on it, with words of their own; only of the opening's people, and only while they are.
type Face struct {
	Member string
	Name   string
	Title  string
	Words  string
	// Greeting is what they say, beside that; the zero value where they say nothing.
	Greeting upload.Spoken
}

// MostFaces is how many people stand on a page.
const MostFaces = 12

// PageOf reads it; whose it is to read is the caller's business.
func (os *Openings) PageOf(ctx context.Context, tx db.Tx, o ID) (Page, error) {
	q := query.New(tx)
	r, err := q.PageText(ctx, tx.Org, string(o))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Page{}, err
	}
	out := Page{Place: r.Place, Pay: r.Pay, Tries: r.Tries}
	said, err := os.greetings(ctx, tx, o)
	if err != nil {
		return out, err
	}
	rows, err := q.Faces(ctx, tx.Org, string(o))
	for _, f := range rows {
		out.Faces = append(out.Faces, Face{f.MemberID, f.Name, f.Title, f.Words, said[f.MemberID]})
	}
	return out, err
}

// SetPage changes it; of a face only member and words are read, and those without words are left out. ErrRole, ErrMissing, ErrInvalid.
func (os *Openings) SetPage(ctx context.Context, who actor.Actor, o ID, p Page) error {
	p.Place, p.Pay = strings.TrimSpace(p.Place), strings.TrimSpace(p.Pay)
	switch {
	case len([]rune(p.Place)) > 120:
		return problem.Field("place", "This is longer than 120 characters.")
	case len([]rune(p.Pay)) > 120:
		return problem.Field("pay", "This is longer than 120 characters.")
	}
	p.Faces = slices.DeleteFunc(slices.Clone(p.Faces), func(f Face) bool { return strings.TrimSpace(f.Words) == "" })
	if len(p.Faces) > MostFaces {
		return problem.Field("words", fmt.Sprintf("Up to %d people stand on the page.", MostFaces))
	}
	return os.changePublic(ctx, who, o, func(tx db.Tx, _ Opening) error {
		q := query.New(tx)
		if _, err := q.Hold(ctx, tx.Org, string(o)); err != nil {
			return err
		}
		team, err := os.Team(ctx, tx, o)
		if err != nil {
			return err
		}
		if err := q.SetPage(ctx, query.SetPageParams{OrgID: tx.Org, OpeningID: string(o), Place: p.Place, Pay: p.Pay, Tries: p.Tries}); err != nil {
			return err
		}
		if _, err := q.DropFaces(ctx, tx.Org, string(o)); err != nil {
			return err
		}
		for _, f := range p.Faces {
			words := strings.TrimSpace(f.Words)
			switch {
			case len([]rune(words)) > 400:
				return problem.Field("words."+f.Member, "This is longer than 400 characters.")
			case !slices.ContainsFunc(team, func(t TeamMember) bool { return t.Member == f.Member }):
				return problem.Field("words."+f.Member, "They are not among the people of this opening any more.")
			}
			if err := q.AddFace(ctx, query.AddFaceParams{OrgID: tx.Org, OpeningID: string(o), MemberID: f.Member, Words: words}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "opening.page", string(o), audit.Facts{"people": fmt.Sprint(len(p.Faces))})
	})
}

// FewKept is below how many promises nothing is said of how they were kept.
const FewKept = 5

// RepliesKept is how the replies that were promised in an opening were kept; ok is false where there are too few to say.
func (os *Openings) RepliesKept(ctx context.Context, tx db.Tx, o ID) (r Rate, ok bool, err error) {
	var f Figures
	if err := f.promised(ctx, tx, o, os.DB.Now()); err != nil {
		return r, false, err
	}
	for _, x := range f.Promises {
		if x.Kind == promise.Reply {
			r = x
		}
	}
	return r, r.Of() >= FewKept, nil
}

// Wondered is announced when somebody who read an opening's page asked something; the contact gets it by mail.
const Wondered = job.Topic[WonderedNote]("opening.wondered")

// WonderedNote holds who asked and what, sealed.
type WonderedNote struct {
	Org, Opening, Sealed string
	At                   int64 // milliseconds
}

// Question is what somebody asked before they applied.
type Question struct{ Email, Text string }

// MostQuestion is the longest question, in characters.
const MostQuestion = 2000

func wonderPurpose(org string, o ID) string { return "wonder " + org + " " + string(o) }

// Wonder sends a question of somebody who reads an opening's page to its contact. Nothing but that mail is kept. ErrApply, ErrNotTaking, ErrInvalid.
func (os *Openings) Wonder(ctx context.Context, link string, w Question) error {
	address, err := account.Address(w.Email)
	if err != nil {
		return problem.Field("asker", "We need an address to answer to, such as name@example.org.")
	}
	switch w.Text = strings.TrimSpace(w.Text); {
	case w.Text == "":
		return problem.Field("question", "Write what you would like to know.")
	case len([]rune(w.Text)) > MostQuestion:
		return problem.Field("question", "This is longer than 2,000 characters.")
	}
	org, o, err := os.Door(ctx, link)
	if err != nil {
		return err
	}
	return os.DB.Write(ctx, org, func(tx db.Tx) error {
		op, err := os.In(ctx, tx, o)
		if err != nil {
			return err
		}
		if !op.Open || op.Confidential {
			return ErrNotTaking
		}
		now := os.DB.Now()
		raw, err := json.Marshal(Question{address, w.Text})
		if err != nil {
			return err
		}
		b, err := os.Key.Seal(wonderPurpose(org, o), raw)
		if err != nil {
			return err
		}
		return Wondered.Announce(ctx, os.Jobs, tx, WonderedNote{org, string(o), base64.RawURLEncoding.EncodeToString(b), clock.Milli(now)})
	})
}

// Asked is a question as it was sealed.
func (os *Openings) Asked(n WonderedNote) (Question, time.Time, error) {
	var q Question
	b, err := base64.RawURLEncoding.DecodeString(n.Sealed)
	if err != nil {
		return q, time.Time{}, err
	}
	raw, err := os.Key.Unseal(wonderPurpose(n.Org, ID(n.Opening)), b)
	if err != nil {
		return q, time.Time{}, err
	}
	return q, clock.Time(n.At), json.Unmarshal(raw, &q)
}
