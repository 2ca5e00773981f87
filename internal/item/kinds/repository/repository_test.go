package repository_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/repository"
	"candor/internal/job"
	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/markdown"
	"candor/internal/problem"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
	"candor/internal/run"
	"candor/internal/web/locale"
)

func TestMain(m *testing.M) { judgetest.Main(m) }

var (
	ctx  = context.Background()
	md   = markdown.New(3)
	bare = repository.New(md, nil, nil, nil, "")
)

const itemYAML = `kind: repository
title: Ferry
minutes: 30
language: python
statement: Make the ferry go.
protected: [tests/**, run.sh]
checks:
  - {name: Visible, command: [sh, run.sh], format: tap}
  - {name: Hidden, hidden: true, command: [sh, hidden.sh], format: tap, files: checks/hidden, weight: 3}
wrong: {half: [Hidden]}
`

// ferry is a small item: seats.txt must say 4, and after the end also stops.txt must be there.
var ferry = fstest.MapFS{
	"item.yaml":               {Data: []byte(itemYAML)},
	"issues/1-seats.md":       {Data: []byte("# There are too few seats\n\nFour are needed.\n")},
	"starter/README.md":       {Data: []byte("# Ferry\n\nA small ferry.\n")},
	"starter/seats.txt":       {Data: []byte("3\n")},
	"starter/lib/deck.py":     {Data: []byte("def deck():\n    return 1\n")},
	"starter/run.sh":          {Data: []byte("#!/bin/sh\necho 1..1\ngrep -qx 4 seats.txt && echo ok 1 - seats || echo not ok 1 - seats\n")},
	"starter/tests/a.txt":     {Data: []byte("protected\n")},
	"checks/hidden/hidden.sh": {Data: []byte("echo 1..2\ngrep -qx 4 seats.txt && echo ok 1 - seats || echo not ok 1 - seats\ntest -e stops.txt && echo ok 2 - canary-hidden || echo not ok 2 - canary-hidden\n")},
	"solution/seats.txt":      {Data: []byte("4\n")},
	"solution/stops.txt":      {Data: []byte("canary-solution\n")},
	"wrong/half/seats.txt":    {Data: []byte("4\n")},
}

