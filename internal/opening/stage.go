package opening

import (
	"context"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

var (
	// ErrStageUsed: somebody stands at it or was invited to it.
	ErrStageUsed = problem.New(problem.Conflict, "stage_used", "Somebody was invited to this stage, so it stays. You can change its title and who comes next.")
	// ErrLastStage: an opening keeps one stage.
	ErrLastStage = problem.New(problem.Conflict, "stage_last", "An opening keeps at least one stage. Add another one first.")
)

// RemoveStage takes away a stage that nobody was invited to. ErrRole, ErrMissing, ErrStageUsed, ErrLastStage.
func (os *Openings) RemoveStage(ctx context.Context, who actor.Actor, o ID, s StageID) error {
	return os.restage(ctx, who, o, s, "opening.drop_stage", func(tx db.Tx, all []Stage, i int) error {
		if len(all) == 1 {
			return ErrLastStage
		}
		q := query.New(tx)
		standing, err := q.StageUsed(ctx, tx.Org, string(o), string(s))
		if err != nil {
			return err
		}
		invited, err := q.StageInvited(ctx, tx.Org, string(o), string(s))
		if err != nil {
			return err
		}
		if standing+invited > 0 {
			return ErrStageUsed
		}
		for _, drop := range []func(context.Context, string, string) (int64, error){q.DropFormats, q.DropStageReaders} {
			if _, err := drop(ctx, tx.Org, string(s)); err != nil {
				return err
			}
		}
		if _, err := q.DropStage(ctx, tx.Org, string(s)); err != nil {
			return err
		}
		return renumber(ctx, tx, slices.Delete(all, i, i+1))
	})
}

// RaiseStage puts a stage before the one above it; the first stays. Who is under way goes on from the stage they stand at.
// ErrRole, ErrMissing.
func (os *Openings) RaiseStage(ctx context.Context, who actor.Actor, o ID, s StageID) error {
	return os.restage(ctx, who, o, s, "opening.order_stages", func(tx db.Tx, all []Stage, i int) error {
		if i == 0 {
			return nil
		}
		all[i-1], all[i] = all[i], all[i-1]
		return renumber(ctx, tx, all)
	})
}

// restage changes the order under the hold of the opening's row, so that two people do not at once.
func (os *Openings) restage(ctx context.Context, who actor.Actor, o ID, s StageID, verb string, fn func(tx db.Tx, all []Stage, i int) error) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(o)); err != nil {
			return err
		}
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		all, err := os.Stages(ctx, tx, o)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x Stage) bool { return x.ID == s })
		if i < 0 {
			return ErrMissing
		}
		if err := fn(tx, all, i); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, verb, string(o), audit.Facts{"stage": string(s)})
	})
}

