package notify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
)

// Text is the words of a letter as they stand for an opening, or for the organisation where it is "".
type Text struct {
	Letter  Letter
	Words   Words
	Own     bool      // they were written in this place
	From    string    // where they come from: "opening", "organisation" or "default"
	Number  int       // of the newest change in this place; 0 none
	History []Version // of this place, newest first, at most 40
}

// Version is one change of a letter's words. Empty words are the default again.
type Version struct {
	Number int
	Words  Words
	At     time.Time
	By     string // member
}

// ErrChanged: somebody else wrote first.
var ErrChanged = problem.New(problem.Conflict, "letter_changed", "Somebody changed this mail while you wrote. Your words are still in the form; theirs are in the history. Look at both, then save again.")

// mayWrite says whether the asker may change the words of a place. ErrMissing and ErrRole of opening, ErrRole of org.
func (n *Notify) mayWrite(ctx context.Context, tx db.Tx, who actor.Actor, o opening.ID) (opening.Opening, error) {
	if o == "" {
		return opening.Opening{}, org.Need(who, "mail.change")
	}
	return n.Openings.ManageIn(ctx, tx, who, o)
}

// text reads the words of a letter for an opening: its own, else the organisation's, else the default.
func (n *Notify) text(ctx context.Context, tx db.Tx, o opening.ID, l Letter) (Text, error) {
	rows, err := query.New(tx).Texts(ctx, query.TextsParams{OrgID: tx.Org, OpeningID: string(o), Letter: l.Key, Lang: Lang})
	out := Text{Letter: l, Words: l.Default(), From: "default"}
	if err != nil {
		return out, err
	}
	for _, place := range []opening.ID{"", o} {
		i := slices.IndexFunc(rows, func(r query.TextsRow) bool { return r.OpeningID == string(place) })
		if i < 0 || rows[i].Body == "" {
			continue
		}
		out.Words, out.Own, out.From = Words{rows[i].Subject, rows[i].Body}, place == o, "organisation"
		if place != "" {
			out.From = "opening"
		}
	}
	for _, r := range rows {
		if r.OpeningID == string(o) {
			out.History = append(out.History, Version{int(r.Number), Words{r.Subject, r.Body}, clock.Time(r.CreatedAt), r.CreatedBy})
			out.Number = max(out.Number, int(r.Number))
		}
	}
	return out, nil
}

// Text is the words of a letter for whoever may change them. Problems as of mayWrite, ErrMissing.
func (n *Notify) Text(ctx context.Context, who actor.Actor, o opening.ID, key string) (Text, opening.Opening, error) {
	var out Text
	var op opening.Opening
	l, err := LetterOf(key)
	if err != nil {
		return out, op, err
	}
	err = n.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if op, err = n.mayWrite(ctx, tx, who, o); err != nil {
			return err
		}
		out, err = n.text(ctx, tx, o, l)
		return err
	})
	return out, op, err
}

// Texts are all letters for an opening, or for the organisation where it is "", without their history. Problems as of mayWrite.
func (n *Notify) Texts(ctx context.Context, who actor.Actor, o opening.ID) ([]Text, opening.Opening, error) {
	var out []Text
	var op opening.Opening
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if op, err = n.mayWrite(ctx, tx, who, o); err != nil {
			return err
		}
		rows, err := query.New(tx).Changed(ctx, tx.Org, string(o), Lang)
		for _, l := range Letters {
			t := Text{Letter: l, From: "default"}
			for _, r := range rows {
				if r.Letter != l.Key || r.Body == "" || t.From == "opening" {
					continue
				}
				t.From = "organisation"
				if r.OpeningID != "" {
					t.From = "opening"
				}
			}
			out = append(out, t)
		}
		return err
	})
	return out, op, err
}

// SetText writes the words of a letter; was is the number of the newest change that the asker saw, and the table's key makes the next one
// once. Problems as of mayWrite, ErrMissing, ErrInvalid, ErrChanged.
func (n *Notify) SetText(ctx context.Context, who actor.Actor, o opening.ID, key string, w Words, was int) error {
	l, err := LetterOf(key)
	if err != nil {
		return err
	}
	w = Words{strings.TrimSpace(w.Subject), strings.TrimSpace(strings.ReplaceAll(w.Body, "\r\n", "\n"))}
	if err := l.Check(w); err != nil {
		return err
	}
	return n.writeText(ctx, who, o, l, w, was)
}

// DropText goes back to the words above: the organisation's, or the default. Problems as of SetText.
func (n *Notify) DropText(ctx context.Context, who actor.Actor, o opening.ID, key string, was int) error {
	l, err := LetterOf(key)
	if err != nil {
		return err
	}
	return n.writeText(ctx, who, o, l, Words{}, was)
}

func (n *Notify) writeText(ctx context.Context, who actor.Actor, o opening.ID, l Letter, w Words, was int) error {
	return n.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := n.mayWrite(ctx, tx, who, o); err != nil {
			return err
		}
		now := n.DB.Now()
		added, err := query.New(tx).AddText(ctx, query.AddTextParams{OrgID: tx.Org, OpeningID: string(o), Letter: l.Key, Lang: Lang, Number: int64(was) + 1,
			Subject: w.Subject, Body: w.Body, CreatedAt: clock.Milli(now), CreatedBy: who.ID})
		if err != nil {
			return err
		}
		if added == 0 {
			return ErrChanged
		}
		verb := "mail.change"
		if w.Body == "" {
			verb = "mail.default"
		}
		subject := string(o)
		if o == "" {
			subject = tx.Org
		}
		return audit.Record(ctx, tx, now, who, verb, subject, audit.Facts{"letter": l.Key, "number": fmt.Sprint(was + 1)})
	})
}

// write gives a mail the words of a letter, filled with what the mail is about and with more values.
func (n *Notify) write(ctx context.Context, tx db.Tx, m *Mail, op opening.Opening, o org.Org, key string, values map[string]string) error {
	l := letter(key)
	t, err := n.text(ctx, tx, op.ID, l)
	if err != nil {
		return err
	}
	all := map[string]string{"name": m.ToName, "opening": op.Title, "organisation": o.Name, "contact": m.replyName}
	maps.Copy(all, values)
	filled := t.Words.Fill(all)
	m.Subject, m.Body, m.Action = filled.Subject, filled.Body, l.Action
	return nil
}

// Sampled are words as they will look in an opening, or in the organisation where it is the zero value: with its names, and samples for the rest.
func (n *Notify) Sampled(ctx context.Context, who actor.Actor, op opening.Opening, l Letter, w Words) (Mail, error) {
	m := Mail{ToName: variable("name").Sample, ToEmail: "amara@mail.example", Action: l.Action}
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		o, err := n.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		m.replyName, m.replyEmail = o.Name, o.Contact
		own := map[string]string{"organisation": o.Name, "opening": op.Title}
		if op.ID != "" {
			own["days"] = fmt.Sprint(op.ReplyDays)
			contact, err := n.Orgs.Member(ctx, tx, op.Contact)
			if err == nil {
				m.replyName, m.replyEmail = contact.Name, contact.Email
			} else if !errors.Is(err, org.ErrMissing) {
				return err
			}
		}
		own["contact"] = m.replyName
		filled := w.Sample(own)
		m.Subject, m.Body = filled.Subject, filled.Body
		return nil
	})
	return m, err
}
