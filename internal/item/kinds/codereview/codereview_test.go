package codereview_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/codereview"
	"candor/internal/markdown"
	"candor/internal/problem"
	"candor/internal/web/locale"
	"candor/internal/web/ui/codeblock"
)

var kind = codereview.Kind{MD: markdown.New(2), Cache: &codeblock.Cache{}}

const (
	head = "kind: codereview\ntitle: Dispatch to the nearest robot\nminutes: 30\nauthor: Ines Duarte\nrequest: \"#482\"\nstatement: |\n  Jobs went to whichever robot was next.\n\n  Now they go to the closest one.\n"

	before = "package dispatch\n\nfunc (s *Service) Dispatch(job Job) error {\n\trobot, err := s.pool.Next()\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn s.send(robot, job)\n}\n\n// Close ends it.\nfunc (s *Service) Close() {\n\ts.once.Do(s.stop)\n\ts.wait()\n\ts.log.Print(\"closed\")\n\ts.done = true\n\ts.free()\n\ts.count = 0\n}\n"
	after  = "package dispatch\n\nfunc (s *Service) Dispatch(job Job) error {\n\trobot, err := s.pool.Nearest(job.Site)\n\tif err != nil {\n\t\tlog.Printf(\"dispatch: %v\", err)\n\t\treturn nil\n\t}\n\treturn s.send(robot, job)\n}\n\n// Close ends it.\nfunc (s *Service) Close() {\n\ts.once.Do(s.stop)\n\ts.wait()\n\ts.log.Print(\"closed\")\n\ts.done = true\n\ts.free()\n\ts.count = 0\n}\n"

	seeded = `# What is wrong.
defects:
  # the worst of it
  - id: lost-error
    file: dispatch/service.go
    lines: 6-7
    severity: must
    class: errors
    title: The failure becomes a success
    why: The caller is told that the job was sent.
  - {id: flat-earth, file: geo/distance.go, lines: 4, severity: should, class: logic, title: Distance on a flat earth, why: Degrees are not metres.}
decoys:
  - id: nil-map
    file: geo/distance.go
    lines: "6"
    title: Reading a nil map
    why: Reading one gives zero.
`
)

func folder() fstest.MapFS {
	return fstest.MapFS{
		"item.yaml":                  {Data: []byte(head)},
		"base/dispatch/service.go":   {Data: []byte(before)},
		"base/README.md":             {Data: []byte("# Robots\n\nThey ride.\n")},
		"change/dispatch/service.go": {Data: []byte(after)},
		"change/geo/distance.go":     {Data: []byte("package geo\n\nfunc Distance(a, b Point) float64 {\n\treturn abs(a.X-b.X) + abs(a.Y-b.Y)\n}\nvar seen map[string]int\n")},
		"defects.yaml":               {Data: []byte(seeded)},
	}
}

