package repository

import (
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/web/ui/editor"
	"candor/internal/web/ui/tabs"
)

// maxOpen is how many edited files have a tab in the editor; the others are one press away, in the tree.
const maxOpen = 8

// maxHits is how many lines a search shows.
const maxHits = 200

// askView is the repository as its candidate works in it. Everything is one page whose query says what is looked at.
type askView struct {
	item.AskView
	k         Kind
	q         *spec
	a         answer
	view      string
	file      string
	now       map[string]present
	conflicts []string
}

// views of the page, the first where nothing is asked for.
var views = []string{"start", "issues", "files", "changes", "history", "checks", "search"}

func askOf(k Kind, q *spec, v item.AskView) askView {
	a := read(v.Body)
	out := askView{AskView: v, k: k, q: q, a: a, view: v.Query.Get("view"), file: v.Query.Get("file"), now: q.current(a), conflicts: q.conflicts(a)}
	if !slices.Contains(views, out.view) {
		out.view = views[0]
	}
	for _, name := range out.conflicts { // in the editor stands what the candidate wrote
		if e := a.Edits[name]; !e.Gone {
			f := q.committed(a)[name]
			out.now[name] = e.over(f)
		}
	}
	if _, ok := out.now[out.file]; !ok {
		out.file = ""
	}
	if out.view == "files" && out.file == "" {
		out.file = out.firstFile()
	}
	return out
}

func (v askView) t(key string, pairs ...any) string { return v.Text("repository."+key, pairs...) }

// works says whether anything can be changed.
func (v askView) works() bool { return v.DoURL != "" && !v.ReadOnly }