func with(changes map[string]string) fstest.MapFS {
	out := maps.Clone(ferry)
	for name, text := range changes {
		if text == "" {
			delete(out, name)
			continue
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func spec(t *testing.T, dir fs.FS) item.Spec {
	t.Helper()
	s, findings := bare.Spec(dir)
	if item.Failed(findings) {
		t.Fatal(findings)
	}
	return s
}

func TestConformance(t *testing.T) {
	itemtest.Kind(t, bare, itemtest.Case{Dir: ferry, Name: "Okafor", Secret: []string{"canary-hidden", "canary-solution", "hidden.sh"},
		Form: url.Values{"file/seats.txt": {"Amara Okafor\r\n4\r\n"}, "was/seats.txt": {"x"}, "file/okafor_notes.md": {"mine"}, "message": {"by Okafor"}}})
}

func TestSpecsThatCannotBe(t *testing.T) {
	replace := func(from, to string) string { return strings.ReplaceAll(itemYAML, from, to) }
	for name, c := range map[string]struct {
		dir  fs.FS
		want string
	}{
		"no starter":             {with(map[string]string{"starter/README.md": "", "starter/seats.txt": "", "starter/lib/deck.py": "", "starter/run.sh": "", "starter/tests/a.txt": ""}), "folder starter"},
		"no solution":            {with(map[string]string{"solution/seats.txt": "", "solution/stops.txt": ""}), "folder solution"},
		"a protected solution":   {with(map[string]string{"solution/tests/a.txt": "x"}), "protected"},
		"protects nothing":       {with(map[string]string{"item.yaml": replace("tests/**", "test/**")}), "No file of the starter"},
		"an issue without title": {with(map[string]string{"issues/1-seats.md": "Four are needed."}), "begins with a heading"},
		"no such language":       {with(map[string]string{"item.yaml": replace("python", "klingon")}), "no language"},
		"two of a name":          {with(map[string]string{"item.yaml": replace("Hidden", "Visible")}), "name of its own"},
		"no such format":         {with(map[string]string{"item.yaml": replace("tap", "html")}), "format"},
		"nothing counts":         {with(map[string]string{"item.yaml": strings.Replace(replace("weight: 3", "weight: 0"), "format: tap}", "format: tap, weight: 0}", 1)}), "must count"},
		"no files":               {with(map[string]string{"checks/hidden/hidden.sh": ""}), "nothing in the folder"},
		"undeclared wrong":       {with(map[string]string{"item.yaml": replace("wrong: {half: [Hidden]}", "")}), "wrong/half"},
		"wrong of no check":      {with(map[string]string{"item.yaml": replace("[Hidden]", "[Other]")}), "no check"},
		"no such framework":      {with(map[string]string{"item.yaml": replace("command: [sh, hidden.sh], format: tap", "framework: junit")}), "no framework"},
		"both":                   {with(map[string]string{"item.yaml": replace("command: [sh, hidden.sh]", "command: [sh], framework: unittest")}), "a command or a framework"},
		"for ever":               {with(map[string]string{"item.yaml": replace("weight: 3", "cpu: 1h")}), "1s to 5m"},
	} {
		_, findings := bare.Spec(c.dir)
		if !item.Failed(findings) || !strings.Contains(fmt.Sprint(findings), c.want) {
			t.Errorf("%s: %v; want %q", name, findings, c.want)
		}
	}
}

func TestAHiddenCommandIsWarnedOf(t *testing.T) {
	_, findings := bare.Spec(ferry)
	if len(findings) != 1 || findings[0].Severity != item.Warning || findings[0].Line != 9 || !strings.Contains(findings[0].Text, "framework: unittest or pytest") {
		t.Errorf("a hidden command: %v; want one warning at its line that names what to write", findings)
	}
	if _, findings := bare.Spec(with(map[string]string{"item.yaml": strings.Replace(itemYAML, "hidden: true, ", "", 1)})); len(findings) > 0 {
		t.Errorf("a visible one: %v", findings)
	}
}

func TestProve(t *testing.T) {
	k := repository.New(md, judgetest.New(t), nil, nil, "")
	if out := k.Prove(ctx, spec(t, ferry), nil); len(out) != 0 {
		t.Errorf("a right item: %v", out)
	}
	for name, c := range map[string]struct {
		dir  fs.FS
		want string
	}{
		"a solution that fails":       {with(map[string]string{"solution/seats.txt": "5\n"}), "solution"},
		"a wrong one that passes":     {with(map[string]string{"wrong/half/stops.txt": "x\n"}), "declared is that it does not"},
		"a wrong one that fails more": {with(map[string]string{"wrong/half/seats.txt": "7\n"}), "not declared"},
		"nothing to do":               {with(map[string]string{"starter/seats.txt": "4\n", "starter/stops.txt": "x\n", "wrong/half/seats.txt": "3\n", "item.yaml": strings.Replace(itemYAML, "[Hidden]", "[Hidden, Visible]", 1)}), "before anything was done"},
	} {
		if out := k.Prove(ctx, spec(t, c.dir), nil); len(out) == 0 || !strings.Contains(fmt.Sprint(out), c.want) {
			t.Errorf("%s: %v; want a finding with %q", name, out, c.want)
		}
	}
}

func TestTheMarkIsOfWeights(t *testing.T) {
	for _, c := range []struct {
		passed1, passed2 int
		share            float64
	}{{1, 2, 1}, {1, 1, (1 + 3*.5) / 4}, {0, 0, 0}, {0, 2, .75}} {
		raw, err := json.Marshal(judge.Outcome{Verdict: judge.WA, Suites: []judge.SuiteResult{{Name: "Visible", Passed: c.passed1, Of: 1}, {Name: "Hidden", Passed: c.passed2, Of: 2}}})
		if err != nil {
			t.Fatal(err)
		}
		if m, err := bare.Finish(spec(t, ferry), nil, raw); err != nil || m.Share != c.share || m.Why == "" {
			t.Errorf("%d and %d: %+v, %v; want %v", c.passed1, c.passed2, m, err, c.share)
		}
	}
	if m, err := bare.Finish(spec(t, ferry), nil, []byte(`{"Verdict":"CE","Reason":"too large"}`)); err != nil || m.Share != 0 || m.Why != "too large" {
		t.Errorf("refused: %+v, %v", m, err)
	}
}

// world is a kind with real repositories, whose attempt has just begun.
type world struct {
	*repotest.Node
	k    repository.Kind
	runs *run.Runs
	spec item.Spec
	ref  item.Ref
	tick *dbtest.Clock
	url  string
	body []byte
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, append([]fs.FS{run.Schema}, repotest.Schemas...), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := &world{Node: repotest.NewNode(t, d, t.TempDir()), spec: spec(t, ferry), tick: tick, ref: item.Ref{Org: repotest.Org, Owner: "att_1", Version: "ver_1", Item: "ferry"}, body: []byte("{}")}
		w.runs = &run.Runs{DB: d, Jobs: w.Jobs, Worker: desk{}}
		w.k = repository.New(md, nil, w.runs, w.Repos, w.URL)
		w.runs.Build = func(ctx context.Context, r run.Run) (run.Work, error) { return w.k.Task(ctx, w.spec, r) }
		w.runs.Listen()
		job.Listen(w.Jobs, repo.Pushed, "test.pushed", job.Housekeeping, w.k.Pushed)
		for range 2 { // twice is once
			if err := w.k.Prepare(ctx, w.ref, w.spec); err != nil {
				t.Fatal(err)
			}
		}
		w.Write(t, func(tx db.Tx) error { return w.k.Host(ctx, tx, w.ref, w.spec) })
		command, err := w.k.Clone(ctx, w.ref)
		if err != nil {
			t.Fatal(err)
		}
		var ok bool
		if w.url, ok = strings.CutPrefix(command, "git clone "); !ok {
			t.Fatalf("the command is %q", command)
		}
		fn(t, w)
	})
}

// desk judges nothing: it says what it was given.
type desk struct{}

func (desk) Judge(_ context.Context, t judge.Task, _ func(judge.Result)) (judge.Outcome, error) {
	var names []string
	for _, f := range t.Files {
		names = append(names, f.Name+"="+strings.TrimSpace(string(f.Data)))
	}
	o := judge.Outcome{Verdict: judge.AC, Compile: strings.Join(names, " ")}
	for _, s := range t.Suites {
		o.Suites = append(o.Suites, judge.SuiteResult{Name: s.Name, Hidden: s.Hidden, Verdict: judge.AC, Passed: 1, Of: 1})
		o.Tests = append(o.Tests, judge.Result{ID: s.Name + ": a", Suite: s.Name, Hidden: s.Hidden, Verdict: judge.AC})
	}
	return o, nil
}

// edit posts the page of files.
func (w *world) edit(t *testing.T, form url.Values) {
	t.Helper()
	body, err := w.k.Form(w.spec, w.body, form)
	if err != nil {
		t.Fatal(err)
	}
	w.body = body
}

func (w *world) act(t *testing.T, action string, input url.Values) error {
	t.Helper()
	w.tick.Add(time.Second)
	body, _, err := w.k.Act(ctx, actor.Actor{}, w.ref, w.spec, action, w.body, input, w.DB.Now())
	if err := w.k.Check(w.spec, body); err != nil {
		t.Fatalf("after %s the body is %s: %v", action, body, err)
	}
	w.body = body
	return err
}

// code is a problem's.
func code(err error) string {
	p, ok := problem.As(err)
	if !ok {
		return fmt.Sprint(err)
	}
	return p.Code
}

func (w *world) fetched(t *testing.T) []byte {
	t.Helper()
	body, err := w.k.Fetch(ctx, w.ref, w.spec, w.body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// ask is the page, or a place in it.
func (w *world) ask(t *testing.T, pairs ...string) string {
	t.Helper()
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	v := item.AskView{Ref: w.ref, Body: w.fetched(t), Query: q, Clone: "git clone " + w.url, DoURL: "/do", Text: locale.For("en").T, Alone: true}
	w.Read(t, func(tx db.Tx) (err error) {
		v.Done, err = w.k.Events(ctx, tx, w.ref, w.spec)
		return err
	})
	var b bytes.Buffer
	if err := w.k.Ask(w.spec, v).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (w *world) documents(t *testing.T) map[string]string { return w.k.Documents(w.spec, w.fetched(t)) }

// was is what a page says that a file was made from.
func (w *world) was(t *testing.T, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(w.ask(t, "view", "files", "file", name), `name="was/`+name+`" value="`)
	if !ok {
		t.Fatalf("the page does not open %s", name)
	}
	hash, _, _ := strings.Cut(rest, `"`)
	return hash
}

func TestBrowserAndGitSeeTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if got := w.documents(t); len(got) != 0 {
			t.Errorf("before anything %v differs from the starter", got)
		}
		w.edit(t, url.Values{"file/seats.txt": {"4\r\n"}, "was/seats.txt": {w.was(t, "seats.txt")}, "file/lib/deck.py": {"def deck():\n    return 1\n"}, "was/lib/deck.py": {w.was(t, "lib/deck.py")}})
		if got := w.documents(t); len(got) != 1 || got["seats.txt"] != "4\n" {
			t.Errorf("edited: %v; want the seats", got)
		}
		if err := w.act(t, "commit", nil); code(err) != "repository_message" {
			t.Errorf("a commit without a message: %v", err)
		}
		w.edit(t, url.Values{"message": {"Four seats\r\n\r\nOne was missing."}})
		if err := w.act(t, "commit", nil); err != nil {
			t.Fatal(err)
		}
		if string(w.body) != "{}" {
			t.Errorf("after the commit the browser holds %s", w.body)
		}
		if err := w.act(t, "commit", nil); code(err) != "repository_nothing_edited" {
			t.Errorf("a second commit: %v", err)
		}
		dir := repotest.Clone(t, w.url)
		if got := repotest.Git(t, dir, "show", "HEAD:seats.txt"); got != "4" {
			t.Errorf("git sees %q", got)
		}
		if got := repotest.Git(t, dir, "log", "-1", "--format=%an %ae %s|%b"); got != "Candidate candidate@invalid Four seats|One was missing." {
			t.Errorf("the commit says %q", got)
		}
		repotest.Commit(t, dir, map[string]string{"stops.txt": "Aker\n", "bin.dat": "a\x00b"})
		repotest.Git(t, dir, "push", "--quiet")
		if got := w.documents(t); len(got) != 2 || got["stops.txt"] != "Aker\n" {
			t.Errorf("after the push: %v; want seats and stops", got)
		}
		page := w.ask(t, "view", "history")
		for _, want := range []string{"Four seats", "One was missing.", "stops.txt", "bin.dat"} {
			if !strings.Contains(page, want) {
				t.Errorf("the history lacks %q", want)
			}
		}
		if !strings.Contains(w.ask(t, "view", "search", "q", "aker"), "stops.txt:1") || !strings.Contains(w.ask(t), "git clone "+w.url) {
			t.Error("the search or the clone command is missing")
		}
	})
}

func TestAPushUnderAnEditLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.edit(t, url.Values{"file/seats.txt": {"44\n"}, "was/seats.txt": {w.was(t, "seats.txt")}, "file/notes.md": {"mine\n"}, "message": {"All"}})
		dir := repotest.Clone(t, w.url)
		repotest.Commit(t, dir, map[string]string{"seats.txt": "5\n"})
		repotest.Git(t, dir, "push", "--quiet")
		if got := w.documents(t); got["seats.txt"] != "5\n" || got["notes.md"] != "mine\n" {
			t.Errorf("what counts is %v; want the push, and the edit that stands in no conflict", got)
		}
		if err := w.act(t, "commit", nil); code(err) != "repository_conflict" {
			t.Errorf("a commit over it: %v", err)
		}
		page := w.ask(t, "view", "files")
		if !strings.Contains(page, "A newer commit changed what you edited.") || !strings.Contains(page, "44") {
			t.Error("the page does not tell the conflict with both texts")
		}
		if err := w.act(t, "mine", url.Values{"_path": {"seats.txt"}}); err != nil {
			t.Fatal(err)
		}
		if err := w.act(t, "commit", nil); err != nil {
			t.Fatal(err)
		}
		repotest.Git(t, dir, "pull", "--quiet")
		if got := repotest.Git(t, dir, "show", "HEAD:seats.txt") + repotest.Git(t, dir, "show", "HEAD:notes.md"); got != "44mine" {
			t.Errorf("committed: %q", got)
		}
	})
}