func with(over map[string]string) fstest.MapFS {
	out := maps.Clone(folder())
	for name, text := range over {
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
	s, found := kind.Spec(dir)
	if item.Failed(found) {
		t.Fatalf("Spec: %v", found)
	}
	return s
}

// body is a review with comments "FILE SIDE LINE TONE".
func body(comments ...string) []byte {
	var list []string
	for i, c := range comments {
		f := strings.Fields(c)
		list = append(list, fmt.Sprintf(`{"id":"c%d","file":%q,"side":%q,"line":%s,"tone":%q,"text":"Look at this."}`, i+1, f[0], strings.Trim(f[1], "-"), f[2], f[3]))
	}
	return []byte(`{"verdict":"changes","summary":"","comments":[` + strings.Join(list, ",") + `]}`)
}

func ask(t *testing.T, s item.Spec, body []byte, query string) string {
	t.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	v := item.AskView{Ref: item.Ref{Item: "pr"}, Body: body, Query: q, Here: "/c/x", Look: "/c/x/look", Alone: true, Text: locale.For("en").T}
	if err := kind.Ask(s, v).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestConformance(t *testing.T) {
	itemtest.Kind(t, kind, itemtest.Case{Dir: folder(), Name: "Kemi Adeola",
		Form:   url.Values{"summary": {"Not like this. Kemi Adeola"}, "verdict": {"changes"}, "draft-at": {"0L7"}, "draft-text": {"This loses the error. Kemi Adeola"}, "draft-tone": {"must"}, "do": {"add"}},
		Secret: []string{"The failure becomes a success", "told that the job was sent", "lost-error", "Distance on a flat earth", "Reading one gives zero", "nil-map"}})
}

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name string
		over map[string]string
		want string // in a finding; "" means none
	}{
		{"as it is", nil, ""},
		{"nobody asks", map[string]string{"item.yaml": strings.Replace(head, "author: Ines Duarte\n", "", 1)}, "who asks"},
		{"no change", map[string]string{"change/dispatch/service.go": "", "change/geo/distance.go": ""}, "no change"},
		{"two changes", map[string]string{"change.patch": "x"}, "Keep one"},
		{"nothing changes", map[string]string{"change/geo/distance.go": "", "change/dispatch/service.go": before}, "changes nothing"},
		{"no defect", map[string]string{"defects.yaml": "defects: []\n"}, "at least one defect"},
		{"no file of defects", map[string]string{"defects.yaml": ""}, "missing"},
		{"twice", map[string]string{"defects.yaml": strings.Replace(seeded, "id: nil-map", "id: lost-error", 1)}, "stands twice"},
		{"lines that did not change", map[string]string{"defects.yaml": strings.Replace(seeded, "lines: 6-7", "lines: 15", 1)}, "Nothing changed in these lines"},
		{"lines that are not there", map[string]string{"defects.yaml": strings.Replace(seeded, "lines: 6-7", "lines: 6-700", 1)}, "this points to line 700"},
		{"lines backwards", map[string]string{"defects.yaml": strings.Replace(seeded, "lines: 6-7", "lines: 7-6", 1)}, "21-24"},
		{"removed lines", map[string]string{"defects.yaml": strings.Replace(seeded, "lines: 6-7", "side: old\n    lines: 4", 1)}, ""},
		{"a file that stays", map[string]string{"defects.yaml": strings.Replace(seeded, "file: dispatch/service.go", "file: README.md", 1)}, "does not touch"},
		{"no such severity", map[string]string{"defects.yaml": strings.Replace(seeded, "severity: must", "severity: grave", 1)}, "severity is must"},
		{"no such class", map[string]string{"defects.yaml": strings.Replace(seeded, "class: errors", "class: bug", 1)}, "class is logic"},
		{"unknown field", map[string]string{"defects.yaml": strings.Replace(seeded, "class: errors", "klass: errors", 1)}, "unknown field"},
		{"removed and not there", map[string]string{"item.yaml": head + "removed: [nowhere.go]\n"}, "no file base/nowhere.go"},
		{"a bad pattern", map[string]string{"item.yaml": head + "generated: [\"[\"]\n"}, "no pattern"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := kind.Spec(with(c.over))
			said := fmt.Sprint(found)
			if item.Failed(found) != (c.want != "") || !strings.Contains(said, c.want) {
				t.Errorf("findings = %s; want %q", said, c.want)
			}
		})
	}
}

