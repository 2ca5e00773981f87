package review

import (
	"context"
	"errors"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Sheet is a scorecard page: the work, and the asker's own card.
type Sheet struct {
	Round
	Title     string // "Candidate 7F3K", or the name once the card is filed
	Blind     bool
	Opening   opening.Opening
	Stage     string
	Rubric    *assessment.Version
	Work      Work // what names its author is struck while blind
	Mine      Review
	Position  int // in the queue, from 1; 0 when the card is filed
	Total     int
	Previous  Code
	Next      Code
	Spoiled   bool // the asker opened the name first: the card cannot be filed
	Others    []Other
	Waiting   int // cards of others that are not in; only after one's own
	Explains  attempt.Explaining
	TimeWhy   string           // why the asker's time was corrected; "" when it was not, or was erased
	Again     map[string]Again // criteria of the asker's card that a change of the rubric opened again, or changed under their draft
	RubricWhy string           // why the rubric was changed; "" where nothing is open again, or it was erased
	Talking   bool             // an interview about the work goes on; what is said in it comes with its end
	Unshown   []string         // titles of criteria of the stage that what the candidate chose there cannot show
	stage     opening.Stage
}

// Other is somebody else's card.
type Other struct {
	Member org.Member
	Review Review
}

// Load reads the asker's own scorecard with the work under it. ErrMissing for everybody who was not asked to read it.
func (rs *Reviews) Load(ctx context.Context, who actor.Actor, c Code) (*Sheet, error) {
	s := &Sheet{}
	var names []string
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		r, shuffle, err := mine(ctx, tx, who, n)
		if err != nil {
			return err
		}
		if r.State != Assigned && r.State != Filed {
			return ErrMissing
		}
		if err := ratings(ctx, tx, &r); err != nil {
			return err
		}
		s.Round, s.Mine = n, r
		if s.TimeWhy, err = audit.ReasonText(ctx, tx, r.Adjusted); err != nil {
			return err
		}
		known, err := query.New(tx).Unblinded(ctx, tx.Org, string(n.Application), who.ID)
		if err != nil {
			return err
		}
		s.Spoiled = known > 0 && r.State == Assigned && r.Filed.IsZero()
		if s.Again, err = rs.again(ctx, tx, n, r); err != nil {
			return err
		}
		if len(s.Again) > 0 {
			change, err := query.New(tx).RubricSince(ctx, tx.Org, string(n.Opening), string(n.Rubric))
			if err != nil {
				return err
			}
			if s.RubricWhy, err = audit.ReasonText(ctx, tx, change.ReasonID); err != nil {
				return err
			}
		}
		// An own open card is blind whatever the loader of the application was wired to.
		if names, err = rs.around(ctx, tx, who, s, r.State == Assigned && known == 0); err != nil {
			return err
		}
		if r.State == Assigned {
			return place(ctx, tx, who, s, cursor{r.Due.UnixMilli(), shuffle, string(r.ID)})
		}
		s.Others, s.Waiting, err = rs.cards(ctx, tx, n, who.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := rs.draw(ctx, who, s, names); err != nil {
		return nil, err
	}
	return s, nil
}

// around reads what a sheet's round stands in, and its work; names are what the page must not have while it is blind.
func (rs *Reviews) around(ctx context.Context, tx db.Tx, who actor.Actor, s *Sheet, blind bool) (names []string, err error) {
	raw, err := rs.Openings.ApplicationIn(ctx, tx, s.Application)
	if err != nil {
		return nil, err
	}
	app, err := rs.Openings.LoadApplicationIn(ctx, tx, who, s.Application)
	if err != nil {
		return nil, err
	}
	s.Opening, s.Blind = app.Opening, app.Blind || blind
	s.Title = "Candidate " + string(s.Code)
	if !s.Blind {
		s.Title = app.Title()
	}
	stages, err := rs.Openings.Stages(ctx, tx, s.Round.Opening)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(stages, func(x opening.Stage) bool { return x.ID == s.Round.Stage }); i >= 0 {
		s.Stage, s.stage = stages[i].Title, stages[i]
	}
	if s.Work, err = rs.work(ctx, tx, s.Attempt); err != nil {
		return nil, err
	}
	if s.Talking, err = rs.talking(ctx, tx, s.Attempt); err != nil {
		return nil, err
	}
	s.Explains, err = rs.explains(ctx, tx, s.Round)
	return []string{raw.Name, raw.Email}, err
}

// draw adds what a sheet's page shows, without the names while it is blind.
func (rs *Reviews) draw(ctx context.Context, who actor.Actor, s *Sheet, names []string) (err error) {
	if s.Rubric, err = rs.whole(ctx, who.Org, s.Round); err != nil {
		return err
	}
	if err := rs.unshown(ctx, who.Org, s); err != nil {
		return err
	}
	if err := rs.done(ctx, who.Org, s.Round, s.Rubric, s.Work); err != nil {
		return err
	}
	if err := rs.rulings(ctx, who, s); err != nil {
		return err
	}
	if err := rs.fetch(ctx, who.Org, s.Round, s.Rubric, s.Work); err != nil {
		return err
	}
	if s.Blind {
		strike(s, names)
	}
	return nil
}

// unshown reads what the first that a stage offers is scored by, and the chosen one is not.
func (rs *Reviews) unshown(ctx context.Context, o string, s *Sheet) error {
	if len(s.stage.Others) == 0 {
		return nil
	}
	d, err := rs.Openings.Describe(ctx, o, s.stage.Offers()[0])
	if _, gone := problem.As(err); gone {
		return nil
	}
	for _, c := range d.Criteria {
		if !slices.ContainsFunc(s.Rubric.Rubric, func(x assessment.Criterion) bool { return x.Key == c.Key }) {
			s.Unshown = append(s.Unshown, c.Title)
		}
	}
	return err
}

// strike removes what names the author from everything the page may draw.
func strike(s *Sheet, names []string) {
	for _, p := range s.Rubric.Parts {
		if p.Key != attempt.ExplainPart && !attempt.IsTurn(p.Key) {
			continue
		}
		for i := range p.Items { // made for this sheet alone
			p.Items[i].Head.Statement = item.Strike(p.Items[i].Head.Statement, names)
		}
	}
	answers := map[string]Answer{}
	for key, a := range s.Work.Answers {
		if i, _, ok := s.Rubric.Item(key); ok {
			a.Body = i.Kind.Redact(i.Spec, a.Body, names)
			if a.Mark != nil {
				m := *a.Mark
				m.Why = item.Strike(m.Why, names)
				a.Mark = &m
			}
			for k := range a.Done {
				a.Done[k].Result = []byte(item.Strike(string(a.Done[k].Result), names))
			}
			answers[key] = a
		}
	}
	s.Work.Answers = answers
	after := map[string]string{}
	for part, text := range s.Work.Afterwords {
		after[part] = item.Strike(text, names)
	}
	s.Work.Afterwords = after
	for _, list := range s.Work.Said {
		for i := range list {
			list[i].Disclosure = list[i].Strike(names)
		}
	}
}

// cards are a round's filed cards but one member's own ("" leaves none out), by name; waiting is how many are not in.
func (rs *Reviews) cards(ctx context.Context, tx db.Tx, n Round, but string) (out []Other, waiting int, err error) {
	q := query.New(tx)
	rows, err := q.ReviewsOf(ctx, tx.Org, n.Attempt)
	if err != nil {
		return nil, 0, err
	}
	rated, err := q.RatingsOfRound(ctx, tx.Org, n.Attempt)
	if err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		if row.MemberID == but {
			continue
		}
		if row.State == string(Assigned) {
			waiting++
		}
		if row.State != string(Filed) {
			continue
		}
		r := fromReview(row)
		for _, t := range rated {
			if t.ReviewID == row.ID {
				r.Card.Ratings[t.Criterion] = rating(query.RatingsOfRow(t))
			}
		}
		m, err := rs.Orgs.Member(ctx, tx, row.MemberID)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, Other{m, r})
	}
	slices.SortFunc(out, func(a, b Other) int { return strings.Compare(a.Member.Name, b.Member.Name) })
	return out, waiting, nil
}

