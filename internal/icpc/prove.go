package icpc

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"candor/internal/judge"
)

// Judge is what proves a package.
type Judge interface {
	Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error)
}

// calibration is how much CPU time a submission may use in a test while the time limit is not known.
const calibration = 30 * time.Second

// patience is how many times the CPU limit, and how many seconds more, a test may take: a busy machine must not change what is proved.
const patience = 5

// Report is what became of one submission.
type Report struct {
	Submission
	Outcome judge.Outcome
	Judged  bool   // false where its language is not offered
	Wrong   string // why it is not what was declared; "" where it is, or where nothing was declared
}

// Task is the judge's work for a submission. Its CPU limit is the package's, 0 where that is not calibrated.
func (p *Package) Task(s Submission) judge.Task {
	return judge.Task{Style: judge.Stdin, Language: s.Language, Files: s.Files, Entry: s.Entry, Tests: p.Tests, Groups: &p.Groups, Validator: p.Validator, Writes: p.Writes,
		Limits: judge.Limits{CPU: p.Limits.Time, Memory: p.Limits.Memory, Output: p.Limits.Output, Exact: true}}
}

// Prove judges submissions and compares with what is declared. Where the package has no time limit it is made of those of its submissions that
// bound it from below, which are judged first. progress is told each submission before it is judged. The reports are in the order of the submissions.
func (p *Package) Prove(ctx context.Context, j Judge, submissions []Submission, progress func(done, total int, what string)) ([]Report, []Finding, error) {
	r := &prover{Package: p, judge: j, done: map[string]judge.Outcome{}, tell: progress, total: len(submissions)}
	if r.tell == nil {
		r.tell = func(int, int, string) {}
	}
	if p.Limits.Time == 0 {
		if err := r.calibrate(ctx); err != nil {
			return nil, r.found, err
		}
	}
	if err := r.all(ctx, submissions, 0); err != nil {
		return nil, r.found, err
	}
	var out []Report
	for _, s := range submissions {
		o, judged := r.done[s.Name]
		rep := Report{Submission: s, Outcome: o, Judged: judged}
		if !judged {
			rep.Outcome = judge.Outcome{Verdict: judge.JE, Reason: "Its language is not offered here."}
		} else {
			rep.Wrong = p.wrong(s, o)
			r.margin(s, o)
		}
		out = append(out, rep)
	}
	r.tell(r.total, r.total, "")
	return out, r.found, nil
}

type prover struct {
	*Package
	judge Judge
	tell  func(done, total int, what string)

	mu    sync.Mutex
	done  map[string]judge.Outcome
	begun int
	total int
	found []Finding
}

// calibrate makes the time limit: the smallest multiple of the resolution that leaves the slowest accepted submission its factor (2025-09,
// section "Problem timing"; the legacy format leaves the rounding open).
func (r *prover) calibrate(ctx context.Context) error {
	var lower []Submission
	for _, s := range r.Submissions {
		if s.Language != "" && slices.ContainsFunc(s.Rules, func(x Rule) bool { return x.Lower }) {
			lower = append(lower, s)
		}
	}
	if err := r.all(ctx, lower, calibration); err != nil {
		return err
	}
	slowest, who := time.Duration(0), ""
	for _, s := range lower {
		for _, x := range s.Rules {
			for _, t := range r.done[s.Name].Tests {
				if x.Lower && x.covers(t) && t.CPU > slowest {
					slowest, who = t.CPU, s.Name
				}
			}
		}
	}
	factor, step := r.Limits.AC, r.Limits.Resolution
	steps := math.Ceil(float64(slowest) * factor / float64(step))
	r.Limits.Time = time.Duration(max(steps, 1)) * step
	if who == "" {
		r.found = append(r.found, Finding{"submissions", 0, Error, fmt.Sprintf("No submission that could be judged tells a time limit; it is taken to be %s.", r.Limits.Time)})
		return nil
	}
	r.found = append(r.found, Finding{"submissions/" + who, 0, Note, fmt.Sprintf("The time limit is %s: this is the slowest submission that must be in time (%.2f s), and the factor is %g.", r.Limits.Time, slowest.Seconds(), factor)})
	return nil
}

// all judges what has not been judged, as many at once as there are processors. limit is used in place of the package's, where it is not 0.
func (r *prover) all(ctx context.Context, list []Submission, limit time.Duration) error {
	next := make(chan Submission)
	var wg sync.WaitGroup
	var failed error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for range min(runtime.NumCPU(), len(list)) {
		wg.Go(func() {
			for s := range next {
				if err := r.one(ctx, s, limit); err != nil {
					r.mu.Lock()
					if failed == nil { // what ended the others, not that they were ended
						failed = err
					}
					r.mu.Unlock()
					stop()
				}
			}
		})
	}
	for _, s := range list {
		r.mu.Lock()
		_, done := r.done[s.Name]
		r.mu.Unlock()
		if !done && s.Language != "" && ctx.Err() == nil {
			next <- s
		}
	}
	close(next)
	wg.Wait()
	return failed
}

func (r *prover) one(ctx context.Context, s Submission, limit time.Duration) error {
	r.mu.Lock()
	r.tell(min(r.begun, r.total), r.total, s.Name)
	r.begun++
	r.mu.Unlock()
	t := r.Task(s)
	t.Reveal = true
	if limit > 0 {
		t.Limits.CPU = limit
	} else if slices.ContainsFunc(s.Rules, func(x Rule) bool { return x.Upper }) {
		t.Limits.Kill = time.Duration(float64(t.Limits.CPU) * r.Limits.TLE)
	}
	t.Limits.Wall = patience*max(t.Limits.CPU, t.Limits.Kill) + patience*time.Second
	if !r.Scoring || r.current() {
		g := thorough(r.Groups)
		t.Groups = &g
	}
	t.StopAt = r.stopAt(s)
	o, err := r.judge.Judge(ctx, t, nil)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done[s.Name] = o
	return nil
}

