package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/app"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/item/kinds/code"
	"candor/internal/item/kinds/repository"
	"candor/internal/judge"
	"candor/internal/opening"
	"candor/internal/run"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
)

func TestMain(m *testing.M) {
	ns.Main()
	os.Exit(m.Run())
}

// open gives an empty installation with the demo's clock.
func open(t *testing.T, log *slog.Logger) (*app.App, *Clock) {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = filepath.Join(os.TempDir(), "candor-cache")
	}
	clock := &Clock{}
	a, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Cache: filepath.Join(cache, "candor"), Log: log, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, clock
}

func TestContent(t *testing.T) {
	total := 0
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, name)
		total += len(b)
		return err
	})
	if err != nil || total > 520<<10 {
		t.Errorf("the content has %d bytes, %v; at most 520 KiB, two recordings among them", total, err)
	}
	kinds, end := app.Kinds(t.TempDir())
	defer end()
	dirs, err := fs.ReadDir(Content(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		tree, err := fs.Sub(Content(), d.Name())
		if err != nil {
			t.Fatal(err)
		}
		v, findings := assessment.Read(tree, kinds)
		if len(findings) > 0 {
			t.Errorf("%s: %v; want no findings, warnings neither", d.Name(), findings)
			continue
		}
		if v.Minutes < 30 || v.Minutes > 60 {
			t.Errorf("%s takes %d minutes; want 30 to 60", d.Name(), v.Minutes)
		}
		for _, p := range v.Parts {
			for _, it := range p.Items {
				if _, ok := it.Kind.(item.Hoster); !ok {
					continue
				}
				for _, source := range it.Kind.(item.Fingerprinter).Sources(it.Spec) {
					if n := len(source.Files); source.Role == item.Starter && (n < 20 || n > 40) {
						t.Errorf("%s begins with %d files; want 20 to 40", it.Key, n)
					}
				}
			}
		}
		for _, c := range v.Rubric {
			if _, ok := seen[c.Key]; !ok || len(c.Levels) != 4 {
				t.Errorf("%s: readers have no notes on %s, or it has %d levels", d.Name(), c.Key, len(c.Levels))
			}
		}
	}
}

// sent is a submission with what it was made on.
type sent struct {
	story   string
	version *assessment.Version
	attempt.Submission
}

// made is what Fill left: all attempts and submissions of the organisation.
type made struct {
	*app.App
	org      string
	attempts []attempt.Attempt
	sent     []sent
	status   map[opening.Status]int
	missing  []string // openings of stories that were left out

	mu   sync.Mutex
	want map[string][]string // ids of unit tests by item and language
}

