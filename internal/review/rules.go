package review

import (
	"cmp"
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
	Apart   int  // 1 to 4: two cards more levels apart than this disagree
	Asks    bool // a third reader is asked as soon as they do; otherwise somebody asks for one
	Certify bool // work goes only to those who are certified on gold submissions
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
	return Rules{int(r.Apart), r.Asks, r.Certify}, err
}

// SetRules changes them for rounds that close from now on. For those who run or decide the opening. ErrMissing, ErrRole, ErrRules, ErrFewGolds.
func (rs *Reviews) SetRules(ctx context.Context, who actor.Actor, o opening.ID, r Rules) error {
	if r.Apart < 1 || r.Apart > 4 {
		return ErrRules.On("apart", "Choose 1 to 4 levels.")
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		if n, err := query.New(tx).GoldCount(ctx, tx.Org, string(o)); err != nil || r.Certify && n < Golds {
			return cmp.Or(err, error(ErrFewGolds))
		}
		if err := query.New(tx).SetRules(ctx, query.SetRulesParams{OrgID: tx.Org, OpeningID: string(o), Apart: int64(r.Apart), Asks: r.Asks, Certify: r.Certify}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, rs.DB.Now(), who, "review.rules", string(o), audit.Facts{"apart": fmt.Sprint(r.Apart), "asks": fmt.Sprint(r.Asks), "certify": fmt.Sprint(r.Certify)})
	})
}
