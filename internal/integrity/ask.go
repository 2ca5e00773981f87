package integrity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/integrity/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/similar"
)

// MaxQuestion is the longest question, or reason, in characters.
const MaxQuestion = 4000

// Ask is a case to be opened.
type Ask struct {
	Facts    []FactKey // what it rests on: 1 or more
	Question string    // what the candidate is asked, in words
	Contact  org.MemberID
	Decider  org.MemberID
	Days     int // working days to answer, AnswerDays to MostDays
}

// FactKey names one likeness of a submission: by the other's code, or by the name of a source.
type FactKey struct {
	Item   string
	Other  review.Code
	Source string
}

// Table is what somebody chooses from who opens a case.
type Table struct {
	Facts
	Contacts []org.Member // who scores nothing here
	Deciders []org.Member // who can decide a case of this application
}

// Asking loads it for those who may know the facts. Problems as Of.
func (in *Integrity) Asking(ctx context.Context, who actor.Actor, c review.Code) (*Table, error) {
	var t Table
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if t.Facts, err = in.facts(ctx, tx, who, c); err != nil {
			return err
		}
		t.Contacts, t.Deciders, err = in.choices(ctx, tx, Case{Application: t.Round.Application, Opening: t.Round.Opening, OpenedBy: who.ID})
		return err
	})
	return &t, err
}

// Choices are who could be the contact of a case, and who could decide it or its appeal.
func (in *Integrity) Choices(ctx context.Context, o string, c Case) (contacts, deciders []org.Member, err error) {
	err = in.DB.Read(ctx, o, func(tx db.Tx) error {
		contacts, deciders, err = in.choices(ctx, tx, c)
		return err
	})
	return contacts, deciders, err
}

func (in *Integrity) choices(ctx context.Context, tx db.Tx, c Case) (contacts, deciders []org.Member, err error) {
	members, err := in.Orgs.MembersIn(ctx, tx)
	for _, m := range members {
		scores, serr := in.scores(ctx, tx, c.Application, m.ID)
		suited, derr := in.suited(ctx, tx, c, m.ID)
		if err := errors.Join(serr, derr); err != nil {
			return nil, nil, err
		}
		if !scores {
			contacts = append(contacts, m)
		}
		if suited {
			deciders = append(deciders, m)
		}
	}
	return contacts, deciders, err
}

// Open opens a case: the candidate is asked, the decision about the application waits, and so does the promise of a reply. It is about what
// the asker may know, keeps the facts as they are now, and is opened once for a submission. Only people open one. Problems as Of; ErrCase,
// ErrGone, review.ErrDecided, ErrInvalid.
func (in *Integrity) Open(ctx context.Context, who actor.Actor, code review.Code, a Ask) (CaseID, error) {
	if who.Kind != actor.Member {
		return "", review.ErrMissing
	}
	if err := a.check(); err != nil {
		return "", err
	}
	var key CaseID
	err := in.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		key, err = in.openIn(ctx, tx, who, code, a)
		return err
	})
	return key, err
}

// openIn opens a case in a transaction; holding the rounds is the guarding write.
func (in *Integrity) openIn(ctx context.Context, tx db.Tx, who actor.Actor, code review.Code, a Ask) (CaseID, error) {
	f, err := in.facts(ctx, tx, who, code)
	if err != nil {
		return "", err
	}
	if err := in.askable(ctx, tx, f.Round); err != nil {
		return "", err
	}
	cal, err := in.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return "", err
	}
	now := in.DB.Now()
	c := Case{ID: CaseID(id.New("cas", now)), Attempt: f.Round.Attempt, Application: f.Round.Application, Opening: f.Round.Opening, OpenedBy: who.ID, Opened: now,
		Due: promise.Due(now, a.Days, cal)}
	if err := in.place(ctx, tx, &c, a.Contact, a.Decider); err != nil {
		return "", err
	}
	if err := in.add(ctx, tx, c, a, f); err != nil {
		return "", err
	}
	if err := in.Promises.Wait(ctx, tx, string(c.Application), now, c.Due, cal); err != nil {
		return "", err
	}
	if err := audit.Record(ctx, tx, now, who, "case.open", string(c.ID), audit.Facts{"application": string(c.Application), "contact": c.Contact, "decider": c.Decider,
		"facts": strconv.Itoa(len(a.Facts)), "days": strconv.Itoa(a.Days)}); err != nil {
		return "", err
	}
	if err := Named.Announce(ctx, in.Jobs, tx, NamedNote{tx.Org, string(c.ID), c.Decider}); err != nil {
		return "", err
	}
	return c.ID, Asked.Announce(ctx, in.Jobs, tx, CaseNote{tx.Org, string(c.ID), clockText(c.Due)})
}

func clockText(t time.Time) string { return strconv.FormatInt(clock.Milli(t), 10) }

