package repo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/live"
	"candor/internal/repo/internal/query"
)

// land is the transaction: it holds the repository, moves each ref from what the sender knew, and tells. It may be run again.
func (rs *Repos) land(ctx context.Context, tx db.Tx, r Repository, a arrival, pack query.PacksRow, tips map[Hash]tip, o *outcome) error {
	q, now := query.New(tx), rs.DB.Now()
	results := slices.Clone(o.results)
	n, err := q.Grow(ctx, query.GrowParams{More: pack.Bytes, Changes: int64(len(results)), Now: clock.Milli(a.received), OrgID: tx.Org, ID: string(r.ID)})
	if err != nil {
		return err
	}
	if n == 0 {
		if r, err = rs.Load(ctx, tx, r.ID); err != nil {
			return err
		}
		if r.State == Closed {
			return ErrClosed
		}
		return ErrQuota
	}
	if r, err = rs.Load(ctx, tx, r.ID); err != nil { // held from here on
		return err
	}
	l := landing{rs: rs, q: q, r: r, a: a, number: r.updates - int64(len(results)), standing: OnTime}
	if r.State == Submitted {
		if err := l.after(ctx); err != nil {
			return err
		}
	}
	if err := l.refs(ctx, tx, results, tips); err != nil {
		return err
	}
	if !l.changed {
		o.results = results
		return errUnchanged
	}
	if pack.Name != "" {
		if err := rs.name(ctx, tx, r.ID, pack); err != nil {
			return err
		}
	}
	note := PushedNote{Org: r.Org, Repository: r.ID, Owner: r.Owner, Item: r.Item, Main: l.main != "", Commit: l.main, Standing: l.standing, Received: clock.Milli(a.received)}
	if l.main != "" && r.State == Submitted && l.standing == OnTime {
		moved, err := l.resubmit(ctx)
		if err != nil {
			return err
		}
		note.Submission = moved
	}
	o.results, o.late = results, l.standing == Late
	if err := live.Tell(ctx, tx, now, "repository", r.Owner); err != nil {
		return err
	}
	return Pushed.Announce(ctx, rs.Jobs, tx, note)
}

// landing is what land knows.
type landing struct {
	rs       *Repos
	q        *query.Queries
	r        Repository
	a        arrival
	number   int64 // of the last change
	standing Standing
	last     query.SubmissionsRow
	main     Hash // the new tip of the branch that counts, or what came late for it
	changed  bool
}

// after says how what comes after a submission stands: what was received by its end counts, however long it took.
func (l *landing) after(ctx context.Context) error {
	all, err := l.q.Submissions(ctx, l.r.Org, string(l.r.ID))
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("repository %s is submitted without a submission", l.r.ID)
	}
	l.last = all[0]
	if clock.Milli(l.a.received) > l.last.UntilAt {
		l.standing = Late
	}
	return nil
}

// refs changes them one by one; what does not fit is told in its result.
func (l *landing) refs(ctx context.Context, tx db.Tx, results []git.Result, tips map[Hash]tip) error {
	have, err := l.rs.Refs(ctx, tx, l.r.ID)
	if err != nil {
		return err
	}
	for i := range results {
		res := &results[i]
		if res.Refused != "" {
			continue
		}
		l.number++
		ref, old := res.Ref, res.Old
		if l.standing == Late {
			if res.New == git.Zero {
				res.Refused = "after the submission nothing is removed"
				continue
			}
			ref, old = fmt.Sprintf("refs/late/%d/%s", l.number, strings.TrimPrefix(res.Ref, "refs/")), git.Zero
			res.As = ref
		}
		if res.Refused, err = l.move(ctx, ref, old, res.New, have); err != nil {
			return err
		}
		if res.Refused != "" {
			if l.a.atomic {
				for k := range results {
					if results[k].Refused == "" {
						results[k].Refused = "nothing was changed, because another ref of this push was refused"
					}
				}
				l.changed = false
				return nil
			}
			continue
		}
		l.changed = true
		have = changed(have, ref, res.New)
		t := tips[res.New]
		if res.Ref == l.r.main() {
			l.main = t.commit
		}
		err := l.q.AddUpdate(ctx, query.AddUpdateParams{OrgID: tx.Org, RepositoryID: string(l.r.ID), Number: l.number, Ref: ref, OldHash: string(old), NewHash: string(res.New),
			TreeHash: string(t.tree), ReceivedAt: clock.Milli(l.a.received), Via: string(l.a.via), Standing: string(l.standing), Forced: flag(t.forced && l.standing == OnTime)})
		if err != nil {
			return err
		}
	}
	return nil
}

