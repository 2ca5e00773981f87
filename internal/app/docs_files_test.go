package app_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/app"
	"candor/internal/app/demo"
	"candor/internal/assessment"
	"candor/internal/item"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fileSchemas are the schemas of what authors write, by their names in docs/schemas.
func fileSchemas(t *testing.T) map[string]*item.Schema {
	t.Helper()
	kinds, end := app.Kinds(t.TempDir())
	t.Cleanup(func() { end() })
	out := kinds.SchemaFiles()
	out["assessment.json"] = assessment.FileSchema()
	return out
}

func TestDocsFileSchemas(t *testing.T) {
	t.Parallel()
	all := fileSchemas(t)
	for name, s := range all {
		current(t, "schemas/"+name, string(s.JSON()))
	}
	there, err := os.ReadDir(filepath.Join("..", "..", "docs", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range there {
		if all[e.Name()] == nil {
			t.Errorf("docs/schemas/%s is of no kind any more: remove it", e.Name())
		}
	}
}

// compiled gives the schemas of assessment.yaml and of item.yaml.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	for name, s := range fileSchemas(t) {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.JSON()))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("mem:///"+name, doc); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]*jsonschema.Schema{}
	for file, name := range map[string]string{"assessment.yaml": "assessment.json", "item.yaml": "item.json", "defects.yaml": "defects.json", "explain.yaml": "explain.json"} {
		s, err := c.Compile("mem:///" + name)
		if err != nil {
			t.Fatal(err)
		}
		out[file] = s
	}
	return out
}

// validate checks a YAML text as an editor would.
func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestTheDemoFitsTheFileSchemas(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	seen := 0
	err := fs.WalkDir(demo.Content(), ".", func(p string, _ fs.DirEntry, err error) error {
		s, ok := schemas[path.Base(p)]
		if err != nil || !ok {
			return err
		}
		text, err := fs.ReadFile(demo.Content(), p)
		if err != nil {
			return err
		}
		seen++
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		return nil
	})
	if err != nil || seen < 10 {
		t.Errorf("%d files, %v; want the demo's", seen, err)
	}
}

// TestTheFileSchemasRefuseWhatLintRefuses plants one mistake after the other: what a schema can know, it says as lint does.
func TestTheFileSchemasRefuseWhatLintRefuses(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	kinds, end := app.Kinds(t.TempDir())
	defer end()
	good := map[string]string{
		"assessment": `candor: 1
title: Small
about: A small one.
ai: {policy: allowed}
reply_days: 5
rubric:
  - key: clear
    title: Clear
    about: Is it clear?
    levels: [{name: Not yet, anchor: Cannot be followed.}, {name: Solid, anchor: Can be followed at once.}]
parts:
  - {key: all, title: Everything, minutes: 10, items: [{item: one}]}
`,
		"choice":   "kind: choice\ntitle: Pick\nminutes: 2\nstatement: Which?\ntype: single\noptions: [{text: a, correct: true}, {text: 42}]\n",
		"numeric":  "kind: choice\ntitle: Pick\nminutes: 2\nstatement: How many?\ntype: numeric\nnumeric: {value: 5, tolerance: 0.5}\n",
		"freetext": "kind: freetext\ntitle: Tell us\nminutes: 8\nstatement: Why?\nwords: {from: 10, to: 20}\n",
		"design":   "kind: design\ntitle: Ferries\nminutes: 60\nstatement: Design it.\nsections: [{key: data, title: Data, words: 200, diagram: true}]\n",
		"code":     "kind: code\ntitle: Sum\nminutes: 5\nstatement: Print the sum.\nstyle: stdin\nlanguages: {python: {}}\n",
	}
	for _, c := range []struct{ file, old, new string }{
		{"assessment", "candor: 1", "candor: 2"},
		{"assessment", "title: Small\n", ""},
		{"assessment", "title: Small", "titel: Small"},
		{"assessment", "title: Small", "title: " + strings.Repeat("x", 121)},
		{"assessment", "title: Small", "title: [Small]"},
		{"assessment", "policy: allowed", "policy: secret"},
		{"assessment", "reply_days: 5", "reply_days: 61"},
		{"assessment", "reply_days: 5", "reply_days: 1.5"},
		{"assessment", "reply_days: 5", "reply_days: soon"},
		{"assessment", "key: clear", "key: Clear!"},
		{"assessment", ", {name: Solid, anchor: Can be followed at once.}", ""},
		{"assessment", "anchor: Cannot be followed.", "anchor: ''"},
		{"assessment", "minutes: 10", "minutes: 0"},
		{"assessment", "minutes: 10", "minutes: 10, timed: 2000"},
		{"assessment", "minutes: 10", "minutes: 10, device: phone"},
		{"assessment", "items: [{item: one}]", "items: []"},
		{"assessment", "item: one", "item: one, weight: 101"},
		{"assessment", "about: A small one.", "about:"},
		{"choice", "kind: choice", "kind: chioce"},
		{"choice", "type: single", "type: double"},
		{"choice", "minutes: 2", "minutes: 601"},
		{"choice", "options: [{text: a, correct: true}, {text: 42}]", "options: [{text: a, correct: true}]"},
		{"choice", "correct: true", "correct: yes please"},
		{"numeric", "numeric: {value: 5, tolerance: 0.5}\n", ""},
		{"numeric", "tolerance: 0.5", "tolerance: -1"},
		{"freetext", "words: {from: 10, to: 20}", "words: 20"},
		{"freetext", "from: 10", "from: -1"},
		{"design", "key: data", "key: Data!"},
		{"design", "title: Data", "title: ''"},
		{"design", "words: 200", "words: -1"},
		{"design", "sections: [{key: data, title: Data, words: 200, diagram: true}]", "sections: []"},
		{"design", "diagram: true", "diagrams: true"},
		{"code", "style: stdin", "style: stdio"},
		{"code", "python", "pyhton"},
		{"code", "python: {}", ""},
		{"code", "python: {}", "python: {start: [a.py]}"},
	} {
		name := "item.yaml"
		if c.file == "assessment" {
			name = "assessment.yaml"
		}
		text := strings.Replace(good[c.file], c.old, c.new, 1)
		if text == good[c.file] {
			t.Fatalf("%s has no %q", c.file, c.old)
		}
		if validate(t, schemas[name], []byte(good[c.file])) != nil {
			t.Errorf("the good %s does not fit its schema", c.file)
		}
		if validate(t, schemas[name], []byte(text)) == nil {
			t.Errorf("%s with %q: the schema takes it", c.file, c.new)
		}
		tree := fstest.MapFS{"assessment.yaml": {Data: []byte(good["assessment"])}, "items/one/item.yaml": {Data: []byte(good["choice"])}}
		if name == "assessment.yaml" {
			tree[name] = &fstest.MapFile{Data: []byte(text)}
		} else {
			tree["items/one/item.yaml"] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, findings := assessment.Read(tree, kinds); !item.Failed(findings) {
			t.Errorf("%s with %q: lint takes it: %v", c.file, c.new, findings)
		}
	}
}