func fill(t *testing.T, a *app.App, c *Clock, whole bool) *made {
	t.Helper()
	if err := Fill(t.Context(), a, c, whole, nil); err != nil {
		t.Fatal(err)
	}
	all, err := a.Orgs.All(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("organisations = %v, %v", all, err)
	}
	m := &made{App: a, org: all[0], status: map[opening.Status]int{}, want: map[string][]string{}}
	for _, s := range stories {
		inv, err := invitationOf(t.Context(), a, m.org, s.mail())
		if errors.Is(err, candidate.ErrMissing) {
			m.missing = append(m.missing, s.opening)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var list []attempt.Attempt
		m.read(t, func(ctx context.Context, tx db.Tx) error {
			application, err := a.Openings.ApplicationIn(ctx, tx, inv.Application)
			if err != nil {
				return err
			}
			m.status[application.Status]++
			list, err = a.Attempts.Of(ctx, tx, inv.Application)
			return err
		})
		m.attempts = append(m.attempts, list...)
		for _, at := range list {
			if at.State == "submitted" {
				m.sent = append(m.sent, m.submission(t, s.name, at))
			}
		}
	}
	return m
}

func (m *made) read(t *testing.T, fn func(context.Context, db.Tx) error) {
	t.Helper()
	if err := m.DB.Read(t.Context(), m.org, func(tx db.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (m *made) submission(t *testing.T, story string, at attempt.Attempt) (out sent) {
	t.Helper()
	v, err := m.Assessments.Version(t.Context(), m.org, at.Version)
	if err != nil {
		t.Fatal(err)
	}
	m.read(t, func(ctx context.Context, tx db.Tx) error {
		out.Submission, err = m.Attempts.Submission(ctx, tx, at.ID)
		return err
	})
	out.story, out.version = story, v
	return out
}

func TestDemo(t *testing.T) {
	var said bytes.Buffer
	a, c := open(t, slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn})))
	whole := os.Getenv("CANDOR_TEST_LONG") != ""
	m := fill(t, a, c, whole)
	if said.Len() > 0 {
		t.Fatalf("filling said: %s\nThis test needs the sandbox with all its layers, Python, Node, esbuild and Go", &said)
	}
	want := map[opening.Status]int{opening.Active: 32, opening.Withdrawn: 2, opening.Declined: 3, opening.Hired: 2}
	var missing []string
	if !whole {
		want[opening.Active] -= 4
		missing = []string{"tools"}
	}
	if !maps.Equal(m.status, want) {
		t.Errorf("applications = %v; want %v", m.status, want)
	}
	if got := slices.Compact(m.missing); !slices.Equal(got, missing) {
		t.Errorf("nobody works on %v; want %v", got, missing)
	}
	t.Run("every answer with code or text is somebody's own", m.own)
	t.Run("judged anew, everything gets the same mark", m.anew)
	t.Run("what was tried while working has its result", m.tries)
	t.Run("a work trial is under way and another is offered", m.trials)
	t.Run("the audit chain verifies", m.audit)
	t.Run("the ledgers explain the clocks", m.ledgers)
	t.Run("times are measured and voices are heard", m.honest)
}

func (m *made) trials(t *testing.T) {
	m.read(t, func(ctx context.Context, tx db.Tx) error {
		var running, offered, sent, answered int
		err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM trials WHERE state = 'running'), (SELECT COUNT(*) FROM trials WHERE state = 'offered'),
			(SELECT COUNT(*) FROM trial_days WHERE sent_at > 0), (SELECT COUNT(*) FROM trial_days WHERE replied_at > 0)`).Scan(&running, &offered, &sent, &answered)
		if running != 1 || offered != 1 || sent == 0 || answered == 0 {
			t.Errorf("%d under way, %d offered, %d check-ins, %d answers", running, offered, sent, answered)
		}
		return err
	})
}

func (m *made) own(t *testing.T) {
	whose, verdicts := map[string]string{}, map[judge.Verdict]int{}
	for _, s := range m.sent {
		for _, p := range s.version.Parts {
			for _, it := range p.Items {
				if _, ok := it.Kind.(item.Fingerprinter); !ok {
					continue
				}
				body := m.whole(t, s, it)
				if !it.Kind.Answered(it.Spec, body) {
					t.Errorf("%s sent no %s", s.story, it.Key)
				}
				text := fmt.Sprint(it.Kind.(item.Fingerprinter).Documents(it.Spec, body))
				if other, ok := whose[text]; ok {
					t.Errorf("%s and %s sent the same %s", other, s.story, it.Key)
				}
				whose[text] = s.story
				if _, ok := it.Kind.(item.LateMarker); ok {
					verdicts[outcome(t, s.Marks[it.Key].Detail).Verdict]++
				}
			}
		}
	}
	if len(whose) < 30 {
		t.Errorf("%d answers with code or text; want 30 or more", len(whose))
	}
	m.read(t, func(ctx context.Context, tx db.Tx) error {
		var compared, strong int
		err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM comparisons), (SELECT COUNT(*) FROM likenesses WHERE outcome = 'strong evidence')`).Scan(&compared, &strong)
		if compared < len(whose) || strong > 0 {
			t.Errorf("%d answers were compared, and of %d it is said that they are strong evidence; want all, and none", compared, strong)
		}
		return err
	})
	for _, v := range []judge.Verdict{judge.AC, judge.WA, judge.TLE, judge.CE} {
		if verdicts[v] == 0 {
			t.Errorf("no answer got %s: %v; want solutions of every sort", v, verdicts)
		}
	}
}