// TestABranchInTheBrowser: what is on a branch does not count and the page says so; merged it does. No edit is lost on the way.
func TestABranchInTheBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		lacks := func() string {
			return strings.Join(w.k.Lacks(w.spec, w.fetched(t), locale.For("en").T), " ")
		}
		w.edit(t, url.Values{"file/seats.txt": {"4\n"}, "was/seats.txt": {w.was(t, "seats.txt")}, "message": {"Four seats"}})
		must(w.act(t, "branch", url.Values{"_branch": {"fix/seats"}})) // a new one begins with what is edited
		must(w.act(t, "commit", nil))
		page := w.ask(t, "view", "files", "file", "seats.txt")
		for _, want := range []string{"On branch fix/seats", "\n4\n", "Merge into main"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of a branch has no %q", want)
			}
		}
		if got := lacks(); !strings.Contains(got, "fix/seats") {
			t.Errorf("before they send: %q; want what does not count by its branch", got)
		}
		w.edit(t, url.Values{"file/stops.txt": {"Quay\n"}, "message": {"Stops"}})
		for _, c := range []struct {
			action, branch, want string
		}{{"merge", "", "repository_uncommitted"}, {"branch", "main", "repository_uncommitted"}, {"branch", "other", "repository_uncommitted"}, {"branch", "a..b", "repository_branch"}} {
			if got := code(w.act(t, c.action, url.Values{"_branch": {c.branch}})); got != c.want {
				t.Errorf("%s %s with an edit: %q; want %s", c.action, c.branch, got, c.want)
			}
		}
		must(w.act(t, "commit", nil))
		must(w.act(t, "branch", url.Values{"_branch": {"main"}}))
		if docs := w.documents(t); len(docs) != 0 {
			t.Errorf("main has %v; want the starter", docs)
		}
		must(w.act(t, "branch", url.Values{"_branch": {"fix/seats"}}))
		must(w.act(t, "merge", nil))
		if docs := w.documents(t); docs["seats.txt"] != "4\n" || docs["stops.txt"] != "Quay\n" {
			t.Errorf("main after the merge has %v", docs)
		}
		if got := lacks(); got != "" {
			t.Errorf("after the merge: %q; want nothing", got)
		}

		// Edits over a branch are no part of what is handed in: over main they would be a state that nobody made. They are kept.
		must(w.act(t, "enter", url.Values{"_branch": {"anna-tries"}, "_q": {""}}))
		w.edit(t, url.Values{"file/stops.txt": {"Pier\n"}, "was/stops.txt": {w.was(t, "stops.txt")}, "message": {"Pier"}})
		must(w.act(t, "commit", nil))
		w.edit(t, url.Values{"file/seats.txt": {"9\n"}, "was/seats.txt": {w.was(t, "seats.txt")}})
		if page := w.ask(t, "view", "changes"); strings.Contains(page, "counts at the end") || !strings.Contains(page, "counts when it is committed and merged") {
			t.Error("the page of a branch says of edits that they count at the end")
		}
		if got := lacks(); !strings.Contains(got, "Your edits on anna-tries are not committed") {
			t.Errorf("before they send with edits on a branch: %q; want that they do not count", got)
		}
		w.hand(t, w.DB.Now())
		if docs := w.documents(t); docs["seats.txt"] != "4\n" || docs["stops.txt"] != "Quay\n" {
			t.Errorf("handed in is %v; want main", docs)
		}
		w.Read(t, func(tx db.Tx) error {
			graded, err := w.runs.Load(ctx, tx, run.ID(w.graded(t, tx)))
			if err == nil && (graded.Outcome == nil || !strings.Contains(graded.Outcome.Compile, "seats.txt=4 stops.txt=Quay")) {
				t.Errorf("graded: %+v; want main", graded.Outcome)
			}
			return err
		})
		clean := w.k.Redact(w.spec, w.fetched(t), []string{"Anna Muster"})
		var read bytes.Buffer
		must(w.k.Read(w.spec, item.ReadView{Ref: w.ref, Body: clean}).Render(ctx, &read))
		if text := string(clean) + read.String(); strings.Contains(text, "anna") || !strings.Contains(text, "Edits that do not count.") {
			t.Errorf("a blind reader reads a branch's name, or nothing of edits that do not count: %s", text)
		}
		if !strings.Contains(string(w.body), "9\\n") {
			t.Errorf("the answer is %s; want the edit kept", w.body)
		}
		w.Write(t, func(tx db.Tx) error { return w.k.Host(ctx, tx, w.ref, w.spec) }) // opened again
		if docs := w.documents(t); docs["seats.txt"] != "9\n" {
			t.Errorf("opened again it shows %v; want the edit", docs)
		}
	})
}

func TestFilesComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, want := range map[string]string{"../x": "repository_name", ".git/config": "repository_name", "tests/b.txt": "repository_protected", "": "repository_name"} {
			if err := w.act(t, "add", url.Values{"_new": {name}}); code(err) != want {
				t.Errorf("adding %q: %v; want %s", name, err, want)
			}
		}
		if err := w.act(t, "remove", url.Values{"_path": {"run.sh"}}); code(err) != "repository_protected" {
			t.Errorf("removing a protected file: %v", err)
		}
		for _, a := range []struct{ action, field, name string }{{"add", "_new", "lib/new.py"}, {"remove", "_path", "lib/deck.py"}, {"add", "_new", "gone.py"}, {"remove", "_path", "gone.py"}} {
			if err := w.act(t, a.action, url.Values{a.field: {a.name}}); err != nil {
				t.Fatal(err)
			}
		}
		w.edit(t, url.Values{"message": {"Moved"}, "file/tests/a.txt": {"changed"}})
		if err := w.act(t, "commit", nil); err != nil {
			t.Fatal(err)
		}
		dir := repotest.Clone(t, w.url)
		if got := repotest.Git(t, dir, "ls-files"); got != "README.md\nlib/new.py\nrun.sh\nseats.txt\ntests/a.txt" {
			t.Errorf("the repository holds %q", got)
		}
		if got := repotest.Git(t, dir, "ls-files", "--stage", "run.sh"); !strings.HasPrefix(got, "100755") {
			t.Errorf("the script lost its mode: %s", got)
		}
		if err := w.act(t, "search", url.Values{"_q": {"x"}}); err != nil {
			t.Error(err)
		}
		if err := w.act(t, "dance", nil); !errors.Is(err, item.ErrAction) {
			t.Errorf("dance: %v; want ErrAction", err)
		}
	})
}