func (a *Ask) check() error {
	a.Question = strings.TrimSpace(a.Question)
	switch {
	case len(a.Facts) == 0:
		return problem.Field("fact", "Choose what the question rests on.")
	case a.Question == "":
		return problem.Field("question", "Write what you want to know, as you would ask it face to face. The candidate reads it.")
	case len([]rune(a.Question)) > MaxQuestion:
		return problem.Field("question", "This is longer than 4,000 characters.")
	case a.Days < AnswerDays || a.Days > MostDays:
		return problem.Field("days", "Give 5 to 30 working days.")
	}
	return nil
}

// askable holds the rounds of an application and says whether its candidate can be asked. ErrGone, ErrCase, review.ErrDecided.
func (in *Integrity) askable(ctx context.Context, tx db.Tx, n review.Round) error {
	if err := in.Reviews.HoldRounds(ctx, tx, n.Application); err != nil {
		return err
	}
	app, err := in.Openings.ApplicationIn(ctx, tx, n.Application)
	if err != nil {
		return err
	}
	if err := in.Candidates.Hold(ctx, tx, candidate.ID(app.Candidate)); errors.Is(err, candidate.ErrMissing) {
		return ErrGone
	} else if err != nil {
		return err
	}
	if app.Status != opening.Active {
		return ErrGone
	}
	all, err := in.CasesOf(ctx, tx, n.Application)
	if err != nil {
		return err
	}
	for _, c := range all {
		if s := c.Standing(in.DB.Now()); c.Attempt == n.Attempt || s != Settled && s != Ended {
			return ErrCase
		}
	}
	decisions, err := in.Reviews.DecisionsOf(ctx, tx, n.Application)
	for _, d := range decisions {
		if d.Outcome != review.Hold && d.Undone.IsZero() && d.Settled.IsZero() {
			return review.ErrDecided.Saying("This was decided already, and the candidate is told soon. Take the decision back first; then you can ask.")
		}
	}
	return err
}

// place gives a case its contact and its second person. ErrInvalid.
func (in *Integrity) place(ctx context.Context, tx db.Tx, c *Case, contact, decider org.MemberID) error {
	scores, err := in.scores(ctx, tx, c.Application, contact)
	if err != nil {
		return err
	}
	if scores {
		return problem.Field("contact", "Choose somebody who does not score this candidate.")
	}
	c.Contact = contact
	suited, err := in.suited(ctx, tx, *c, decider)
	if err != nil {
		return err
	}
	if !suited {
		return problem.Field("decider", ErrUnsuited.Text)
	}
	c.Decider = decider
	return nil
}

// add keeps a case with its facts and the answers they are about. ErrCase, ErrUnlike.
func (in *Integrity) add(ctx context.Context, tx db.Tx, c Case, a Ask, f Facts) error {
	q := query.New(tx)
	question, err := audit.Reason(ctx, tx, c.Opened, string(c.Application), a.Question)
	if err != nil {
		return err
	}
	n, err := q.AddCase(ctx, query.AddCaseParams{OrgID: tx.Org, ID: string(c.ID), AttemptID: c.Attempt, ApplicationID: string(c.Application), OpeningID: string(c.Opening), OpenedBy: c.OpenedBy,
		OpenedAt: clock.Milli(c.Opened), QuestionID: question, ContactID: c.Contact, DeciderID: c.Decider, DueAt: clock.Milli(c.Due)})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrCase
	}
	for i, key := range a.Facts {
		l, people, err := f.find(key)
		if err != nil {
			return err
		}
		mine, theirs := []similar.Place{}, []similar.Place{}
		for _, r := range l.Regions {
			mine, theirs = append(mine, r.A), append(theirs, r.B)
		}
		err = q.AddCaseFact(ctx, query.AddCaseFactParams{OrgID: tx.Org, CaseID: string(c.ID), N: int64(i), Item: key.Item, Other: l.Other, Source: l.Source, Role: string(l.Role), Outcome: string(l.Outcome),
			People: int64(people), ExpectedMicro: int64(min(l.Expected, 1e6) * 1e6), SharePpm: ppm(l.Share), Identical: l.Identical, Mine: places(mine), Theirs: places(theirs)})
		if err != nil {
			return err
		}
		t, err := in.text(ctx, tx, c.Attempt, key.Item)
		if err != nil {
			return err
		}
		if err := q.AddCaseItem(ctx, query.AddCaseItemParams{OrgID: tx.Org, CaseID: string(c.ID), Item: key.Item, Body: string(t.body)}); err != nil {
			return err
		}
	}
	return nil
}

func places(list []similar.Place) string {
	b, _ := json.Marshal(list) // strings and numbers cannot fail
	return string(b)
}

// find is a likeness with how many others its work was compared with. ErrUnlike.
func (f Facts) find(key FactKey) (Likeness, int, error) {
	for _, i := range f.Items {
		if i.Item != key.Item {
			continue
		}
		at := slices.IndexFunc(i.Alike, func(l Likeness) bool {
			return l.Code == key.Other && l.Source == key.Source && (key.Other != "" || key.Source != "")
		})
		if at >= 0 {
			return i.Alike[at], i.Others, nil
		}
	}
	return Likeness{}, 0, ErrUnlike
}

