package repo

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/job"
	"candor/internal/live"
	"candor/internal/problem"
	"candor/internal/repo/internal/query"
)

// PushedNote is what Pushed announces.
type PushedNote struct {
	Org        string   `json:"org"`
	Repository ID       `json:"repository"`
	Owner      string   `json:"owner"`
	Item       string   `json:"item"`
	Main       bool     `json:"main"`       // the branch that counts moved
	Commit     Hash     `json:"commit"`     // its tip then
	Standing   Standing `json:"standing"`   // of what came
	Submission int      `json:"submission"` // over 0: the submission of this number is this commit now, because what came in time was finished after it
}

// Pushed is announced when refs changed, by git or by a page.
const Pushed = job.Topic[PushedNote]("repo.pushed")

// ErrPush: what came over the wire is no push.
var ErrPush = problem.New(problem.Invalid, "repository_push", "This is not a push that git makes.")

// SubmissionTag is the name of the first submission's tag; later ones have their number behind it.
const SubmissionTag = "refs/tags/submission"

// roomy is up to how many bytes a push is taken although the disk has almost no room: it is as good as a save.
const roomy = 1 << 20

// arrival is what comes in, from git or from a page.
type arrival struct {
	commands []git.Command
	pack     io.Reader // nil: nothing new
	received time.Time
	via      Via
	atomic   bool
}

// outcome is what became of it.
type outcome struct {
	results []git.Result
	late    bool
}

// Push takes a push in the protocol of receive-pack after its refs were advertised, and writes the report. Problems of what was pushed are told
// in the report, where git shows them; an error is ours, or ErrPush, and nothing was written then.
func (rs *Repos) Push(ctx context.Context, r Repository, in io.Reader, out io.Writer, received time.Time) error {
	body := bufio.NewReaderSize(in, 64<<10)
	p, err := git.ReadPush(body, rs.limits().Refs)
	if err == io.EOF {
		return nil // git tries the door
	}
	told, isProblem := problem.As(err)
	if err != nil && !isProblem {
		return ErrPush
	}
	o := outcome{results: make([]git.Result, len(p.Commands))}
	for i, c := range p.Commands {
		o.results[i].Command = c
	}
	if err == nil {
		a := arrival{commands: p.Commands, received: received, via: Pushes, atomic: p.Has("atomic")}
		if slices.ContainsFunc(p.Commands, func(c git.Command) bool { return c.New != git.Zero }) {
			a.pack = body
		}
		var done outcome
		if done, err = rs.inTurn(ctx, r, a); err == nil {
			o = done
		}
		if told, isProblem = problem.As(err); err != nil && !isProblem {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			rs.log().ErrorContext(ctx, "push failed", "org", r.Org, "repository", r.ID, "error", err)
			told = errFault
		}
	}
	_, _ = io.Copy(io.Discard, body) // git reads the report only when it has sent all
	unpack := ""
	if err != nil {
		unpack = told.Text
		for i := range o.results {
			o.results[i].Refused = "nothing was changed"
		}
	}
	return p.Report(out, unpack, o.results, o.notes(unpack))
}

// inTurn is receive when it is this repository's turn.
func (rs *Repos) inTurn(ctx context.Context, r Repository, a arrival) (outcome, error) {
	leave, err := rs.slots.take(ctx, r.ID)
	if err != nil {
		return outcome{}, err
	}
	defer leave()
	return rs.receive(ctx, r, a)
}

var errFault = problem.New(problem.Unavailable, "repository_fault", "Something went wrong on our side. Nothing was changed and your commits are safe where they are; push again in a minute.")

// notes are the lines that a person reads under their push.
func (o outcome) notes(unpack string) (all []string) {
	if unpack != "" {
		return []string{"", "Not taken: " + unpack, ""}
	}
	for _, r := range o.results {
		if r.Refused != "" {
			all = append(all, fmt.Sprintf("%s: %s", short(r.Ref), r.Refused))
		}
		if r.As != "" {
			all = append(all, fmt.Sprintf("%s: kept as %s.", short(r.Ref), r.As))
		}
	}
	if o.late {
		all = append(all, "Your work was submitted before this push arrived. It is kept with the time of its arrival,", "beside the submission and not in its place. Nothing is lost.")
	}
	if len(all) == 0 {
		return nil
	}
	return append(append([]string{""}, all...), "")
}

func short(ref string) string {
	return strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/")
}

// receive takes what comes in: into a folder of its own, checked there, its files synced, then one transaction. The error is a problem about all of
// it, or a fault; what is wrong with one ref stands in its result.
func (rs *Repos) receive(ctx context.Context, r Repository, a arrival) (outcome, error) {
	view, s, err := rs.look(ctx, r)
	if err != nil {
		return outcome{}, err
	}
	defer view.Close()
	if s.State == Closed {
		return outcome{}, ErrClosed
	}
	o := outcome{results: make([]git.Result, len(a.commands))}
	wanted := false
	for i, c := range a.commands {
		o.results[i] = git.Result{Command: c, Refused: rs.mayAsk(s, c)}
		wanted = wanted || o.results[i].Refused == "" && c.New != git.Zero
	}
	if a.atomic {
		o.allOrNothing()
	}
	var pack git.Pack
	tips := map[Hash]tip{}
	if wanted && a.pack != nil {
		if pack, err = view.Take(ctx, a.pack, rs.limits().pack()); err != nil {
			return o, err
		}
		if pack.Objects > 0 {
			if err := view.CheckTrees(ctx, pack); err != nil {
				return o, err
			}
		}
	}
	if err := rs.checkTips(ctx, view, s, &o, tips); err != nil {
		return o, err
	}
	if a.atomic {
		o.allOrNothing()
	}
	if !slices.ContainsFunc(o.results, func(r git.Result) bool { return r.Refused == "" }) {
		return o, nil
	}
	row, err := rs.commit(ctx, s, pack, func(tx db.Tx, row query.PacksRow) error { return rs.land(ctx, tx, s.Repository, a, row, tips, &o) })
	if errors.Is(err, errUnchanged) {
		return o, nil
	}
	if err != nil || pack.Objects == 0 {
		return o, err
	}
	// The next look finds it here; without it the blob store has it.
	if err := moveTo(pack.Dir, rs.cached(r.Org, row.PackHash)); err != nil {
		rs.log().WarnContext(ctx, "pack not cached", "org", r.Org, "repository", r.ID, "error", err)
	}
	return o, nil
}