func TestAPushIsChecked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dir := repotest.Clone(t, w.url)
		for i := range 3 {
			repotest.Commit(t, dir, map[string]string{"seats.txt": fmt.Sprintln(i), "tests/a.txt": "mine", "tests/b.txt": "mine"})
			repotest.Git(t, dir, "push", "--quiet")
			w.drain(t)
		}
		w.tick.Add(repository.Settle)
		w.drain(t)
		list := w.tries(t)
		if len(list) != 1 || list[0].State != run.Done {
			t.Fatalf("%d runs of a burst: %+v", len(list), list)
		}
		if got := list[0].Outcome; len(got.Suites) != 1 || got.Compile != "README.md=# Ferry\n\nA small ferry. lib/deck.py=def deck():\n    return 1 seats.txt=2" {
			t.Errorf("what was run: %+v; want the visible check on the last push, without the candidate's protected files", got)
		}
		w.edit(t, url.Values{"file/seats.txt": {"9\n"}, "was/seats.txt": {w.was(t, "seats.txt")}})
		w.Write(t, func(tx db.Tx) error {
			_, err := w.k.Do(ctx, tx, actor.Actor{}, w.ref, w.spec, "run", w.body, nil)
			return err
		})
		w.drain(t)
		if got := w.tries(t)[0].Outcome.Compile; !strings.Contains(got, "seats.txt=9") {
			t.Errorf("what was run: %s; want what stands in the browser", got)
		}
	})
}