func TestMark(t *testing.T) {
	s := spec(t, folder())
	for _, c := range []struct {
		name    string
		body    []byte
		rulings map[string]string
		want    float64
		open    bool // provisional
		why     string
	}{
		{"nothing", body(), nil, 0, false, "Found 0 of 2"},
		{"the worst", body("dispatch/service.go - 7 must"), nil, 6. / 9, true, "Found 1 of 2"},
		{"two lines away", body("dispatch/service.go - 9 must"), nil, 6. / 9, true, "Found 1 of 2"},
		{"three lines away", body("dispatch/service.go - 10 must"), nil, 0, true, "Found 0 of 2"},
		{"on the other side", body("dispatch/service.go old 6 must"), nil, 0, true, "Found 0 of 2"},
		{"praise claims nothing", body("dispatch/service.go - 7 praise"), nil, 0, false, "Found 0 of 2"},
		{"both", body("dispatch/service.go - 6 question", "geo/distance.go - 4 idea"), nil, 1, true, "Found 2 of 2"},
		{"confirmed", body("dispatch/service.go - 6 must"), map[string]string{"c1": "lost-error"}, 6. / 9, false, "Found 1 of 2"},
		{"not what it is about", body("dispatch/service.go - 6 must"), map[string]string{"c1": "=false"}, 0, false, "1 false alarm"},
		{"another defect", body("dispatch/service.go - 1 must"), map[string]string{"c1": "flat-earth"}, 3. / 9, false, "Found 1 of 2"},
		{"a false alarm costs half of its share", body("dispatch/service.go - 6 must", "dispatch/service.go - 1 must"), map[string]string{"c1": "lost-error", "c2": "=false"}, 6. / 9 * .75, false, "1 false alarm"},
		{"a valid one costs nothing", body("dispatch/service.go - 6 must", "dispatch/service.go - 1 must"), map[string]string{"c1": "lost-error", "c2": "=valid"}, 6. / 9, false, "1 that nobody seeded"},
		{"a defect that is gone", body("dispatch/service.go - 6 must"), map[string]string{"c1": "gone"}, 0, false, "Found 0 of 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := kind.Confirmed(s, c.body, c.rulings)
			if err != nil || got.Share < c.want-1e-9 || got.Share > c.want+1e-9 || got.Provisional != c.open || !strings.Contains(got.Why, c.why) {
				t.Errorf("Confirmed = %+v, %v; want %.4f, provisional %v, %q", got, err, c.want, c.open, c.why)
			}
		})
	}
}

// TestADecoy: a comment at a decoy is a false alarm, a question there is none.
func TestADecoy(t *testing.T) {
	s := spec(t, with(map[string]string{"defects.yaml": strings.Replace(seeded, "lines: 4,", "lines: 3,", 1)}))
	for tone, want := range map[string]string{"must": "1 false alarm", "question": "of 2 defects."} {
		if got, _ := kind.Mark(s, body("geo/distance.go - 6 "+tone)); !strings.Contains(got.Why, want) {
			t.Errorf("%s at a decoy: %q; want %q", tone, got.Why, want)
		}
	}
}