// move changes one ref from old to new, and says why not.
func (l *landing) move(ctx context.Context, ref string, old, now Hash, have []Ref) (string, error) {
	org, id := l.r.Org, string(l.r.ID)
	var n int64
	var err error
	switch {
	case old == git.Zero:
		if l.standing == OnTime && len(have) >= l.rs.limits().Refs {
			return fmt.Sprintf("this repository has %d branches and tags, which are the most; remove some that you do not need", len(have)), nil
		}
		if i := slices.IndexFunc(have, func(r Ref) bool { return git.Above(r.Name, ref) }); i >= 0 {
			return fmt.Sprintf("there is a ref named %s, and git cannot keep both", short(have[i].Name)), nil
		}
		n, err = l.q.AddRef(ctx, query.AddRefParams{OrgID: org, RepositoryID: id, Name: ref, Hash: string(now)})
	case now == git.Zero:
		n, err = l.q.DropRef(ctx, query.DropRefParams{OrgID: org, RepositoryID: id, Name: ref, Hash: string(old)})
	default:
		n, err = l.q.MoveRef(ctx, query.MoveRefParams{NewHash: string(now), OrgID: org, RepositoryID: id, Name: ref, OldHash: string(old)})
	}
	if err == nil && n == 0 {
		return movedHere, nil
	}
	return "", err
}

// changed is a list of refs after one changed.
func changed(have []Ref, ref string, now Hash) []Ref {
	have = slices.DeleteFunc(slices.Clone(have), func(r Ref) bool { return r.Name == ref })
	if now == git.Zero {
		return have
	}
	return append(have, Ref{Name: ref, Hash: now})
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// resubmit moves the tag of the last submission to what was received by its end, and gives its number; 0 when it stays.
func (l *landing) resubmit(ctx context.Context) (int, error) {
	org, id := l.r.Org, string(l.r.ID)
	t, err := l.q.TipBy(ctx, query.TipByParams{OrgID: org, RepositoryID: id, Ref: l.r.main(), Until: l.last.UntilAt})
	if err != nil && !errors.Is(err, sql.ErrNoRows) || err == nil && t.NewHash == l.last.CommitHash {
		return 0, err
	}
	if err != nil {
		return 0, nil
	}
	n, err := l.q.MoveRef(ctx, query.MoveRefParams{NewHash: t.NewHash, OrgID: org, RepositoryID: id, Name: l.last.Ref, OldHash: l.last.CommitHash})
	if err == nil && n == 0 {
		err = fmt.Errorf("repository %s: the tag %s is not where its submission is", l.r.ID, l.last.Ref)
	}
	if err != nil {
		return 0, err
	}
	_, err = l.q.MoveSubmission(ctx, query.MoveSubmissionParams{CommitHash: t.NewHash, TreeHash: t.TreeHash, ReceivedAt: t.ReceivedAt, OrgID: org, RepositoryID: id, Number: l.last.Number})
	return int(l.last.Number), err
}

// errUnchanged rolls back when every ref was refused: the results say why.
var errUnchanged = errors.New("repo: no ref was changed")

// movedHere is said of a ref that is not what its sender knew.
const movedHere = "it changed here meanwhile; fetch first, then push again"