func (w *world) drain(t *testing.T) {
	t.Helper()
	if err := w.Jobs.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func (w *world) tries(t *testing.T) (list []run.Run) {
	t.Helper()
	w.Read(t, func(tx db.Tx) (err error) {
		list, _, err = w.runs.Of(ctx, tx, w.ref.Owner, w.ref.Item, 20)
		return err
	})
	return list
}

// hand ends the part now.
func (w *world) hand(t *testing.T, until time.Time) (graded run.ID) {
	t.Helper()
	w.Write(t, func(tx db.Tx) error {
		if err := w.k.Hand(ctx, tx, w.ref, until); err != nil {
			return err
		}
		return w.k.Start(ctx, tx, w.ref, w.spec, w.body)
	})
	w.drain(t)
	return
}

func TestWhatCountsIsMainAtTheEndWithWhatTheBrowserHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dir := repotest.Clone(t, w.url)
		repotest.Commit(t, dir, map[string]string{"stops.txt": "Aker\n"})
		repotest.Git(t, dir, "push", "--quiet")
		w.edit(t, url.Values{"file/seats.txt": {"4\n"}, "was/seats.txt": {w.was(t, "seats.txt")}})
		w.tick.Add(time.Minute)
		end := w.DB.Now()
		w.tick.Add(time.Second)
		repotest.Commit(t, dir, map[string]string{"stops.txt": "late\n"})
		repotest.Git(t, dir, "push", "--quiet") // after the end, before anybody wrote that it is over
		w.hand(t, end)
		repotest.Commit(t, dir, map[string]string{"stops.txt": "later\n"})
		repotest.Git(t, dir, "push", "--quiet")
		if got := w.documents(t); got["stops.txt"] != "Aker\n" || got["seats.txt"] != "4\n" {
			t.Errorf("what counts is %v; want Aker and four seats", got)
		}
		var graded run.Run
		w.Read(t, func(tx db.Tx) (err error) {
			graded, err = w.runs.Load(ctx, tx, run.ID(w.graded(t, tx)))
			return err
		})
		if graded.Outcome == nil || len(graded.Outcome.Suites) != 2 || !strings.Contains(graded.Outcome.Compile, "seats.txt=4 stops.txt=Aker") {
			t.Errorf("graded: %+v; want all checks on what counts", graded.Outcome)
		}
		if !strings.Contains(w.ask(t, "view", "history"), "came after the end") {
			t.Error("the page does not say that something came late")
		}
	})
}