// names are the files by folder: those of the top first.
func (v askView) names() []string {
	out := make([]string, 0, len(v.now))
	for name := range v.now {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int {
		if c := strings.Compare(folderOf(a), folderOf(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return out
}

func folderOf(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

// folder is a stretch of the tree.
type folder struct {
	Name  string
	Files []string
}

func (v askView) folders() (out []folder) {
	for _, name := range v.names() {
		if dir := folderOf(name); len(out) == 0 || out[len(out)-1].Name != dir {
			out = append(out, folder{Name: dir})
		}
		out[len(out)-1].Files = append(out[len(out)-1].Files, name)
	}
	return out
}

// firstFile is one to begin with: an edited one, or one with code in it.
func (v askView) firstFile() string {
	names := v.names()
	for _, want := range []func(string) bool{
		func(n string) bool { return v.now[n].edited },
		func(n string) bool { return !v.q.protects(n) && mode(n) != "" && mode(n) != "markdown" },
		func(n string) bool { return true },
	} {
		if i := slices.IndexFunc(names, want); i >= 0 {
			return names[i]
		}
	}
	return ""
}

// link is a place of this page.
func (v askView) link(view string, more ...string) string {
	q := url.Values{"view": {view}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return v.Here + "?" + q.Encode()
}

// do is where an action is posted; what was looked at is shown again where it cannot be done.
func (v askView) do(action string) string {
	q := url.Values{"view": {v.view}}
	if v.file != "" {
		q.Set("file", v.file)
	}
	return v.DoURL + "/" + action + "?" + q.Encode()
}

// tabs are the places, with what a glance should tell.
func (v askView) tabs() (out []tabs.Tab) {
	count := map[string]int{"issues": len(v.q.issues), "changes": len(v.q.changed(v.a))}
	if v.a.Held != nil {
		count["history"] = len(v.a.Held.Commits)
	}
	for _, name := range views[:len(views)-1] {
		if name == "issues" && len(v.q.issues) == 0 {
			continue
		}
		t := tabs.Tab{Text: v.t("tab_" + name), Href: v.link(name), On: name == v.view}
		if n := count[name]; n > 0 {
			t.Count = strconv.Itoa(n)
		}
		if name == "checks" && len(v.Done) > 0 {
			if passed, of := shownOf(v.Done[0]).passed(); of > 0 {
				t.Count = strconv.Itoa(passed) + "/" + strconv.Itoa(of)
			}
		}
		out = append(out, t)
	}
	return out
}

// readme is the file that a repository begins with.
func (v askView) readme() string { return v.now["README.md"].text }

func (v askView) issue() (issue, bool) {
	i := slices.IndexFunc(v.q.issues, func(x issue) bool { return x.Key == v.Query.Get("issue") })
	if i < 0 {
		return issue{}, false
	}
	return v.q.issues[i], true
}

// editable says whether a file can be changed in the browser: text of ours to give, with line ends that a form keeps.
func (v askView) editable(name string) bool {
	f := v.now[name]
	return !f.binary && !v.q.protects(name) && nameable(name) && !strings.Contains(f.text, "\r")
}

// editor has the file that is looked at and those that were edited.
func (v askView) editor() editor.View {
	open := []string{v.file}
	for _, name := range v.names() {
		if f := v.now[name]; f.edited && name != v.file && len(open) < maxOpen {
			open = append(open, name)
		}
	}
	out := editor.View{ID: "repo-" + v.Ref.Item, ReadOnly: !v.works(), ResultsID: v.resultsID(), NotYet: [2]string{v.t("not_yet"), v.t("every_push")}}
	if v.works() {
		out.Run, out.RunText = v.do("run"), v.t("run")
	}
	if len(v.Done) > 0 {
		out.Results = results(v, v.Done[0])
	}
	set := editor.Set{Language: "files", Mode: mode(v.file)}
	for _, name := range open {
		f := v.now[name]
		e := editor.File{Name: fieldFile + name, Path: name, Text: f.text, Mode: mode(name)}
		switch {
		case f.binary:
			e.Text, e.ReadOnly = v.t("binary"), true
		case !v.editable(name):
			e.ReadOnly = true
		}
		if e.ReadOnly {
			e.Name = "shown/" + name // it is no answer
		}
		set.Files = append(set.Files, e)
	}
	out.Sets = []editor.Set{set}
	return out
}

// was is git's name of what an open file was made from.
func (v askView) was(name string) string {
	if e, ok := v.a.Edits[name]; ok {
		return e.Was
	}
	return v.now[name].hash
}

func (v askView) resultsID() string {
	if v.Alone {
		return "ws-tests"
	}
	return "results-" + v.Ref.Item
}

// edited are the files that the browser holds.
func (v askView) edited() (out []string) {
	for name := range v.a.Edits {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// edits are what the next commit changes, against what is committed.
func (v askView) edits() (out []changed) {
	all := v.q.committed(v.a)
	for _, name := range v.edited() {
		e := v.a.Edits[name]
		f, there := all[name]
		if !e.fits(f, there) {
			continue // it stands above, with what is to be decided
		}
		out = append(out, changed{Path: name, Old: f.text, New: e.Text, Added: !there, Gone: e.Gone, Binary: f.binary || e.Data != nil})
	}
	return out
}

// left are the protected files that an uploaded zip would have changed, as the address says.
func (v askView) left() (out []string) {
	for _, name := range v.Query["left"] {
		if v.q.protects(name) && len(out) < maxLeft {
			out = append(out, name)
		}
	}
	return out
}

// hit is a line that a search found.
type hit struct {
	Path string
	Line int
	Text string
}

// hits are the lines of all texts that hold the words, whatever their case.
func (v askView) hits() (out []hit) {
	words := strings.ToLower(strings.TrimSpace(v.Query.Get("q")))
	if words == "" {
		return nil
	}
	for _, name := range v.names() {
		n := 0
		for l := range strings.Lines(v.now[name].text) {
			n++
			if strings.Contains(strings.ToLower(l), words) {
				if out = append(out, hit{name, n, strings.TrimSpace(l)}); len(out) == maxHits {
					return out
				}
			}
		}
	}
	return out
}

func shownOf(e item.Event) shown {
	var s shown
	json.Unmarshal(e.Result, &s)
	return s
}

// say is the sentence of a run, and the words beside it.
func (v askView) say(e item.Event) (string, string) {
	s := shownOf(e)
	note := v.t("run_n", "n", s.N)
	passed, of := s.passed()
	switch {
	case e.State == "queued" && s.Due > 0:
		return v.t("hour", "minutes", int(time.Duration(Budget).Minutes()), "time", time.UnixMilli(s.Due).UTC().Format("15:04")+" UTC"), note
	case e.State == "queued" && s.Ahead > 0:
		return v.Text("code.waiting_n", "n", s.Ahead), note
	case e.State == "queued":
		return v.Text("code.waiting"), note
	case e.State == "running":
		return v.Text("code.running"), note
	case e.State == "failed":
		return v.Text("code.failed"), note
	case of == 0:
		return v.Text("code.ended"), note
	case passed == of:
		return v.Text("code.all", "n", of), note
	}
	return v.Text("code.some", "passed", passed, "n", of), note
}

// word is a verdict as people read it.
func word(verdict judge.Verdict) string {
	words := map[judge.Verdict]string{judge.AC: "Pass", judge.WA: "Fails", judge.CE: "Does not compile", judge.TLE: "Too slow", judge.MLE: "Too much memory", judge.OLE: "Too much output", judge.RTE: "Stopped"}
	if w, ok := words[verdict]; ok {
		return w
	}
	return "Not run"
}
