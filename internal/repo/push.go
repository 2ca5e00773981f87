package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/job"
	"candor/internal/problem"
	"candor/internal/repo/internal/query"
)

// PushedNote is what Pushed announces.
type PushedNote struct {
	Org        string   `json:"org"`
	Repository ID       `json:"repository"`
	Owner      string   `json:"owner"`
	Item       string   `json:"item"`
	Main       bool     `json:"main"`       // the branch that counts moved; of what came late, was pushed
	Commit     Hash     `json:"commit"`     // its tip then
	Standing   Standing `json:"standing"`   // of what came
	Received   int64    `json:"received"`   // milliseconds
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
