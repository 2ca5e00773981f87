package interview

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview/internal/query"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/upload"
)

// Talk is an interview as one asker sees it. Of a member who must not know the name everything that names the candidate is struck.
type Talk struct {
	Interview
	App       opening.Application
	Asks      bool   // the asker is who was named to ask
	Runs      bool   // the asker may hand it over and end it
	Name      string // of who asks; "" when they are not there any more
	Away      bool   // who asks is not there any more
	Turns     []Turn
	Handovers []Handover
	Version   *assessment.Version // of what was sent, with the turns
	Work      attempt.Submission
	Files     map[string]map[string]string // texts of the work by item and name, what a question can show
	Draft     Question
	Takes     []upload.Spoken // what the asker has recorded for the next question, newest first
	Drafted   time.Time       // zero: nothing is being written
	Now       time.Time

	raw    map[string]map[string][]string // Files as they are, in lines
	real   map[string]map[string]string   // the names of Files as they are, where they are struck
	bodies map[string][]byte              // what was sent by item, with all that belongs to it, as it is
	names  []string                       // what is struck for the asker
	org    string
}

// Left is how many questions can still be asked.
func (t *Talk) Left() int { return t.Rounds - t.Turn }

// Until is by when whoever has the turn acts: of the candidate's turn with all the time they were given.
func (t *Talk) Until() time.Time {
	if t.State == Theirs && len(t.Turns) > 0 {
		if s := t.Turns[len(t.Turns)-1].Sitting; s.ID != "" {
			return s.End()
		}
	}
	return t.Due
}

// may is what a member may do with an interview.
type may struct {
	App  opening.Application
	Asks bool
	Runs bool
}

// in reads one. ErrMissing.
func (is *Interviews) in(ctx context.Context, tx db.Tx, i ID) (Interview, error) {
	r, err := query.New(tx).ByID(ctx, tx.Org, string(i))
	return found(query.ByCodeRow(r), err)
}

// Of is the interview about an attempt; who may see it is the caller's loader's business. ErrMissing.
func (is *Interviews) Of(ctx context.Context, tx db.Tx, a attempt.ID) (Interview, error) {
	r, err := query.New(tx).OfAttempt(ctx, tx.Org, string(a))
	return found(query.ByCodeRow(r), err)
}

func found(r query.ByCodeRow, err error) (Interview, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Interview{}, ErrMissing
	}
	return of(r), err
}

// OfApplication are an application's, newest first; who may see them is the caller's loader's business.
func (is *Interviews) OfApplication(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]Interview, error) {
	rows, err := query.New(tx).OfApplication(ctx, tx.Org, string(a))
	var out []Interview
	for _, r := range rows {
		out = append(out, of(query.ByCodeRow(r)))
	}
	return out, err
}

// loadIn is the one place that decides which member sees an interview: who asks, by a code where they would not know the name; and whoever may read
// the application with its name. ErrMissing.
func (is *Interviews) loadIn(ctx context.Context, tx db.Tx, who actor.Actor, c Code) (Interview, may, error) {
	r, err := query.New(tx).ByCode(ctx, tx.Org, string(c))
	v, err := found(r, err)
	if err != nil {
		return v, may{}, err
	}
	m, err := is.mayOf(ctx, tx, who, v)
	return v, m, err
}

func (is *Interviews) mayOf(ctx context.Context, tx db.Tx, who actor.Actor, v Interview) (may, error) {
	if who.Kind != actor.Member {
		return may{}, ErrMissing
	}
	app, err := is.Openings.LoadApplicationIn(ctx, tx, who, v.Application)
	seen := err == nil
	if err != nil && !errors.Is(err, opening.ErrMissing) {
		return may{}, err
	}
	op := app.Opening
	if !seen {
		if op, err = is.Openings.LoadIn(ctx, tx, who, v.Opening); err != nil && !errors.Is(err, opening.ErrMissing) {
			return may{}, err
		}
	}
	return v.may(who, app, seen, op, err == nil)
}

