package review

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Rules are how an opening holds its cards together.
type Rules struct {
	Apart int  // 1 to 4: two cards more levels apart than this disagree
	Asks  bool // a third reader is asked as soon as they do; otherwise somebody asks for one
}

// DefaultRules are those of an opening that has set none.
var DefaultRules = Rules{Apart: 1}

// ErrRules: the number is out of range.
var ErrRules = problem.New(problem.Invalid, "review_rules", "Choose 1 to 4 levels.")

// RulesOf are an opening's.
func (rs *Reviews) RulesOf(ctx context.Context, tx db.Tx, o opening.ID) (Rules, error) {
	r, err := query.New(tx).Rules(ctx, tx.Org, string(o))
	if errors.Is(err, sql.ErrNoRows) {
		return DefaultRules, nil
	}
	return Rules{int(r.Apart), r.Asks}, err
}

// SetRules changes them for rounds that close from now on. For those who run or decide the opening. ErrMissing, ErrRole, ErrRules.
func (rs *Reviews) SetRules(ctx context.Context, who actor.Actor, o opening.ID, r Rules) error {
	if r.Apart < 1 || r.Apart > 4 {
		return ErrRules.On("apart", "Choose 1 to 4 levels.")
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		if err := query.New(tx).SetRules(ctx, query.SetRulesParams{OrgID: tx.Org, OpeningID: string(o), Apart: int64(r.Apart), Asks: r.Asks}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, rs.DB.Now(), who, "review.rules", string(o), audit.Facts{"apart": fmt.Sprint(r.Apart), "asks": fmt.Sprint(r.Asks)})
	})
}
