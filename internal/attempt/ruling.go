package attempt

import (
	"context"
	"fmt"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/run"
)

var (
	// ErrRuling: the answer makes no such claim, or nobody can rule so on it.
	ErrRuling = problem.New(problem.Invalid, "ruling", "This cannot be said of that comment. Reload the page; what was confirmed before is kept.")
	// ErrMarkMoved: the mark was made anew meanwhile, by another version.
	ErrMarkMoved = problem.New(problem.Conflict, "mark_moved", "This answer was marked anew meanwhile. Reload the page and look at it once more.")
	// ErrOtherTask: what was answered to one version cannot be marked by the other.
	ErrOtherTask = problem.New(problem.Invalid, "other_task", "That version asks for something else, so what was answered here cannot be marked by it.")
)

// Ruling is what one person ruled of one claim of an answer.
type Ruling struct{ Claim, Member, Ruling string }

// Rulings are those on an answer, of each claim the oldest first; who may see whose is the caller's business.
func (as *Attempts) Rulings(ctx context.Context, tx db.Tx, a ID, itemKey string) ([]Ruling, error) {
	rows, err := query.New(tx).Rulings(ctx, tx.Org, string(a), itemKey)
	var out []Ruling
	for _, r := range rows {
		out = append(out, Ruling{r.Claim, r.MemberID, r.Ruling})
	}
	return out, err
}

// Together is what people ruled together, claim -> ruling: what most said, and of as many what was said first.
func Together(list []Ruling) map[string]string {
	votes := map[[2]string]int{}
	for _, r := range list {
		votes[[2]string{r.Claim, r.Ruling}]++
	}
	out := map[string]string{}
	for _, r := range list {
		if best, ok := out[r.Claim]; !ok || votes[[2]string{r.Claim, r.Ruling}] > votes[[2]string{r.Claim, best}] {
			out[r.Claim] = r.Ruling
		}
	}
	return out
}

// Rule keeps what a member rules of a claim ("" takes it back) and makes the mark anew from what all ruled together. by is the version
// that the mark is made by now. It joins the caller's transaction, in which the caller has seen that the member reads this answer;
// the mark's own row is the guarding write. ErrMarkMoved, ErrRuling, ErrMissing.
func (as *Attempts) Rule(ctx context.Context, tx db.Tx, who actor.Actor, by *assessment.Version, a ID, itemKey, claim, ruling string) error {
	q := query.New(tx)
	at, err := as.In(ctx, tx, a)
	if err != nil {
		return err
	}
	it, _, ok := by.Item(itemKey)
	if !ok {
		return ErrMissing
	}
	k, ok := it.Kind.(item.Confirmer)
	if !ok {
		return ErrRuling
	}
	moved := ""
	if by.ID != at.Version {
		moved = string(by.ID)
	}
	n, err := q.HoldMark(ctx, query.HoldMarkParams{OrgID: tx.Org, AttemptID: string(a), Item: itemKey, ByVersion: moved})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMarkMoved
	}
	body, err := as.body(ctx, tx, at, it)
	if err != nil {
		return err
	}
	if !k.Rulable(it.Spec, body, claim, ruling) {
		return ErrRuling
	}
	now := as.DB.Now()
	if ruling == "" {
		err = q.DropRuling(ctx, query.DropRulingParams{OrgID: tx.Org, AttemptID: string(a), Item: itemKey, Claim: claim, MemberID: who.ID})
	} else {
		err = q.PutRuling(ctx, query.PutRulingParams{OrgID: tx.Org, AttemptID: string(a), Item: itemKey, Claim: claim, MemberID: who.ID, Ruling: ruling, At: clock.Milli(now)})
	}
	if err != nil {
		return err
	}
	mark, err := as.confirmed(ctx, tx, a, it, body)
	if err != nil {
		return err
	}
	put := query.PutMarkParams{OrgID: tx.Org, AttemptID: string(a), Item: itemKey, At: clock.Milli(now), ByVersion: moved}
	fill(&put, mark)
	if err := as.put(ctx, tx, put); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "item.rule", string(a), audit.Facts{"item": itemKey, "claim": claim, "ruling": ruling})
}

// body is the answer that was submitted; the item's blank where there is none.
func (as *Attempts) body(ctx context.Context, tx db.Tx, a Attempt, it assessment.PartItem) ([]byte, error) {
	frozen, err := as.frozen(ctx, tx, a)
	for _, f := range frozen {
		if f.Key == it.Key && f.Body != nil {
			return f.Body, err
		}
	}
	return it.Kind.Blank(it.Spec), err
}

// confirmed is the mark of an answer by an item, with what people ruled.
func (as *Attempts) confirmed(ctx context.Context, tx db.Tx, a ID, it assessment.PartItem, body []byte) (item.Mark, error) {
	list, err := as.Rulings(ctx, tx, a, it.Key)
	if err != nil {
		return item.Mark{}, err
	}
	return it.Kind.(item.Confirmer).Confirmed(it.Spec, body, Together(list))
}

// Remarks are all submitted answers to an item of a version with the marks that another version of the same assessment would give
// them, in an order that tells nothing; nothing is changed. Problems: org.ErrRole, assessment.ErrMissing, ErrNotRun, ErrOtherTask.
func (as *Attempts) Remarks(ctx context.Context, who actor.Actor, v, by assessment.VersionID, itemKey string) ([]Change, error) {
	it, err := as.comparable(ctx, who, v, by, itemKey)
	if err != nil {
		return nil, err
	}
	var out []Change
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = as.remarks(ctx, tx, v, it)
		return err
	})
	return out, err
}

