package integrity

import (
	"context"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/integrity/internal/query"
	"candor/internal/problem"
	"candor/internal/similar"
)

const (
	// MaxAnswer is the longest text that is sent at once, in characters.
	MaxAnswer = 10_000
	// MostAnswers is how many texts a candidate sends about one case.
	MostAnswers = 50
	// mostDrafts is how many pages' drafts are kept.
	mostDrafts = 20
)

// ErrAnswers: there are MostAnswers.
var ErrAnswers = problem.New(problem.Conflict, "case_answers", "You have sent 50 texts about this already. They are all here; write to the person named on this page.")

// Question is a case as its candidate sees it: their own text, and never a word, a code or a name of anybody else's.
type Question struct {
	Case
	Drafts []Draft // what they are writing, the newest first; of several pages when they differ
	Pages  []Page  // what the question is about
}

// Draft is a text that was not sent yet, as one page had it.
type Draft struct {
	Text string
	At   time.Time
}

// Page is what the candidate handed in for an item, with what was noticed about it.
type Page struct {
	Title   string
	Files   []similar.File
	Noticed []Fact // Other, Source and Theirs are empty; Role says whether it is another person's or a text that the author has
}

// Question loads a case for the candidate it is about. ErrCaseMissing.
func (in *Integrity) Question(ctx context.Context, who actor.Actor, key CaseID) (*Question, error) {
	var out Question
	texts := map[string]text{}
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if out.Case, err = in.asked(ctx, tx, who, key); err != nil {
			return err
		}
		for _, f := range out.Facts {
			if texts[f.Item], err = in.own(ctx, tx, out.Case, f.Item); err != nil {
				return err
			}
		}
		drafts, err := query.New(tx).Drafts(ctx, tx.Org, string(key))
		seen := map[string]bool{}
		for _, w := range out.Words { // a page may have saved once more while it was sent
			seen[w.Text] = true
		}
		for _, d := range drafts {
			if t := strings.TrimSpace(d.Body); t != "" && !seen[t] {
				seen[t] = true
				out.Drafts = append(out.Drafts, Draft{d.Body, clock.Time(d.At)})
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, f := range out.Facts {
		i, there := at[f.Item]
		if !there {
			p := Page{}
			if p.Title, p.Files, err = in.files(ctx, who.Org, f.Item, texts[f.Item], false); err != nil {
				return nil, err
			}
			i, at[f.Item] = len(out.Pages), len(out.Pages)
			out.Pages = append(out.Pages, p)
		}
		f.Other, f.Source, f.Theirs = "", "", nil
		out.Pages[i].Noticed = append(out.Pages[i].Noticed, f)
	}
	out.Facts, out.OpenedBy, out.Code = nil, "", ""
	return &out, nil
}

// asked loads a case that the asking candidate is asked about. ErrCaseMissing.
func (in *Integrity) asked(ctx context.Context, tx db.Tx, who actor.Actor, key CaseID) (Case, error) {
	if who.Kind != actor.Candidate {
		return Case{}, ErrCaseMissing
	}
	c, err := in.CaseIn(ctx, tx, key)
	if err != nil {
		return Case{}, err
	}
	app, err := in.Openings.ApplicationIn(ctx, tx, c.Application)
	if err != nil {
		return Case{}, err
	}
	if who.Subject == "" || app.Candidate != who.Subject {
		return Case{}, ErrCaseMissing
	}
	return c, nil
}

// Save keeps what the candidate is writing on one page (client): a newer seq of that page takes the older one's place, and what another page
// has stays beside it. It may be said twice. ErrCaseMissing, ErrInvalid when it is longer than MaxAnswer.
func (in *Integrity) Save(ctx context.Context, who actor.Actor, key CaseID, client string, seq int64, body string) error {
	switch {
	case len([]rune(body)) > MaxAnswer:
		return problem.Field("answer", "This is longer than 10,000 characters.")
	case client == "" || len(client) > 40 || seq < 1:
		return problem.ErrInvalid
	}
	return in.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := in.asked(ctx, tx, who, key); err != nil {
			return err
		}
		q := query.New(tx)
		if _, err := q.SaveDraft(ctx, query.SaveDraftParams{OrgID: tx.Org, CaseID: string(key), Client: client, Seq: seq, Body: body, At: clock.Milli(in.DB.Now())}); err != nil {
			return err
		}
		all, err := q.Drafts(ctx, tx.Org, string(key))
		if err != nil || len(all) <= mostDrafts {
			return err
		}
		for _, d := range all[mostDrafts:] {
			if _, err := q.DropDraft(ctx, tx.Org, string(key), d.Client); err != nil {
				return err
			}
		}
		return nil
	})
}

// Answer sends a text. The first one before the day is over gives the turn back, and the promise goes on; more can be added. Nothing is
// refused for being late: it is kept and marked. ErrCaseMissing, ErrAnswers, ErrInvalid.
func (in *Integrity) Answer(ctx context.Context, who actor.Actor, key CaseID, body string) error {
	return in.say(ctx, who, key, "answer", body, func(tx db.Tx, c Case, now time.Time) error {
		n, err := query.New(tx).Answered(ctx, tx.Org, string(key), clock.Milli(now))
		if err != nil || n == 0 {
			return err
		}
		cal, err := in.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		return in.Promises.GoOn(ctx, tx, string(c.Application), now, cal)
	})
}

// Appeal asks for another look at a finding, once: a third person decides. What was written stays a draft when it cannot be asked for.
// ErrCaseMissing, ErrNoAppeal, ErrInvalid.
func (in *Integrity) Appeal(ctx context.Context, who actor.Actor, key CaseID, body string) error {
	return in.say(ctx, who, key, "appeal", body, func(tx db.Tx, c Case, now time.Time) error {
		n, err := query.New(tx).Appeal(ctx, tx.Org, string(key), clock.Milli(now))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoAppeal
		}
		cal, err := in.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		return in.Promises.GoOn(ctx, tx, string(c.Application), now, cal)
	})
}

// say keeps a text of the candidate's and drops its drafts; holding the case is the guarding write. It is kept as a draft first, so a refusal
// loses nothing.
func (in *Integrity) say(ctx context.Context, who actor.Actor, key CaseID, kind, body string, then func(tx db.Tx, c Case, now time.Time) error) error {
	body = strings.TrimSpace(body)
	switch {
	case body == "":
		return problem.Field("answer", "Write your answer first.")
	case len([]rune(body)) > MaxAnswer:
		return problem.Field("answer", "This is longer than 10,000 characters.")
	}
	if err := in.Save(ctx, who, key, "form", clock.Milli(in.DB.Now()), body); err != nil {
		return err
	}
	return in.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldCase(ctx, tx.Org, string(key)); err != nil {
			return err
		}
		c, err := in.asked(ctx, tx, who, key)
		if err != nil {
			return err
		}
		if len(c.Words) >= MostAnswers && kind == "answer" {
			return ErrAnswers
		}
		now := in.DB.Now()
		if err := then(tx, c, now); err != nil {
			return err
		}
		word := id.New("wrd", now)
		late := kind == "answer" && now.After(c.Due)
		if err := q.AddWords(ctx, query.AddWordsParams{OrgID: tx.Org, ID: word, CaseID: string(key), Kind: kind, Body: body, At: clock.Milli(now), Late: late}); err != nil {
			return err
		}
		if _, err := q.DropDrafts(ctx, tx.Org, string(key)); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "case."+kind, string(key), audit.Facts{"words": word}); err != nil {
			return err
		}
		return Heard.Announce(ctx, in.Jobs, tx, CaseNote{tx.Org, string(key), word})
	})
}