// Cards are all cards of a closed round, for those who decide or run its opening and are not blind to it. ErrMissing, ErrRole,
// ErrOwnFirst, ErrOpenCards.
func (rs *Reviews) Cards(ctx context.Context, tx db.Tx, who actor.Actor, n Round) ([]Other, error) {
	if err := rs.run(ctx, tx, who, n); err != nil {
		return nil, err
	}
	blind, _, err := rs.Blind(ctx, tx, who, n.Application)
	if err != nil {
		return nil, err
	}
	if blind {
		return nil, ErrOwnFirst
	}
	if n.Closed.IsZero() {
		return nil, ErrOpenCards
	}
	out, _, err := rs.cards(ctx, tx, n, "")
	return out, err
}

// Known gives a round to those who may know what stands beside its scores: whoever filed their own card, and those who decide or run its
// opening once every card is in. Problems as Cards.
func (rs *Reviews) Known(ctx context.Context, tx db.Tx, who actor.Actor, c Code) (n Round, own bool, err error) {
	if n, err = roundIn(ctx, tx, c); err != nil {
		return n, false, err
	}
	switch r, _, err := mine(ctx, tx, who, n); {
	case err == nil && r.State == Filed:
		return n, true, nil
	case err == nil && r.State == Assigned:
		return n, false, ErrOwnFirst
	case err != nil && !errors.Is(err, ErrMissing):
		return n, false, err
	}
	switch again, err := rs.looks(ctx, tx, who, n); {
	case err == nil && again.State == Looked:
		return n, true, nil
	case err != nil && !errors.Is(err, ErrMissing):
		return n, false, err
	}
	_, err = rs.Cards(ctx, tx, who, n)
	return n, false, err
}

// Owes says whether the asker still has to score a round's work, to settle what its readers differ on, or to look a second time.
func (rs *Reviews) Owes(ctx context.Context, tx db.Tx, who actor.Actor, n Round) (bool, error) {
	r, _, err := mine(ctx, tx, who, n)
	if errors.Is(err, ErrMissing) {
		a, err := rs.asked(ctx, tx, who, n)
		if err == nil && a.State == Asked {
			return true, nil
		}
		if err != nil && !errors.Is(err, ErrMissing) {
			return false, err
		}
		again, err := rs.looks(ctx, tx, who, n)
		if errors.Is(err, ErrMissing) {
			return false, nil
		}
		return again.State == Asked, err
	}
	return r.State == Assigned, err
}