// comparable is the item of the version that marks.
func (as *Attempts) comparable(ctx context.Context, who actor.Actor, v, by assessment.VersionID, itemKey string) (assessment.PartItem, error) {
	if err := org.Need(who, "assessment.rejudge"); err != nil {
		return assessment.PartItem{}, err
	}
	var items [2]assessment.PartItem
	var of [2]assessment.ID
	for i, id := range []assessment.VersionID{v, by} {
		version, err := as.Assessments.Version(ctx, who.Org, id)
		if err != nil {
			return assessment.PartItem{}, err
		}
		it, _, ok := version.Item(itemKey)
		if !ok {
			return assessment.PartItem{}, assessment.ErrMissing
		}
		items[i], of[i] = it, version.Assessment
	}
	k, ok := items[0].Kind.(item.Confirmer)
	switch {
	case !ok:
		return assessment.PartItem{}, ErrNotRun
	case of[0] != of[1] || items[1].Kind.Name() != items[0].Kind.Name() || !k.Comparable(items[0].Spec, items[1].Spec):
		return assessment.PartItem{}, ErrOtherTask
	}
	return items[1], nil
}

func (as *Attempts) remarks(ctx context.Context, tx db.Tx, v assessment.VersionID, it assessment.PartItem) ([]Change, error) {
	rows, err := query.New(tx).SubmittedOf(ctx, tx.Org, string(v), it.Key)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, r := range rows {
		c := Change{Attempt: ID(r.ID), State: run.Done}
		if c.Old, err = as.markIn(ctx, tx, r.ID, it.Key); err != nil {
			return nil, err
		}
		body := it.Kind.Blank(it.Spec)
		if r.Body.Valid {
			body = []byte(r.Body.String)
		}
		if c.New, err = as.confirmed(ctx, tx, c.Attempt, it, body); err != nil {
			return nil, err
		}
		c.New.Share = kept(c.New.Share)
		out = append(out, c)
	}
	return out, nil
}

// kept is a share as it would be kept, to a millionth.
func kept(share float64) float64 { return float64(int64(share*1e6+.5)) / 1e6 }

// markIn is the mark of an item as it stands; its State is "" when there is none.
func (as *Attempts) markIn(ctx context.Context, tx db.Tx, a, itemKey string) (MarkState, error) {
	marks, err := query.New(tx).Marks(ctx, tx.Org, a)
	for _, m := range marks {
		if m.Item == itemKey {
			return MarkState{item.Mark{Share: float64(m.SharePpm) / 1e6, Why: m.Why, Provisional: m.Provisional, Detail: []byte(m.Detail)}, m.State, assessment.VersionID(m.ByVersion)}, err
		}
	}
	return MarkState{}, err
}

// Remark makes the marks of Remarks the marks, and gives how many changed. Scorecards are never touched. Problems: as Remarks.
func (as *Attempts) Remark(ctx context.Context, who actor.Actor, v, by assessment.VersionID, itemKey string) (int, error) {
	it, err := as.comparable(ctx, who, v, by, itemKey)
	if err != nil {
		return 0, err
	}
	moved := ""
	if by != v {
		moved = string(by)
	}
	n := 0
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n = 0
		q := query.New(tx)
		rows, err := q.SubmittedOf(ctx, tx.Org, string(v), it.Key)
		if err != nil {
			return err
		}
		for _, r := range rows { // hold first, so that no ruling comes in between
			before, err := as.markIn(ctx, tx, r.ID, it.Key)
			if err != nil {
				return err
			}
			if _, err := q.HoldMark(ctx, query.HoldMarkParams{OrgID: tx.Org, AttemptID: r.ID, Item: it.Key, ByVersion: string(before.By)}); err != nil {
				return err
			}
		}
		list, err := as.remarks(ctx, tx, v, it)
		if err != nil {
			return err
		}
		for _, c := range list {
			put := query.PutMarkParams{OrgID: tx.Org, AttemptID: string(c.Attempt), Item: itemKey, At: clock.Milli(as.DB.Now()), ByVersion: moved}
			fill(&put, c.New)
			if err := as.put(ctx, tx, put); err != nil {
				return err
			}
			if c.Differs() {
				n++
			}
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "item.remark", string(v), audit.Facts{"item": itemKey, "by": string(by), "changed": fmt.Sprint(n)})
	})
	return n, err
}

// MarksOf are the done marks of an item of a version, in an order that tells nothing; what names a candidate is struck from them.
// org.ErrRole, assessment.ErrMissing.
func (as *Attempts) MarksOf(ctx context.Context, who actor.Actor, v assessment.VersionID, itemKey string) ([]item.Mark, error) {
	if err := org.Need(who, "assessment.rejudge"); err != nil {
		return nil, err
	}
	var out []item.Mark
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).SubmittedOf(ctx, tx.Org, string(v), itemKey)
		if err != nil {
			return err
		}
		for _, r := range rows {
			m, err := as.markIn(ctx, tx, r.ID, itemKey)
			if err != nil {
				return err
			}
			if m.State != "done" {
				continue
			}
			at, err := as.In(ctx, tx, ID(r.ID))
			if err != nil {
				return err
			}
			app, err := as.Openings.ApplicationIn(ctx, tx, at.Application)
			if err != nil {
				return err
			}
			m.Detail = []byte(item.Strike(string(m.Detail), []string{app.Name, app.Email}))
			out = append(out, m.Mark)
		}
		return nil
	})
	return out, err
}
