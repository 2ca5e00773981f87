// Package repository is the item kind for work in a whole repository: a take-home, a fix, a feature. The starter becomes the candidate's own
// repository, in which they work with git or in the browser; both see the same. Checks run on every push; hidden ones on what was handed in, on a
// fresh tree with the author's protected files in the place of the candidate's.
//
// What counts is the main branch as it stood at the end, and over it what the browser held that was not committed: nobody loses work because a
// commit was forgotten. An edit whose file was changed by a newer commit is kept, shown, and does not count until the candidate decides.
// Readers get texts and the order of commits, never who made one, when, or with which name.
package repository

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/report"
	"candor/internal/markdown"
	"candor/internal/repo"
	"candor/internal/run"

	"github.com/a-h/templ"
)

// Judge is what the kind needs of the judge.
type Judge interface {
	Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error)
}

// Kind is the kind.
type Kind struct {
	MD    *markdown.Markdown
	Judge Judge
	Runs  *run.Runs   // nil in commands that need no server
	Repos *repo.Repos // likewise
	Site  string      // public address, for clone commands
	read  *cache
}

// New makes the kind. Runs, repos and site are zero in commands that need no server.
func New(md *markdown.Markdown, judge Judge, runs *run.Runs, repos *repo.Repos, site string) Kind {
	return Kind{MD: md, Judge: judge, Runs: runs, Repos: repos, Site: site, read: &cache{}}
}

// Settle is how long a push waits for the next one before its checks run. Budget is the CPU time of an attempt's checks in an hour.
const (
	Settle = 2 * time.Second
	Budget = 15 * time.Minute
)

type spec struct {
	item.Common `yaml:",inline"`
	Language    string              `yaml:"language" schema:"required" doc:"Whose toolchain the checks need: go, python, javascript and so on."`
	Protected   []string            `yaml:"protected" doc:"Files that candidates cannot change, such as go.mod or tests/**. Checks run with yours."`
	Checks      []check             `yaml:"checks" schema:"required,min=1,max=20"`
	Wrong       map[string][]string `yaml:"wrong" doc:"Of each folder in wrong/ the checks that must not pass with it."`

	starter  tree
	solution tree            // over the starter
	wrong    map[string]tree // over the starter
	issues   []issue
}

// check is one of item.yaml's.
type check struct {
	Name      string   `yaml:"name" schema:"required,min=1,max=80"`
	Hidden    bool     `yaml:"hidden" doc:"Runs on what was handed in. Candidates see its name and how much of it passes, not its tests."`
	Weight    *float64 `yaml:"weight" schema:"min=0,max=100" doc:"In the mark; 1 where it is left out. 0 does not count."`
	Language  string   `yaml:"language" doc:"Where it is another one."`
	Command   []string `yaml:"command" doc:"Program and arguments, without a shell. {report} is the file to write the report to. The candidate's code runs beside it and could write the report: lint warns where the check is hidden."`
	Format    string   `yaml:"format" schema:"enum=go|junit|tap|pytest|exercism" doc:"Of the report. Without it the exit code decides."`
	Report    string   `yaml:"report" doc:"File that holds the report; standard output where it is left out."`
	Framework string   `yaml:"framework" doc:"In place of a command: the judge runs these tests itself, so that no program can fake their report. go test, pytest, unittest, node:test."`
	Files     string   `yaml:"files" doc:"Folder laid over the repository for this check: its tests."`
	CPU       string   `yaml:"cpu" doc:"CPU time of the whole check, 60s where it is left out."`
	Memory    int      `yaml:"memory" schema:"min=64,max=4096" doc:"MiB, 1024 where it is left out."`

	files  tree
	limits judge.Limits
}

func (c check) weight() float64 {
	if c.Weight == nil {
		return 1
	}
	return *c.Weight
}

// tree is files by their paths.
type tree map[string]string

func (t tree) names() []string { return slices.Sorted(maps.Keys(t)) }

// over is t with another one laid over it.
func (t tree) over(other tree) tree {
	out := maps.Clone(t)
	if out == nil {
		out = tree{}
	}
	maps.Copy(out, other)
	return out
}

// issue is a task of the repository, as a colleague would have written it down.
type issue struct {
	Key   string // "1-late-returns": its file
	Title string
	Text  string // Markdown, without the title
}

// protects says whether a path is the author's alone. A pattern is a path, a folder with /** behind it, or one of path.Match.
func (s *spec) protects(name string) bool {
	return slices.ContainsFunc(s.Protected, func(p string) bool {
		if dir, all := strings.CutSuffix(p, "/**"); all {
			return strings.HasPrefix(name, dir+"/")
		}
		ok, _ := path.Match(p, name)
		return ok
	})
}

// Name is the word.
func (Kind) Name() string { return "repository" }

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	summary := "a repository of " + strconv.Itoa(len(q.starter)) + " files; work with git or in the browser"
	if n := len(q.issues); n > 1 {
		summary = strconv.Itoa(n) + " issues in " + summary
	}
	h := q.Common.Head(strings.ToUpper(summary[:1]) + summary[1:])
	if h.Device == "" {
		h.Device = "computer"
	}
	return h
}

// Documents are the texts to compare for similarity: the files that differ from the starter.
func (Kind) Documents(s item.Spec, body []byte) map[string]string {
	q := s.(*spec)
	a := read(body)
	out := map[string]string{}
	for _, f := range q.changed(a) {
		if !f.Gone && !f.Binary {
			out[f.Path] = f.New
		}
	}
	return out
}

// Sources are the starter and the solution.
func (Kind) Sources(s item.Spec) []item.Source {
	q := s.(*spec)
	out := []item.Source{{Name: "starter", Role: item.Starter, Files: q.starter}}
	if len(q.solution) > 0 {
		out = append(out, item.Source{Name: "solution", Role: item.Solution, Files: q.solution})
	}
	return out
}

// Label names a line or a file of what was changed: "store/store.go:12".
func (Kind) Label(s item.Spec, body []byte, anchor string) (string, bool) {
	if text, ok := item.TestLabel(anchor); ok {
		return text, true
	}
	q := s.(*spec)
	name, line, lined := strings.Cut(anchor, ":")
	for _, f := range q.changed(read(body)) {
		if f.Path != name {
			continue
		}
		n, err := strconv.Atoi(line)
		switch {
		case !lined:
			return name, true
		case err != nil || n < 1 || n > strings.Count(f.New, "\n")+1:
			return "", false
		}
		return name + " line " + line, true
	}
	return "", false
}

// Author is the whole item with its hidden checks and the solution.
func (k Kind) Author(s item.Spec) templ.Component { return author(k, s.(*spec)) }

// Ask is the repository in the browser.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	return ask(askOf(k, s.(*spec), v))
}

// Read is what was changed, the commits in their order, and what the checks said.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	return read_(readView{v, s.(*spec), read(v.Body)})
}

// Spec reads the item's folder.
func (Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) { return readSpec(dir) }

// Schema is item.yaml's.
func (Kind) Schema() *item.Schema { return item.SchemaOf(spec{}) }

// formats are the words of the field format.
func formats() (out []string) {
	for _, f := range report.Formats() {
		out = append(out, string(f))
	}
	return out
}

var _ interface {
	item.Kind
	item.LateMarker
	item.Doer
	item.Carrier
	item.Tasker
	item.Prover
	item.Anchorer
	item.Quoter
	item.Fingerprinter
	item.Lacker
} = Kind{}
