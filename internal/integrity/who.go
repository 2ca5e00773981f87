package integrity

import (
	"context"
	"errors"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
)

// Part is what a member is to a case.
type Part int

const (
	Watches Part = iota // may know the facts and the scores, and decides nothing about the case
	Decides             // the second person, or the third: sees the work and the answer, no score and no name
)

// Load reads a case for a member: for those who may know its facts, see review.Known, and for whoever was named to decide it or its appeal
// as long as they are suited. Others do not learn that it exists. ErrCaseMissing; review.ErrOpenCards for those who decide or run the opening
// while a scorecard is open.
func (in *Integrity) Load(ctx context.Context, who actor.Actor, id CaseID) (c Case, p Part, err error) {
	err = in.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		c, p, err = in.loadFor(ctx, tx, who, id)
		return err
	})
	return c, p, err
}

func (in *Integrity) loadFor(ctx context.Context, tx db.Tx, who actor.Actor, id CaseID) (Case, Part, error) {
	if who.Kind != actor.Member {
		return Case{}, 0, ErrCaseMissing
	}
	c, err := in.CaseIn(ctx, tx, id)
	if err != nil {
		return Case{}, 0, err
	}
	if who.ID == c.Decider || who.ID == c.Judge && c.Judge != "" {
		suited, err := in.suited(ctx, tx, c, who.ID)
		if err != nil {
			return Case{}, 0, err
		}
		if suited {
			return c, Decides, in.strike(ctx, tx, &c)
		}
	}
	_, _, err = in.Reviews.Known(ctx, tx, who, c.Code)
	if errors.Is(err, review.ErrOpenCards) {
		return Case{}, 0, err
	}
	if _, refused := problem.As(err); refused {
		return Case{}, 0, ErrCaseMissing
	}
	return c, Watches, err
}

// suited says whether a member may decide about a case: no role in the opening, no scorecard of the application whatever became of it, and
// no right of the organisation to see its scores.
func (in *Integrity) suited(ctx context.Context, tx db.Tx, c Case, m org.MemberID) (bool, error) {
	if m == c.OpenedBy || m == c.Contact {
		return false, nil
	}
	who, err := in.Orgs.Member(ctx, tx, m)
	if errors.Is(err, org.ErrMissing) {
		return false, nil
	}
	if err != nil || who.State != org.Active {
		return false, err
	}
	as := actor.Actor{Kind: actor.Member, ID: m, Org: tx.Org, Roles: who.Roles}
	_, code, err := in.Reviews.Blind(ctx, tx, as, c.Application)
	if err != nil || code != "" {
		return false, err
	}
	_, err = in.Openings.LoadIn(ctx, tx, as, c.Opening)
	if errors.Is(err, opening.ErrMissing) {
		return true, nil
	}
	return false, err
}

// scores says whether a member has a scorecard of the case's application, or had one, or is not there any more.
func (in *Integrity) scores(ctx context.Context, tx db.Tx, a opening.ApplicationID, m org.MemberID) (bool, error) {
	who, err := in.Orgs.Member(ctx, tx, m)
	if errors.Is(err, org.ErrMissing) {
		return true, nil
	}
	if err != nil || who.State != org.Active {
		return true, err
	}
	_, code, err := in.Reviews.Blind(ctx, tx, actor.Actor{Kind: actor.Member, ID: m, Org: tx.Org, Roles: who.Roles}, a)
	return code != "", err
}

// strike takes what names the candidate out of the words of a case.
func (in *Integrity) strike(ctx context.Context, tx db.Tx, c *Case) error {
	app, err := in.Openings.ApplicationIn(ctx, tx, c.Application)
	if err != nil {
		return err
	}
	names := []string{app.Name, app.Email}
	for _, s := range []*string{&c.Question, &c.Reason, &c.AppealWhy} {
		*s = item.Strike(*s, names)
	}
	for i := range c.Words {
		c.Words[i].Text = item.Strike(c.Words[i].Text, names)
	}
	return nil
}

// Mine are the cases that wait for the asker's verdict or will, the earliest first.
func (in *Integrity) Mine(ctx context.Context, who actor.Actor) ([]Case, error) {
	var out []Case
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		ids, err := query.New(tx).CasesFor(ctx, who.Org, who.ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, part, err := in.loadFor(ctx, tx, who, CaseID(id))
			if _, refused := problem.As(err); refused || err == nil && part != Decides {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}