// TestTakenUp: what a candidate found and a person confirmed is found by everybody who was confirmed there, once it is seeded.
func TestTakenUp(t *testing.T) {
	old := spec(t, folder())
	added, err := kind.Mended(folder(), old, url.Values{"file": {"dispatch/service.go"}, "side": {"old"}, "lines": {"4"}, "what": {"defect"}, "severity": {"must"}, "class": {"api"},
		"title": {"Next is still called"}, "why": {"In another place.\nTwice: here and there."}, "points": {"9"}, "taken_up": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(added["defects.yaml"]); !strings.HasPrefix(got, seeded[:strings.Index(seeded, "decoys:")]) || !strings.HasSuffix(got, seeded[strings.Index(seeded, "decoys:"):]) {
		t.Errorf("defects.yaml is\n%s\nwant what was there, with one entry more before the decoys", got)
	}
	fresh := spec(t, with(map[string]string{"defects.yaml": string(added["defects.yaml"])}))
	if !kind.Comparable(old, fresh) {
		t.Error("with one defect more it is another task")
	}
	if kind.Comparable(old, spec(t, with(map[string]string{"change/dispatch/service.go": after + "// more\n"}))) {
		t.Error("with another change it is the same task")
	}
	review := body("dispatch/service.go old 4 must")
	for _, c := range []struct {
		by      item.Spec
		rulings map[string]string
		want    string
	}{
		{old, map[string]string{"c1": "=valid"}, "Found 0 of 2 defects and 1 that nobody seeded."},
		{fresh, map[string]string{"c1": "=valid"}, "Found 1 of 3 defects."},
		{fresh, map[string]string{"c1": "=false"}, "Found 0 of 3 defects, 1 false alarm."},
		{fresh, nil, "Found 1 of 3 defects."},
	} {
		if got, _ := kind.Confirmed(c.by, review, c.rulings); got.Why != c.want {
			t.Errorf("Confirmed(%v) = %q; want %q", c.rulings, got.Why, c.want)
		}
	}
}

func TestMendedRefuses(t *testing.T) {
	s := spec(t, folder())
	good := url.Values{"file": {"dispatch/service.go"}, "side": {"new"}, "lines": {"6-7"}, "what": {"decoy"}, "severity": {"must"}, "class": {"api"}, "title": {"A title"}, "why": {"Because."}}
	for field, value := range map[string]string{"lines": "15", "title": " ", "why": "", "file": "README.md"} {
		form := maps.Clone(good)
		form[field] = []string{value}
		if _, err := kind.Mended(folder(), s, form); err == nil {
			t.Errorf("%s = %q is taken", field, value)
		} else if _, ok := problem.As(err); !ok {
			t.Errorf("%s = %q: %v; want a problem", field, value, err)
		}
	}
	flow := with(map[string]string{"defects.yaml": "defects: [{id: a, file: geo/distance.go, lines: 4, severity: must, class: logic, title: A, why: B}]\n"})
	good["what"] = []string{"defect"}
	if _, err := kind.Mended(flow, spec(t, flow), good); err == nil {
		t.Error("a list on one line is added to")
	}
	good["what"] = []string{"decoy"} // there is no such list yet
	made, err := kind.Mended(flow, spec(t, flow), good)
	if err != nil {
		t.Fatal(err)
	}
	spec(t, with(map[string]string{"defects.yaml": string(made["defects.yaml"])}))
}

// TestWithoutScript: the page's own forms add, change, keep as a draft and delete.
func TestWithoutScript(t *testing.T) {
	s := spec(t, folder())
	review := kind.Blank(s)
	post := func(fields ...string) string {
		t.Helper()
		form := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			form.Add(fields[i], fields[i+1])
		}
		got, err := kind.Form(s, review, form)
		if err != nil {
			t.Fatal(err)
		}
		review = got
		return string(got)
	}
	post("draft-at", "0L7", "draft-text", "Why\r\nnil?", "draft-tone", "question", "summary", "So far", "listed", "dispatch/service.go", "viewed", "dispatch/service.go")
	if page := ask(t, s, review, "comment=0L7"); !strings.Contains(page, "Why\nnil?</textarea>") || !strings.Contains(page, "1 of 2 files viewed") {
		t.Error("a draft is not in its form again, or the file is not viewed")
	}
	if got := post("draft-at", "0L7", "draft-text", "Why nil?", "draft-tone", "question", "do", "add"); !strings.Contains(got, `"id":"c1"`) || strings.Contains(got, "drafts") {
		t.Errorf("added = %s", got)
	}
	if page := ask(t, s, review, ""); !strings.Contains(page, `id="c-c1"`) || !strings.Contains(page, "So far") || !strings.Contains(page, `aria-label="Comments on line 7"`) {
		t.Error("the comment is not under its line")
	}
	if got := post("draft-at", "0L7:c1", "draft-text", "Why is this nil?", "draft-tone", "must", "do", "add"); strings.Count(got, `"id"`) != 1 || !strings.Contains(got, "Why is this nil?") {
		t.Errorf("changed = %s", got)
	}
	if got := post("listed", "dispatch/service.go"); strings.Contains(got, "viewed") {
		t.Errorf("a box that was emptied: %s", got)
	}
	if got := post("do", "delete:c1"); strings.Contains(got, `"id"`) || !strings.Contains(got, "So far") {
		t.Errorf("deleted = %s", got)
	}
	if got := post("answer", string(body("geo/distance.go - 4 idea")), "summary", "not this"); !strings.Contains(got, "geo/distance.go") || strings.Contains(got, "not this") {
		t.Errorf("the island's answer = %s; want it alone", got)
	}
	for _, bad := range []url.Values{{"draft-at": {"9L7"}}, {"draft-at": {"0L700"}}, {"draft-at": {"0L7"}, "draft-text": {"x"}, "draft-tone": {"rude"}}, {"verdict": {"maybe"}}, {"answer": {"{"}}} {
		if _, err := kind.Form(s, review, bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestThePage(t *testing.T) {
	s := spec(t, folder())
	page := ask(t, s, kind.Blank(s), "")
	for _, want := range []string{`id="f0L7"`, `id="f0R4"`, `<mark>Nearest</mark>`, `<mark>Next</mark>`, `<td class="g" id="f0L7"><a href="?comment=0L7">7</a>`, `data-fold`, "Ines Duarte asks", "#482", "Read the whole description",
		"/c/x/look/patch", "/c/x/look/changes", "/c/x/look/search", "/c/x/look/tree/old", "lines added", "removed</span>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(page, `id="f0L19"`) {
		t.Error("a line far from every change is drawn")
	}
	if open := ask(t, s, kind.Blank(s), "open=0.0"); !strings.Contains(open, `id="f0L19"`) {
		t.Error("the fold that the address opens is shut")
	}
	if kept := ask(t, s, body("dispatch/service.go - 19 idea"), ""); !strings.Contains(kept, `id="f0L19"`) {
		t.Error("a commented line is folded away")
	}
	split := ask(t, s, []byte(`{"verdict":"","summary":"","split":true}`), "")
	if !strings.Contains(split, `class="diff code split"`) || !strings.Contains(split, `<tr class="p b">`) {
		t.Error("both sides do not stand beside each other")
	}
	ids := regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1)
	seen := map[string]bool{}
	for _, m := range ids {
		if seen[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		seen[m[1]] = true
	}
}

func TestLook(t *testing.T) {
	s := spec(t, folder())
	for _, c := range []struct{ path, query, has, hasNot string }{
		{"tree/old", "", "README.md", "distance.go"},
		{"tree/new", "", "distance.go", ""},
		{"file/old/dispatch/service.go", "", "Next", "Nearest"},
		{"file/new/dispatch/service.go", "", "Nearest", ""},
		{"search", "q=NEAREST", "dispatch/service.go 4", "README"},
		{"search", "q=.next(", "before the change", ""},
		{"search", "q=they ride", "1 line", "before the change"},
		{"search", "q=<script>", "&lt;script&gt;", "<script>"},
		{"changes", "", "Lines 1 to 10", "told that the job"},
		{"patch", "", "@@ -1,9 +1,10 @@", "told that the job"},
	} {
		t.Run(c.path+"?"+c.query, func(t *testing.T) {
			q, _ := url.ParseQuery(c.query)
			page, err := kind.Look(s, item.LookView{Path: c.path, Base: "/l", Back: "/b", Query: q, Text: locale.For("en").T})
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := page.Render(context.Background(), &b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), c.has) || c.hasNot != "" && strings.Contains(b.String(), c.hasNot) {
				t.Errorf("the page is\n%s\nwant %q, and not %q", b.String(), c.has, c.hasNot)
			}
		})
	}
	for _, path := range []string{"", "tree", "tree/both", "file/new/nowhere.go", "file/new/../item.yaml", "defects.yaml", "file/new/defects.yaml"} {
		if _, err := kind.Look(s, item.LookView{Path: path, Text: locale.For("en").T}); err == nil {
			t.Errorf("%q is there", path)
		}
	}
}

func TestLabel(t *testing.T) {
	s := spec(t, folder())
	for anchor, want := range map[string]string{"c-c1": "Must fix, service.go 7", "f0L7": "service.go line 7", "f0R4": "service.go line 4", "c-c2": "", "f0L700": "", "f9L1": "", "x": ""} {
		if got, ok := kind.Label(s, body("dispatch/service.go - 7 must"), anchor); got != want || ok != (want != "") {
			t.Errorf("Label(%s) = %q, %v; want %q", anchor, got, ok, want)
		}
	}
}

func TestTally(t *testing.T) {
	s := spec(t, folder())
	var marks []item.Mark
	draw := func() string {
		var b bytes.Buffer
		if err := kind.Tally(s, marks, "/mend").Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, c := range []struct {
		line   string
		ruling string
	}{{"dispatch/service.go - 7 must", ""}, {"dispatch/service.go - 6 must", "lost-error"}, {"dispatch/service.go - 1 idea", "=valid"}} {
		if got := draw(); strings.Contains(got, "%") {
			t.Errorf("of %d reviews it says %s", len(marks), got)
		}
		m, err := kind.Confirmed(s, body(c.line), map[string]string{"c1": c.ruling})
		if err != nil {
			t.Fatal(err)
		}
		marks = append(marks, m)
	}
	got := draw()
	for _, want := range []string{"3 reviews", "67 % (2)", "0 % (0)", "Look at this.", "/mend?from=0L1&amp;taken_up=1&amp;why=Look+at+this.#mark"} {
		if !strings.Contains(got, want) {
			t.Errorf("the tally says %s; want %s", got, want)
		}
	}
}