// whole is a submitted answer with what stands in its repository.
func (m *made) whole(t *testing.T, s sent, it assessment.PartItem) []byte {
	t.Helper()
	body := s.Items[it.Key].Body
	k, ok := it.Kind.(item.Hoster)
	if !ok {
		return body
	}
	body, err := k.Fetch(t.Context(), item.Ref{Org: m.org, Owner: string(s.Attempt.ID), Version: string(s.Attempt.Version), Item: it.Key}, it.Spec, body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func outcome(t *testing.T, detail []byte) (o judge.Outcome) {
	t.Helper()
	if err := json.Unmarshal(detail, &o); err != nil {
		t.Fatalf("%v in %.200s", err, detail)
	}
	return o
}

// verdicts are what became of each test.
func verdicts(o judge.Outcome) map[string]judge.Verdict {
	out := map[string]judge.Verdict{"": o.Verdict}
	for _, r := range o.Tests {
		out[r.Name+" "+r.ID] = r.Verdict
	}
	return out
}

func (m *made) anew(t *testing.T) {
	marked := 0
	for _, s := range m.sent {
		for _, p := range s.version.Parts {
			for _, it := range p.Items {
				stored, ok := s.Marks[it.Key]
				if !ok {
					continue
				}
				marked++
				_, late := it.Kind.(item.LateMarker)
				_, hosted := it.Kind.(item.Hoster)
				if late && (marked%3 != 0 || hosted) && os.Getenv("CANDOR_TEST_LONG") == "" {
					continue // every third program is enough each time, and no take-home, which takes a quarter of a minute
				}
				t.Run(s.story+", "+it.Key, func(t *testing.T) {
					t.Parallel()
					body := s.Items[it.Key].Body
					if body == nil {
						body = it.Kind.Blank(it.Spec)
					}
					got := m.mark(t, s, it, body)
					if stored.State != "done" || math.Abs(got.Share-stored.Share) > 1e-6 || got.Why != stored.Why {
						t.Errorf("mark = %v, %s; stored is %s: %v, %s", got.Share, got.Why, stored.State, stored.Share, stored.Why)
					}
					if late {
						now, then := verdicts(outcome(t, got.Detail)), verdicts(outcome(t, stored.Detail))
						if !maps.Equal(now, then) {
							t.Errorf("tests = %v; stored is %v", now, then)
						}
					}
				})
			}
		}
	}
	if marked < 70 {
		t.Errorf("%d answers have a mark; want 70 or more", marked)
	}
}

// mark marks an answer as if it had just been sent.
func (m *made) mark(t *testing.T, s sent, it assessment.PartItem, body []byte) (got item.Mark) {
	t.Helper()
	if k, ok := it.Kind.(item.Confirmer); ok {
		m.read(t, func(ctx context.Context, tx db.Tx) error {
			list, err := m.Attempts.Rulings(ctx, tx, s.Attempt.ID, it.Key)
			if err != nil {
				return err
			}
			got, err = k.Confirmed(it.Spec, body, attempt.Together(list))
			return err
		})
		return got
	}
	if k, ok := it.Kind.(item.Marker); ok {
		got, err := k.Mark(it.Spec, body)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	w, err := it.Kind.(item.Tasker).Task(t.Context(), it.Spec, run.Run{Org: m.org, Ask: run.Ask{Owner: string(s.Attempt.ID), Version: string(s.Attempt.Version), Item: it.Key, Purpose: run.Graded, Body: body}})
	if err != nil {
		t.Fatal(err)
	}
	if w.Reference != nil {
		w.Task.Want = m.ids(t, it.Key, *w.Reference)
	}
	raw, err := json.Marshal(m.judge(t, w.Task))
	if err != nil {
		t.Fatal(err)
	}
	got, err = it.Kind.(item.LateMarker).Finish(it.Spec, body, raw)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// ids are the tests that the author's own solution reports.
func (m *made) ids(t *testing.T, item string, reference judge.Task) []string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	key := item + " " + reference.Language
	if _, ok := m.want[key]; !ok {
		for _, r := range m.judge(t, reference).Tests {
			m.want[key] = append(m.want[key], r.ID)
		}
	}
	return m.want[key]
}

func (m *made) judge(t *testing.T, task judge.Task) judge.Outcome {
	t.Helper()
	o, err := m.Runs.Worker.Judge(t.Context(), task, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (m *made) tries(t *testing.T) {
	n := 0
	m.read(t, func(ctx context.Context, tx db.Tx) error {
		for _, at := range m.attempts {
			v, err := m.Assessments.Version(ctx, m.org, at.Version)
			if err != nil {
				return err
			}
			for _, p := range v.Parts {
				for _, it := range p.Items {
					list, _, err := m.Runs.Of(ctx, tx, string(at.ID), it.Key, 20)
					if err != nil {
						return err
					}
					for _, r := range list {
						n++
						if r.State != run.Done || r.Outcome == nil || len(r.Outcome.Tests) == 0 && r.Outcome.Verdict != judge.CE {
							t.Errorf("a try of %s is %s with %+v", it.Key, r.State, r.Outcome)
						}
					}
				}
			}
		}
		return nil
	})
	if n < 12 {
		t.Errorf("Run was pressed %d times; want 12 or more", n)
	}
}

func (m *made) audit(t *testing.T) {
	if err := audit.Seal(t.Context(), m.DB, m.org); err != nil {
		t.Error(err)
	}
	m.read(t, func(ctx context.Context, tx db.Tx) error {
		checked, broken, err := audit.Verify(ctx, tx)
		if checked < 200 || broken != 0 {
			t.Errorf("%d lines, the first broken one is %d; want 200 or more and none", checked, broken)
		}
		return err
	})
}

// ledgers: the clock of every sitting follows from the lines of its ledger, and its end is written where it ended.
func (m *made) ledgers(t *testing.T) {
	for _, at := range m.attempts {
		lines, err := m.Attempts.Ledger(t.Context(), actor.Actor{Kind: actor.Candidate, ID: string(at.Invitation), Org: m.org, Subject: string(at.Candidate)})
		if err != nil {
			t.Fatal(err)
		}
		var sittings map[string]attempt.Sitting
		m.read(t, func(ctx context.Context, tx db.Tx) (err error) {
			sittings, err = m.Attempts.Sittings(ctx, tx, at.ID)
			return err
		})
		for part, s := range sittings {
			var given time.Duration
			var started, ended time.Time
			for _, l := range lines {
				switch {
				case l.Part != part:
				case l.Kind == "end":
					ended = l.At
				default:
					if l.Kind == "start" {
						started = l.At
					}
					given += time.Duration(l.Seconds) * time.Second
				}
			}
			near := func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Minute } // a line is written a moment after the act
			if !near(started, s.Clock.Started) {
				t.Errorf("%s %s started at %v; its ledger says %v", at.ID, part, s.Clock.Started, started)
			}
			if !started.IsZero() && given != s.Clock.Length() {
				t.Errorf("%s %s has %v; its ledger gives %v", at.ID, part, s.Clock.Length(), given)
			}
			if ended.IsZero() == (s.State == attempt.Ended) || s.State == attempt.Ended && !near(ended, s.Finished) {
				t.Errorf("%s %s is %s, finished at %v; its ledger says %v", at.ID, part, s.State, s.Finished, ended)
			}
		}
	}
}

// bare is the engine of a machine that lacks a layer.
type bare struct{ sandbox.Engine }

func (bare) Open(context.Context) (sandbox.Slot, error) { return nil, sandbox.ErrLayer }

func TestWithoutASandboxThePartsWithCodeAreLeftOut(t *testing.T) {
	var said bytes.Buffer
	a, c := open(t, slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelWarn})))
	for i, k := range a.Kinds {
		switch k := k.(type) {
		case code.Kind:
			k.Judge = judge.New(bare{})
			a.Kinds[i] = k
		case repository.Kind:
			k.Judge = judge.New(bare{})
			a.Kinds[i] = k
		}
	}
	m := fill(t, a, c, true)
	if n := strings.Count(said.String(), "\n"); n != 1 || !strings.Contains(said.String(), "candor doctor") || !strings.Contains(said.String(), `parts="Rate limiter, Undo history, A library of tools, The night boat, Two small programs"`) {
		t.Errorf("it said %q; want one line that names the parts and candor doctor", &said)
	}
	if !slices.Equal(slices.Compact(m.missing), []string{"tools", "timetables"}) {
		t.Errorf("left out are the openings %v; want tools and timetables", m.missing)
	}
	if _, err := Open(t.Context(), a); err != nil {
		t.Error(err)
	}
	if len(m.sent) < 15 {
		t.Errorf("%d submissions; want 15 or more", len(m.sent))
	}
	for _, s := range m.sent {
		for _, p := range s.version.Parts {
			if slices.ContainsFunc(p.Items, func(it assessment.PartItem) bool { _, ok := it.Kind.(item.LateMarker); return ok }) {
				t.Errorf("%s worked on %q", s.story, p.Title)
			}
		}
		for _, r := range s.version.Rubric {
			if r.Key == "readable" || len(r.Items) == 0 {
				t.Errorf("%s is read for %q, on %v", s.story, r.Title, r.Items)
			}
		}
	}
}

// honest: the incident takes longer than the screen says, colleagues took it first and needed longer too, and enough people said how it was.
func (m *made) honest(t *testing.T) {
	ctx := context.Background()
	owner := actor.ForSystem(m.org, "demo")
	all, err := m.Openings.List(ctx, owner)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.sent {
		if _, _, ok := s.version.Item(ponders); !ok {
			continue
		}
		_, list, err := m.Analytics.Times(ctx, owner, s.version.ID)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(x analytics.Time) bool { return x.Item == "" && x.Part == "writing" })
		if x := list[i]; !x.Longer() || x.Piloted.N != 2 {
			t.Errorf("the incident = %+v; want longer than advertised, and two pilots", x)
		}
		said := 0
		for _, o := range all {
			_, list, err := m.Surveys.Results(ctx, owner, o.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				said += r.People
			}
		}
		if said != 10 {
			t.Errorf("%d people are heard; want five in each of two openings", said)
		}
		return
	}
	t.Error("nobody sent an incident")
}