// graded is the id of the newest graded run.
func (w *world) graded(t *testing.T, tx db.Tx) string {
	t.Helper()
	var id string
	if err := tx.QueryRowContext(ctx, "SELECT id FROM runs WHERE org_id = $1 AND purpose = 'graded' ORDER BY id DESC", repotest.Org).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestALateCommitCountsWhereItIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dir := repotest.Clone(t, w.url)
		repotest.Commit(t, dir, map[string]string{"stops.txt": "Aker\n"})
		repotest.Git(t, dir, "push", "--quiet")
		w.tick.Add(time.Minute)
		w.hand(t, w.DB.Now())
		w.tick.Add(time.Minute)
		var notes []repo.PushedNote
		job.Listen(w.Jobs, repo.Pushed, "test.late", job.Housekeeping, func(_ context.Context, n repo.PushedNote) error {
			notes = append(notes, n)
			return nil
		})
		commit := repotest.Commit(t, dir, map[string]string{"stops.txt": "late\n"})
		repotest.Git(t, dir, "push", "--quiet")
		w.drain(t)
		if len(notes) != 1 || !notes[0].Main || notes[0].Standing != repo.Late || string(notes[0].Commit) != repotest.Git(t, dir, "rev-parse", "HEAD") || notes[0].Submission != 0 {
			t.Fatalf("after the late push of %s it is announced: %+v", commit, notes)
		}
		if got := w.documents(t)["stops.txt"]; got != "Aker\n" {
			t.Errorf("what counts is %q", got)
		}
		w.Read(t, func(tx db.Tx) (err error) {
			w.body, err = w.k.Late(ctx, tx, w.ref, w.body, string(notes[0].Commit))
			return err
		})
		if got := w.documents(t)["stops.txt"]; got != "late\n" {
			t.Errorf("accepted, what counts is %q", got)
		}
		if err := w.k.Check(w.spec, w.body); !errors.Is(err, item.ErrBody) {
			t.Errorf("a candidate's page sends a late commit: %v; want ErrBody", err)
		}
		w.hand(t, w.DB.Now()) // marked anew
		var graded run.Run
		w.Read(t, func(tx db.Tx) (err error) {
			graded, err = w.runs.Load(ctx, tx, run.ID(w.graded(t, tx)))
			return err
		})
		if graded.Outcome == nil || !strings.Contains(graded.Outcome.Compile, "stops.txt=late") {
			t.Errorf("marked anew: %+v", graded.Outcome)
		}
		w.Write(t, func(tx db.Tx) error { return w.k.Host(ctx, tx, w.ref, w.spec) }) // opened again, and ended
		w.hand(t, w.DB.Now())
		if got := w.documents(t)["stops.txt"]; got != "Aker\n" {
			t.Errorf("after another submission counts %q; want what that is of", got)
		}
	})
}

func TestReadersMeetNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dir := repotest.Clone(t, w.url)
		repotest.Commit(t, dir, map[string]string{"seats.txt": "4\n", "muster_notes.md": "Anna Muster wrote this in /Users/anna.m/ferry and C:\\Users\\amuster\\x\n",
			"lib/deck.py": "# anna@mail.example\ndef deck():\n    return 2\n"})
		repotest.Git(t, dir, "commit", "--quiet", "--amend", "-m", "Four seats\n\nAnna says so.\n\nSigned-off-by: Anna Muster <anna@mail.example>\nCo-authored-by: A. M. <private@home.example>")
		repotest.Git(t, dir, "push", "--quiet")
		w.edit(t, url.Values{"file/more.md": {"by Anna Muster\n"}})
		w.hand(t, w.DB.Now())
		names := []string{"Anna Muster", "anna@mail.example"}
		clean := w.k.Redact(w.spec, w.fetched(t), names)
		var page bytes.Buffer
		if err := w.k.Read(w.spec, item.ReadView{Ref: item.Ref{Org: repotest.Org, Item: "ferry"}, Body: clean}).Render(ctx, &page); err != nil {
			t.Fatal(err)
		}
		text := string(clean) + page.String() + fmt.Sprint(w.k.Documents(w.spec, clean))
		for _, word := range []string{"Anna", "anna", "Muster", "muster", "mail.example", "home.example", "amuster", "att_1", repotest.Git(t, dir, "rev-parse", "HEAD"), fmt.Sprint(w.DB.Now().Year()), "Signed-off"} {
			if strings.Contains(text, word) {
				at := strings.Index(text, word)
				t.Errorf("a reader meets %q: ...%s...", word, text[max(0, at-60):min(len(text), at+60)])
			}
		}
		for _, want := range []string{"Four seats", "deck.py", "[name]"} {
			if !strings.Contains(page.String(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if got := repotest.Git(t, repotest.Clone(t, w.url), "log", "-1", "--format=%an %ae"); got != "Anna Muster anna@mail.example" {
			t.Errorf("the original says %q; want it untouched", got)
		}
	})
}

func TestLabelsNameLines(t *testing.T) {
	body := []byte(`{"edits":{"seats.txt":{"text":"4\n5\n","was":"` + seatsHash + `"}}}`)
	for anchor, want := range map[string]string{"seats.txt": "seats.txt", "seats.txt:2": "seats.txt line 2", "seats.txt:9": "", "README.md": "", "seats.txt:x": "", item.TestPlace("go/TestSeats"): "Test go/TestSeats"} {
		if got, ok := bare.Label(spec(t, ferry), body, anchor); got != want || ok != (want != "") {
			t.Errorf("Label(%s) = %q, %t; want %q", anchor, got, ok, want)
		}
	}
}

// seatsHash is git's name of "3\n": printf '3\n' | git hash-object --stdin.
const seatsHash = "00750edc07d6415dcc07ae0351e9397b0222b7ba"