// thorough is a group of which everything is run: what is declared is declared of all tests.
func thorough(g judge.Group) judge.Group {
	g.Break = false
	g.Groups = slices.Clone(g.Groups)
	for i := range g.Groups {
		g.Groups[i] = thorough(g.Groups[i])
	}
	return g
}

// badness is the order in which verdicts hide each other in a whole submission.
var badness = []judge.Verdict{judge.AC, judge.WA, judge.OLE, judge.TLE, judge.MLE, judge.RTE, judge.CE, judge.JE}

// stopAt are verdicts of one test after which the others can be left out: the whole submission's is then known, or cannot be the declared one.
// Wrong answers do not count, unless everything must be right: a worse one may follow.
func (p *Package) stopAt(s Submission) []judge.Verdict {
	if p.Scoring || s.Expected == nil || slices.ContainsFunc(s.Rules, func(x Rule) bool { return x.Tests != "" || x.Message != "" }) {
		return nil
	}
	most := 0
	for _, v := range s.Expected {
		most = max(most, slices.Index(badness, v))
	}
	var out []judge.Verdict
	for i, v := range badness {
		if i > most || v != judge.AC && v != judge.WA && is(v, s.Expected) {
			out = append(out, v)
		}
	}
	return out
}

// Fits are the verdicts that are as declared.
func Fits(declared []judge.Verdict) []judge.Verdict {
	out := []judge.Verdict{}
	for _, v := range badness {
		if is(v, declared) {
			out = append(out, v)
		}
	}
	return out
}

// is says whether a verdict is one of a list; MLE and OLE, which the formats do not know, are RTE.
func is(v judge.Verdict, list []judge.Verdict) bool {
	return slices.Contains(list, v) || (v == judge.MLE || v == judge.OLE) && slices.Contains(list, judge.RTE)
}

// covers says whether a rule is about a test.
func (x Rule) covers(t judge.Result) bool { return x.Tests == "" || matches(x.Tests, t.Name) }

// wrong says why an outcome is not what was declared.
func (p *Package) wrong(s Submission, o judge.Outcome) string {
	if s.Expected != nil && !is(o.Verdict, s.Expected) {
		return fmt.Sprintf("This gets %s; declared is %s.", o.Verdict, or(s.Expected))
	}
	if s.Partial && p.Most != nil && (p.Minimize && o.Score <= *p.Most || !p.Minimize && o.Score >= *p.Most) {
		return fmt.Sprintf("This gets the best score, %g; declared is a part of it.", o.Score)
	}
	if o.Verdict == judge.CE {
		return ""
	}
	for _, x := range s.Rules {
		if why := p.breaks(x, o); why != "" {
			return why
		}
	}
	return ""
}

func (p *Package) breaks(x Rule, o judge.Outcome) string {
	where, got, message := "", false, false
	if x.Tests != "" {
		where = " in " + x.Tests
	}
	for _, t := range o.Tests {
		if !x.covers(t) {
			continue
		}
		if x.Permitted != nil && !is(t.Verdict, x.Permitted) {
			return fmt.Sprintf("%s gets %s; permitted%s is %s.", t.Name, t.Verdict, where, or(x.Permitted))
		}
		got = got || is(t.Verdict, x.Required)
		message = message || strings.Contains(t.Judged, x.Message)
	}
	if x.Required != nil && !got {
		return fmt.Sprintf("No test%s gets %s.", where, or(x.Required))
	}
	if x.Message != "" && !message {
		return fmt.Sprintf("The validator never says %q%s.", x.Message, where)
	}
	if x.Score == nil || !p.Scoring {
		return ""
	}
	score, group := o.Score, "secret"
	if x.Tests != "" {
		group = x.Tests
	}
	for _, g := range o.Groups {
		if g.Name == group {
			score = g.Score
		}
	}
	if score < x.Score[0]-1e-9 || score > x.Score[1]+1e-9 {
		return fmt.Sprintf("The score of %s is %g; declared is %g to %g.", group, score, x.Score[0], x.Score[1])
	}
	return ""
}

// margin warns of submissions that are too slow by too little.
func (r *prover) margin(s Submission, o judge.Outcome) {
	least := time.Duration(float64(r.Limits.Time) * r.Limits.TLE)
	for _, x := range s.Rules {
		if !x.Upper {
			continue
		}
		slow, slowest := false, time.Duration(0)
		for _, t := range o.Tests {
			if x.covers(t) && t.Verdict == judge.TLE {
				slow, slowest = true, max(slowest, t.CPU)
				if t.Wall > 2*t.CPU+time.Second { // it waited
					return
				}
			}
		}
		if slow && slowest < least {
			r.found = append(r.found, Finding{"submissions/" + s.Name, 0, Warning,
				fmt.Sprintf("This is too slow by too little: it used %.2f s; to be safe it should use %.2f s.", slowest.Seconds(), least.Seconds())})
		}
	}
}

func or(vs []judge.Verdict) string {
	var out []string
	for _, v := range vs {
		out = append(out, string(v))
	}
	return strings.Join(out, " or ")
}
