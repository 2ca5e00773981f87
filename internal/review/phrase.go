package review

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// PhraseID is a phrase's.
type PhraseID string

// Phrase is what a reviewer writes again and again, kept once.
type Phrase struct {
	ID        PhraseID
	Shared    bool   // everybody's; otherwise the asker's own
	Criterion string // the title of the criterion that it belongs to; "" any
	Text      string
	Changes   bool // the asker may change it
}

const (
	// MaxPhrase and MaxTitle are how many characters a phrase and the title of its criterion may have, MostPhrases how many one member may keep, and as
	// many everybody together.
	MaxPhrase, MaxTitle = 1000, 100
	MostPhrases         = 200
)

var (
	// ErrManyPhrases: there is no room for one more.
	ErrManyPhrases = problem.New(problem.Conflict, "phrase_many", fmt.Sprintf("There are %d phrases already, more than anybody finds again. Remove one that is not used.", MostPhrases))
	// ErrPhrase: it is gone, or somebody else's.
	ErrPhrase = problem.New(problem.Missing, "phrase_missing", "There is no such phrase here. It may have been removed meanwhile.")
)

// Fits says whether a phrase belongs to a criterion, by its title whatever the case.
func (p Phrase) Fits(title string) bool {
	return p.Criterion == "" || strings.EqualFold(p.Criterion, title)
}

// sharing says whether the asker may change what everybody uses.
func sharing(who actor.Actor) bool { return org.May(who, "review.phrases") }

// Phrases are the asker's own and everybody's, by criterion and text.
func (rs *Reviews) Phrases(ctx context.Context, who actor.Actor) ([]Phrase, error) {
	if who.Kind != actor.Member {
		return nil, ErrMissing
	}
	var out []Phrase
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out = nil
		rows, err := query.New(tx).Phrases(ctx, tx.Org, who.ID)
		for _, r := range rows {
			p := Phrase{PhraseID(r.ID), r.MemberID == "", r.Criterion, r.Text, true}
			p.Changes = !p.Shared || sharing(who)
			out = append(out, p)
		}
		return err
	})
	return out, err
}

// check cleans a phrase. ErrInvalid, ErrRole.
func (p *Phrase) check(who actor.Actor) error {
	p.Text, p.Criterion = strings.TrimSpace(p.Text), strings.TrimSpace(p.Criterion)
	switch {
	case who.Kind != actor.Member:
		return ErrMissing
	case p.Shared && !sharing(who):
		return ErrRole
	case p.Text == "":
		return problem.Field("text", "Write the phrase.")
	case len([]rune(p.Text)) > MaxPhrase:
		return problem.Field("text", fmt.Sprintf("A phrase has at most %d characters.", MaxPhrase))
	case len([]rune(p.Criterion)) > MaxTitle:
		return problem.Field("criterion", fmt.Sprintf("The title of a criterion has at most %d characters.", MaxTitle))
	}
	return nil
}

// owner is whose a phrase is in the table.
func (p Phrase) owner(who actor.Actor) string {
	if p.Shared {
		return ""
	}
	return who.ID
}

// AddPhrase keeps a phrase. ErrInvalid, ErrRole, ErrManyPhrases.
func (rs *Reviews) AddPhrase(ctx context.Context, who actor.Actor, p Phrase) (PhraseID, error) {
	if err := p.check(who); err != nil {
		return "", err
	}
	now := rs.DB.Now()
	p.ID = PhraseID(id.New("phr", now))
	return p.ID, rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		err := q.AddPhrase(ctx, query.AddPhraseParams{OrgID: tx.Org, ID: string(p.ID), MemberID: p.owner(who), Criterion: p.Criterion, Text: p.Text, ChangedBy: who.ID, ChangedAt: clock.Milli(now)})
		if err != nil {
			return err
		}
		n, err := q.CountPhrases(ctx, tx.Org, p.owner(who)) // with it
		if err == nil && n > MostPhrases {
			return ErrManyPhrases
		}
		return err
	})
}

// ChangePhrase writes a phrase anew; whose it is stays. ErrInvalid, ErrRole, ErrPhrase.
func (rs *Reviews) ChangePhrase(ctx context.Context, who actor.Actor, p Phrase) error {
	return rs.phrase(ctx, who, p.ID, func(tx db.Tx, now Phrase) error {
		p.Shared = now.Shared
		if err := p.check(who); err != nil {
			return err
		}
		n, err := query.New(tx).ChangePhrase(ctx, query.ChangePhraseParams{Criterion: p.Criterion, Text: p.Text, ChangedBy: who.ID, ChangedAt: clock.Milli(rs.DB.Now()), OrgID: tx.Org, ID: string(p.ID)})
		if err == nil && n == 0 {
			return ErrPhrase
		}
		return err
	})
}

// RemovePhrase takes a phrase away; what was written with it stays. ErrRole, ErrPhrase.
func (rs *Reviews) RemovePhrase(ctx context.Context, who actor.Actor, i PhraseID) error {
	return rs.phrase(ctx, who, i, func(tx db.Tx, _ Phrase) error {
		n, err := query.New(tx).RemovePhrase(ctx, tx.Org, string(i))
		if err == nil && n == 0 {
			return ErrPhrase
		}
		return err
	})
}

// phrase runs fn on a phrase that the asker may change. ErrPhrase, ErrRole.
func (rs *Reviews) phrase(ctx context.Context, who actor.Actor, i PhraseID, fn func(tx db.Tx, now Phrase) error) error {
	all, err := rs.Phrases(ctx, who)
	if errors.Is(err, ErrMissing) {
		return ErrPhrase
	}
	if err != nil {
		return err
	}
	for _, p := range all {
		switch {
		case p.ID != i:
			continue
		case !p.Changes:
			return ErrRole
		}
		return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error { return fn(tx, p) })
	}
	return ErrPhrase
}