// may decides it, of an application as the member sees it if they do, and its opening if they know of it. ErrMissing.
func (v Interview) may(who actor.Actor, app opening.Application, seen bool, op opening.Opening, around bool) (may, error) {
	out := may{App: app, Asks: v.Member == who.ID}
	switch {
	case seen && (!app.Blind || out.Asks):
		out.Runs = !app.Blind && (app.Opening.MayManage(who) || app.Opening.MayDecide(who))
		return out, nil
	case seen || !out.Asks || !around:
		return may{}, ErrMissing
	}
	// Around the opening, and not asked to score this work: by the interview's own code.
	out.App = opening.Application{ID: v.Application, Opening: op, Blind: true, Code: string(v.Code), Status: opening.Active}
	return out, nil
}

// Load reads an interview for a member. ErrMissing.
func (is *Interviews) Load(ctx context.Context, who actor.Actor, c Code) (*Talk, error) {
	t := &Talk{Now: is.DB.Now()}
	var names []string
	err := is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		v, m, err := is.loadIn(ctx, tx, who, c)
		if err != nil {
			return err
		}
		t.Interview, t.App, t.Asks, t.Runs = v, m.App, m.Asks, m.Runs
		whole, err := is.Openings.ApplicationIn(ctx, tx, v.Application)
		if err != nil {
			return err
		}
		names = []string{whole.Name, whole.Email}
		t.App.Status = whole.Status
		if err := is.around(ctx, tx, t); err != nil || !t.Asks {
			return err
		}
		if t.State == Ours && is.Uploads != nil {
			if t.Takes, err = is.Uploads.SpokenOf(ctx, tx, Owner(v.Code), QuestionKey(v.Turn+1)); err != nil {
				return err
			}
		}
		d, err := query.New(tx).Draft(ctx, query.DraftParams{OrgID: tx.Org, InterviewID: string(v.ID), MemberID: who.ID, Turn: int64(v.Turn)})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		t.Drafted = clock.Time(d.At)
		return json.Unmarshal([]byte(d.Body), &t.Draft)
	})
	if err != nil {
		return nil, err
	}
	if err := is.draw(ctx, who.Org, t); err != nil {
		return nil, err
	}
	if t.State != Waits {
		t.Files = t.files()
		t.cut()
	}
	switch {
	case t.App.Blind:
		t.names = names
		t.strike(names)
		t.hush(who.ID)
	case !t.App.Opening.SeesAddresses(who):
		t.names = names[1:]
		t.strike(names[1:])
	}
	return t, nil
}

// Own reads the interview about the work of the asking candidate's invitation. ErrMissing.
func (is *Interviews) Own(ctx context.Context, who actor.Actor) (*Talk, error) {
	if who.Kind != actor.Candidate {
		return nil, ErrMissing
	}
	t := &Talk{Now: is.DB.Now()}
	err := is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		inv, err := is.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
		if errors.Is(err, opening.ErrMissing) || err == nil && inv.Candidate != who.Subject {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		list, err := is.OfApplication(ctx, tx, inv.Application)
		if err != nil {
			return err
		}
		for _, v := range list {
			a, err := is.Attempts.In(ctx, tx, v.Attempt)
			if err != nil {
				return err
			}
			if a.Invitation != inv.ID {
				continue
			}
			t.Interview = v
			if t.App, err = is.Openings.ApplicationIn(ctx, tx, v.Application); err != nil {
				return err
			}
			return is.around(ctx, tx, t)
		}
		return ErrMissing
	})
	if err != nil {
		return nil, err
	}
	return t, is.draw(ctx, who.Org, t)
}