// allOrNothing refuses all when one is refused.
func (o *outcome) allOrNothing() {
	if !slices.ContainsFunc(o.results, func(r git.Result) bool { return r.Refused != "" }) {
		return
	}
	for i := range o.results {
		if o.results[i].Refused == "" {
			o.results[i].Refused = "nothing was changed, because another ref of this push was refused"
		}
	}
}

// mayAsk says why a change of a ref is refused whatever it is changed to, or "".
func (rs *Repos) mayAsk(s snapshot, c git.Command) string {
	if wrong := git.CheckRef(c.Ref); wrong != "" {
		return "the name " + wrong
	}
	switch {
	case c.Ref == SubmissionTag, strings.HasPrefix(c.Ref, SubmissionTag+"-"):
		return "this tag is your submission; it is made here and never moved"
	case !strings.HasPrefix(c.Ref, "refs/heads/") && !strings.HasPrefix(c.Ref, "refs/tags/"):
		return "only branches and tags can be pushed"
	case c.New == git.Zero && c.Ref == s.main():
		return "this is the branch that counts; it cannot be removed"
	case c.Old == git.Zero && c.New == git.Zero:
		return "there is nothing to remove"
	}
	return ""
}

// tip is what is known of an object that a ref is to stand for.
type tip struct {
	commit, tree Hash
	forced       bool
}

// checkTips looks at what refs are to stand for: commits (or tags of commits) that are there with everything behind them, with trees within bounds.
func (rs *Repos) checkTips(ctx context.Context, v *git.View, s snapshot, o *outcome, tips map[Hash]tip) error {
	objects, err := v.Objects(ctx)
	if err != nil {
		return err
	}
	defer objects.Close()
	var all []Hash
	for i := range o.results {
		r := &o.results[i]
		if r.Refused != "" || r.New == git.Zero {
			continue
		}
		info, err := objects.Info(r.New)
		if errors.Is(err, git.ErrMissing) {
			r.Refused = "its commit did not come with the push"
			continue
		}
		if err != nil {
			return err
		}
		if info.Kind != git.CommitKind && (info.Kind != git.TagKind || strings.HasPrefix(r.Ref, "refs/heads/")) {
			r.Refused = "it is not a commit"
			continue
		}
		t := tip{}
		if t.commit, err = objects.Peel(r.New); err == nil {
			t.tree, err = objects.Root(t.commit)
		}
		if errors.Is(err, git.ErrMissing) {
			r.Refused = "it is not a commit"
			continue
		}
		if err != nil {
			return err
		}
		tips[r.New] = t
		all = append(all, r.New)
	}
	if len(all) == 0 {
		return nil
	}
	ok, err := v.Connected(ctx, all)
	if err != nil {
		return err
	}
	if !ok {
		return git.ErrRefused.Saying("objects are missing that this push needs. Push again; with a shallow clone, run git fetch --unshallow first.")
	}
	for h, t := range tips {
		if err := rs.checkFiles(ctx, v, t.commit); err != nil {
			return err
		}
		for _, r := range o.results {
			if r.New == h && r.Old != git.Zero && strings.HasPrefix(r.Ref, "refs/heads/") {
				behind, err := v.Behind(ctx, r.Old, t.commit)
				if err != nil {
					return err
				}
				t.forced = t.forced || !behind
			}
		}
		tips[h] = t
	}
	return nil
}

// checkFiles holds one revision to its limits.
func (rs *Repos) checkFiles(ctx context.Context, v *git.View, rev Hash) error {
	l := rs.limits()
	files, err := v.Files(ctx, rev, l.Files)
	if err != nil {
		return err
	}
	left := l.Inflated
	for _, f := range files {
		if len(f.Path) > 1000 {
			return git.ErrRefused.Saying(fmt.Sprintf("the path %.60q... is longer than 1,000 bytes.", f.Path))
		}
		if f.Size > l.File {
			return git.ErrTooLarge.Saying(fmt.Sprintf("%q is larger than %d MiB, which is the most for one file.", f.Path, l.File>>20))
		}
		if left -= f.Size; left < 0 {
			return git.ErrTooLarge.Saying(fmt.Sprintf("its files are larger than %d MiB together.", l.Inflated>>20))
		}
	}
	return nil
}

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
	note := PushedNote{Org: r.Org, Repository: r.ID, Owner: r.Owner, Item: r.Item, Main: l.main != "", Commit: l.main, Standing: l.standing}
	if l.main != "" && r.State == Submitted {
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

// errUnchanged rolls back when every ref was refused: the results say why.
var errUnchanged = errors.New("repo: no ref was changed")

// landing is what land knows.
type landing struct {
	rs       *Repos
	q        *query.Queries
	r        Repository
	a        arrival
	number   int64 // of the last change
	standing Standing
	last     query.SubmissionsRow
	main     Hash // the new tip of the branch that counts
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
		if l.standing == OnTime && ref == l.r.main() {
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

// movedHere is said of a ref that is not what its sender knew.
const movedHere = "it changed here meanwhile; fetch first, then push again"