// renumber writes positions 1, 2, ..., by way of negative ones, for no two may be equal at any moment.
func renumber(ctx context.Context, tx db.Tx, all []Stage) error {
	q := query.New(tx)
	for _, sign := range []int64{-1, 1} {
		for i, s := range all {
			if _, err := q.MoveStage(ctx, sign*int64(i+1), tx.Org, string(s.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

func addStage(ctx context.Context, q *query.Queries, o string, opening ID, s Stage) error {
	err := q.AddStage(ctx, query.AddStageParams{OrgID: o, ID: string(s.ID), OpeningID: string(opening), Position: int64(s.Position), Title: s.Title,
		Reviewers: int64(s.Reviewers), WindowDays: int64(s.Window), Questions: int64(s.Questions)})
	if err != nil {
		return err
	}
	return setFormats(ctx, q, o, s)
}

// setFormats writes what a stage offers in place of what it offered.
func setFormats(ctx context.Context, q *query.Queries, o string, s Stage) error {
	for i, f := range s.Offers() {
		if err := q.AddFormat(ctx, query.AddFormatParams{OrgID: o, StageID: string(s.ID), Position: int64(i + 1), Format: f.Format, RefID: f.Ref}); err != nil {
			return err
		}
	}
	_, err := q.DropFormatsFrom(ctx, o, string(s.ID), int64(len(s.Others)+2))
	return err
}

// setReaders names who of the pool reads a stage. ErrInvalid.
func (os *Openings) setReaders(ctx context.Context, tx db.Tx, o ID, s Stage) error {
	team, err := os.Team(ctx, tx, o)
	if err != nil {
		return err
	}
	q := query.New(tx)
	if _, err := q.DropStageReaders(ctx, tx.Org, string(s.ID)); err != nil {
		return err
	}
	for _, m := range s.Readers {
		if !slices.Contains(team, TeamMember{m, Reviewer}) {
			return problem.Field("readers", "Somebody of these is not a reviewer of this opening any more. Look at its people first.")
		}
		if err := q.AddStageReader(ctx, tx.Org, string(s.ID), m); err != nil {
			return err
		}
	}
	return nil
}

// ReadersOf are the members who are named to read each stage of an opening; a stage without one is read by the whole pool.
func (os *Openings) ReadersOf(ctx context.Context, tx db.Tx, o ID) (map[StageID][]string, error) {
	rows, err := query.New(tx).StageReaders(ctx, tx.Org, string(o))
	out := map[StageID][]string{}
	for _, r := range rows {
		out[StageID(r.StageID)] = append(out[StageID(r.StageID)], r.MemberID)
	}
	return out, err
}

// Pool are the members who read what is sent at a stage: those who are named for it, else all reviewers of its opening.
func (os *Openings) Pool(ctx context.Context, tx db.Tx, o ID, s StageID) ([]string, error) {
	named, err := os.ReadersOf(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	team, err := os.Team(ctx, tx, o)
	var out []string
	for _, m := range team {
		if m.Role == Reviewer && (len(named[s]) == 0 || slices.Contains(named[s], m.Member)) {
			out = append(out, m.Member)
		}
	}
	return out, err
}

func (os *Openings) checkStage(ctx context.Context, o string, s *Stage) error {
	if s.Title = strings.TrimSpace(s.Title); s.Title == "" {
		return problem.Field("stage_title", "Give the stage a title.")
	}
	if s.Reviewers < 0 || s.Reviewers > 2 {
		return problem.Field("reviewers", "A submission is read by 0, 1 or 2 reviewers.")
	}
	if s.Window < 1 || s.Window > 90 {
		return problem.Field("window", "Give candidates 1 to 90 days.")
	}
	if s.Questions < 0 || s.Questions == 1 || s.Questions > MostQuestions {
		return problem.Field("questions", "Ask 2 to 4 questions about their own work, or none.")
	}
	return os.checkOffers(ctx, o, *s)
}

// Stages are an opening's, in order.
func (os *Openings) Stages(ctx context.Context, tx db.Tx, o ID) ([]Stage, error) {
	rows, err := query.New(tx).Stages(ctx, tx.Org, string(o))
	var out []Stage
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].ID == StageID(r.ID) {
			out[n-1].Others = append(out[n-1].Others, Offer{r.Format, r.RefID})
			continue
		}
		out = append(out, Stage{StageID(r.ID), ID(r.OpeningID), int(r.Position), r.Title, int(r.Reviewers), int(r.WindowDays), r.Format, r.RefID, nil, nil, int(r.Questions)})
	}
	return out, err
}

// SaveStage adds a stage (ID "") at the end, or changes one; who is in it already keeps what they were invited to. ErrRole, ErrMissing, ErrInvalid.
func (os *Openings) SaveStage(ctx context.Context, who actor.Actor, o ID, s Stage) error {
	if err := os.checkStage(ctx, who.Org, &s); err != nil {
		return err
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(o)); err != nil {
			return err
		}
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		all, err := os.Stages(ctx, tx, o)
		if err != nil {
			return err
		}
		q := query.New(tx)
		now := os.DB.Now()
		if s.ID == "" {
			s.ID, s.Position = StageID(id.New("stg", now)), len(all)+1
			if err := addStage(ctx, q, who.Org, o, s); err != nil {
				return err
			}
		} else {
			if !slices.ContainsFunc(all, func(x Stage) bool { return x.ID == s.ID }) {
				return ErrMissing
			}
			if _, err := q.ChangeStage(ctx, query.ChangeStageParams{OrgID: who.Org, ID: string(s.ID), Title: s.Title, Reviewers: int64(s.Reviewers), WindowDays: int64(s.Window), Questions: int64(s.Questions)}); err != nil {
				return err
			}
			if err := setFormats(ctx, q, who.Org, s); err != nil {
				return err
			}
		}
		if err := os.setReaders(ctx, tx, o, s); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "opening.stage", string(o), audit.Facts{"stage": string(s.ID), "readers": strings.Join(s.Readers, " ")})
	})
}