// around reads the turns, who asks, and what was sent.
func (is *Interviews) around(ctx context.Context, tx db.Tx, t *Talk) (err error) {
	names := map[string]string{}
	name := func(m string) (string, error) {
		if n, ok := names[m]; ok {
			return n, nil
		}
		who, err := is.Orgs.Member(ctx, tx, m)
		if err != nil && !errors.Is(err, org.ErrMissing) {
			return "", err
		}
		names[m] = who.Name
		if m == t.Member {
			t.Away = who.State != org.Active
		}
		return who.Name, nil
	}
	if t.Name, err = name(t.Member); err != nil {
		return err
	}
	q := query.New(tx)
	rows, err := q.Turns(ctx, tx.Org, string(t.ID))
	if err != nil {
		return err
	}
	sittings, err := is.Attempts.Sittings(ctx, tx, t.Attempt)
	if err != nil {
		return err
	}
	for _, r := range rows {
		x := turnOf(query.TurnsOfRow(r))
		if x.Name, err = name(x.Member); err != nil {
			return err
		}
		if x.Recording != "" && is.Uploads != nil {
			if x.Aloud, err = is.Uploads.Spoken(ctx, tx, x.Recording); err != nil {
				return err
			}
		}
		x.Sitting = sittings[attempt.TurnKey(x.N)]
		if x.Sitting.Over(t.Now) {
			x.Answered = x.Sitting.Closes()
			if x.Sitting.State == attempt.Ended {
				x.Answered = x.Sitting.Finished
			}
		}
		t.Turns = append(t.Turns, x)
	}
	moved, err := q.Handovers(ctx, tx.Org, string(t.ID))
	if err != nil {
		return err
	}
	for _, r := range moved {
		h := Handover{Turn: int(r.Turn), Late: r.Late, At: clock.Time(r.At)}
		if h.Was, err = name(r.WasID); err != nil {
			return err
		}
		if h.Now, err = name(r.MemberID); err != nil {
			return err
		}
		t.Handovers = append(t.Handovers, h)
	}
	t.Work, err = is.Attempts.Submission(ctx, tx, t.Attempt)
	if errors.Is(err, attempt.ErrMissing) { // not sent yet, or withdrawn before
		t.Work.Attempt, err = is.Attempts.In(ctx, tx, t.Attempt)
	}
	return err
}

// draw adds the version and the answers, with all that belongs to them.
func (is *Interviews) draw(ctx context.Context, o string, t *Talk) (err error) {
	t.org = o
	if t.Version, err = is.Attempts.Whole(ctx, o, t.Work.Attempt); err != nil {
		return err
	}
	if t.bodies, err = fetched(ctx, o, t.Version, t.Work); err != nil {
		return err
	}
	t.Work.Items = laid(t.Work.Items, t.bodies)
	for i := range t.Turns {
		x := &t.Turns[i]
		x.Part, _ = t.Version.Part(attempt.TurnKey(x.N))
		if !x.Answered.IsZero() && x.Sitting.State == attempt.Ended {
			x.Body = t.Work.Items[attempt.TurnKey(x.N)].Body
		}
		for _, it := range x.Part.Items {
			ref := item.Ref{Org: o, Owner: string(t.Attempt), Version: string(t.Version.ID), Item: it.Key}
			if x.Body == nil {
				continue // it is theirs alone
			}
			if x.Done, err = item.Done(ctx, is.DB, ref, it.Kind, it.Spec); err != nil {
				return err
			}
		}
	}
	return nil
}

func turnOf(r query.TurnsOfRow) Turn {
	x := Turn{N: int(r.N), Member: r.MemberID, Question: Question{Text: r.Text, Kind: r.Kind, Item: r.Item, Anchor: r.Anchor, File: r.File, From: int(r.Line), Recording: upload.ID(r.Recording)}, Label: r.Label, Code: r.Code, Asked: clock.Time(r.AskedAt)}
	if x.File != "" {
		x.To = x.From + strings.Count(x.Code, "\n")
	}
	return x
}

// Zone is an organisation's, in which its own days are counted.
func (is *Interviews) Zone(ctx context.Context, o string) (zone *time.Location, err error) {
	err = is.DB.Read(ctx, o, func(tx db.Tx) error {
		zone, err = is.zone(ctx, tx)
		return err
	})
	return zone, err
}