// Extend gives the candidate more time: to the end of the n-th working day from now. A day that was given is never taken. ErrCaseMissing,
// ErrNotYours, ErrSettled, ErrGone, ErrInvalid.
func (in *Integrity) Extend(ctx context.Context, who actor.Actor, id CaseID, days int) error {
	return in.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		c, cal, err := in.change(ctx, tx, who, id)
		if err != nil {
			return err
		}
		now := in.DB.Now()
		due := promise.Due(now, days, cal)
		if days < 1 || days > MostDays || !due.After(c.Due) {
			return problem.Field("days", "Give a later day than the one that was given, at most 30 working days from today.")
		}
		n, err := query.New(tx).Later(ctx, tx.Org, string(id), clock.Milli(due))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrSettled
		}
		if c.Answered.IsZero() {
			if err := in.Promises.Wait(ctx, tx, string(c.Application), now, due, cal); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, now, who, "case.extend", string(id), audit.Facts{"days": strconv.Itoa(days)}); err != nil {
			return err
		}
		return Extended.Announce(ctx, in.Jobs, tx, CaseNote{tx.Org, string(id), clockText(due)})
	})
}

// Hand names other people: a contact, the second person, and for an appeal the third; "" leaves who is there. ErrCaseMissing, ErrNotYours,
// ErrSettled, ErrGone, ErrInvalid.
func (in *Integrity) Hand(ctx context.Context, who actor.Actor, id CaseID, contact, decider, judge org.MemberID) error {
	return in.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		c, _, err := in.change(ctx, tx, who, id)
		if err != nil {
			return err
		}
		named := []org.MemberID{}
		next := c
		if contact != "" && contact != c.Contact {
			scores, err := in.scores(ctx, tx, c.Application, contact)
			if err != nil {
				return err
			}
			if scores || contact == c.Decider || contact == c.Judge {
				return problem.Field("contact", "Choose somebody who neither scores this candidate nor decides the case.")
			}
			next.Contact = contact
		}
		for _, p := range []struct {
			field string
			to    org.MemberID
			place *org.MemberID
			other org.MemberID
			open  bool
		}{{"decider", decider, &next.Decider, next.Judge, c.Outcome == ""}, {"judge", judge, &next.Judge, next.Decider, !c.Appealed.IsZero() && c.Appeal == ""}} {
			if p.to == "" || p.to == *p.place {
				continue
			}
			if !p.open {
				return ErrSettled
			}
			suited, err := in.suited(ctx, tx, next, p.to)
			if err != nil {
				return err
			}
			if !suited || p.to == p.other {
				return problem.Field(p.field, ErrUnsuited.Text)
			}
			*p.place = p.to
			named = append(named, p.to)
		}
		if _, err := query.New(tx).HandTo(ctx, query.HandToParams{OrgID: tx.Org, ID: string(id), ContactID: next.Contact, DeciderID: next.Decider, JudgeID: next.Judge}); err != nil {
			return err
		}
		for _, m := range named {
			if err := Named.Announce(ctx, in.Jobs, tx, NamedNote{tx.Org, string(id), m}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, in.DB.Now(), who, "case.hand", string(id), audit.Facts{"contact": next.Contact, "decider": next.Decider, "judge": next.Judge})
	})
}

// change holds a case for somebody who watches it and may run it: whoever opened it, and those who run or decide the opening. ErrCaseMissing,
// ErrNotYours, ErrSettled, ErrGone.
func (in *Integrity) change(ctx context.Context, tx db.Tx, who actor.Actor, id CaseID) (Case, org.Calendar, error) {
	if _, err := query.New(tx).HoldCase(ctx, tx.Org, string(id)); err != nil {
		return Case{}, org.Calendar{}, err
	}
	c, part, err := in.loadFor(ctx, tx, who, id)
	if err != nil {
		return c, org.Calendar{}, err
	}
	runs := part == Watches && who.ID == c.OpenedBy
	if part == Watches && !runs {
		o, err := in.Openings.LoadIn(ctx, tx, who, c.Opening)
		if _, refused := problem.As(err); err != nil && !refused {
			return c, org.Calendar{}, err
		}
		runs = err == nil && (o.MayManage(who) || o.MayDecide(who))
	}
	if !runs {
		return c, org.Calendar{}, ErrNotYours.Saying("Whoever opened the case, and those who run or decide the opening, can change this.")
	}
	switch c.Standing(in.DB.Now()) {
	case Settled, Stands:
		return c, org.Calendar{}, ErrSettled
	case Ended:
		return c, org.Calendar{}, ErrGone
	}
	cal, err := in.Orgs.CalendarIn(ctx, tx)
	return c, cal, err
}
