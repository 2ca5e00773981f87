// Package exercism reads exercises of Exercism's tracks (exercism.org/docs/building/tracks/practice-exercises): a folder with
// .meta/config.json, instructions, stubs, unit tests and an example that solves it. A folder or zip may hold many.
package exercism

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"candor/internal/archive"
	"candor/internal/judge/languages"
	"candor/internal/quiz"
)

// Format is the format.
type Format struct{}

// Name is what people call it.
func (Format) Name() string { return "Exercism" }

// configs are where an exercise says what its files are: in a track, and in what students download.
var configs = []string{".meta/config.json", ".exercism/config.json"}

// config is what is read of it.
type config struct {
	Files struct {
		Solution []string `json:"solution"`
		Test     []string `json:"test"`
		Example  []string `json:"example"`  // of practice exercises
		Exemplar []string `json:"exemplar"` // of concept exercises
		Editor   []string `json:"editor"`   // shown and not changed
	} `json:"files"`
	Source string `json:"source"`
	URL    string `json:"source_url"`
}

// folders are those of exercises, in order.
func folders(tree fs.FS) []string {
	var out []string
	fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Base(name) != "config.json" {
			return nil
		}
		dir := path.Dir(path.Dir(name))
		if slices.Contains(configs, path.Join(path.Base(path.Dir(name)), "config.json")) && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
		return nil
	})
	return out
}

// Is says whether there is an exercise.
func (Format) Is(s quiz.Source) bool { return s.Files != nil && len(folders(s.Files)) > 0 }

// Read gives an item for each exercise.
func (Format) Read(s quiz.Source) (quiz.Quiz, error) {
	var out quiz.Quiz
	for _, dir := range folders(s.Files) {
		tree, err := fs.Sub(s.Files, dir)
		if err != nil {
			return out, err
		}
		name := path.Base(dir)
		if dir == "." {
			name = strings.TrimSuffix(path.Base(s.Name), path.Ext(s.Name))
		}
		x := &exercise{Question: &quiz.Question{Name: called(name), Type: "exercise"}, tree: tree}
		x.carry()
		out.Questions = append(out.Questions, x.Question)
	}
	return out, nil
}

// called makes Two Fer of two-fer.
func called(slug string) string {
	words := strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// exercise is one under way.
type exercise struct {
	*quiz.Question
	tree fs.FS
	config
	language languages.Language
}

func (x *exercise) carry() {
	for _, name := range configs {
		data, err := fs.ReadFile(x.tree, name)
		if err == nil && json.Unmarshal(data, &x.config) != nil {
			x.Refuse("%s is no JSON that can be read.", name)
		}
		if err == nil {
			break
		}
	}
	example := x.Files.Example
	if len(example) == 0 {
		example = x.Files.Exemplar
	}
	switch {
	case x.Refused != "":
	case len(x.Files.Solution) == 0 || len(x.Files.Test) == 0:
		x.Refuse("Its config.json does not say which files are the solution and the tests.")
	case len(example) == 0:
		x.Refuse("There is no example that solves it, as the tracks have: nothing would prove its tests.")
	}
	if x.Refused != "" {
		return
	}
	if x.known(); x.Refused != "" {
		return
	}
	it := &quiz.Item{Kind: "code", Title: x.Name, Minutes: quiz.CodeMinutes, Statement: x.statement(), Style: "unit", Files: archive.Files{}}
	id := x.language.ID
	offer := quiz.Offer{}
	for _, name := range x.Files.Solution {
		x.put(it, "starter/"+id, name, name)
		offer.Starter = append(offer.Starter, name)
	}
	for _, name := range x.Files.Editor {
		x.put(it, "starter/"+id, name, name)
		offer.Protected = append(offer.Protected, name)
	}
	for _, name := range []string{"go.mod", "Cargo.toml"} {
		if _, err := fs.Stat(x.tree, name); err == nil && !slices.Contains(x.Files.Solution, name) {
			x.put(it, "starter/"+id, name, name)
			offer.Protected = append(offer.Protected, name)
		}
	}
	for _, name := range x.Files.Test {
		x.put(it, "tests/visible/"+id, name, name)
	}
	for i, name := range example {
		x.put(it, "submissions/accepted/"+id+"/example", name, x.stands(name, i))
	}
	for _, name := range slices.Concat(x.Files.Editor, offer.Protected) {
		x.put(it, "submissions/accepted/"+id+"/example", name, name)
	}
	it.Languages = map[string]quiz.Offer{id: offer}
	x.named()
	x.Items = append(x.Items, it)
	x.Finish(&quiz.Scribe{Q: x.Question})
}

// known finds the language and whether its tests can run.
func (x *exercise) known() {
	l, ok := languages.BySuffix(x.Files.Solution[0])
	if !ok {
		x.Refuse("Programs like %s cannot be run here.", x.Files.Solution[0])
		return
	}
	x.language, x.Type = l, "exercise in "+l.Name
	if len(l.Unit) == 0 {
		x.Refuse("There is no unit test framework for %s here.", l.Name)
		return
	}
	for _, name := range x.Files.Test {
		text, err := fs.ReadFile(x.tree, path.Clean(name))
		switch {
		case err != nil:
			x.Refuse("Its tests %s are not here.", name)
		case strings.Contains(string(text), "org.assertj"):
			x.Refuse("Its tests need AssertJ, which is not here.")
		}
	}
	runs := slices.ContainsFunc(x.Files.Test, func(name string) bool {
		text, _ := fs.ReadFile(x.tree, path.Clean(name))
		return slices.ContainsFunc(l.Unit, func(f languages.Framework) bool { return f.Is(name, text) })
	})
	if !runs {
		x.Refuse("Its tests are of another framework than %s, which runs tests of %s here.", l.Unit[0].Name, l.Name)
	}
}

// skipped are the lines by which tracks leave all tests but the first out until a student takes the lines away.
var skipped = map[string]*regexp.Regexp{
	"java": regexp.MustCompile(`(?m)^[ \t]*@(Disabled|Ignore)\(.*\)[ \t]*\r?\n`),
	"rust": regexp.MustCompile(`(?m)^[ \t]*#\[ignore(\s*=.*)?\][ \t]*\r?\n`),
	"ruby": regexp.MustCompile(`(?m)^[ \t]*skip[ \t]*\r?\n`),
}

// put copies a file of the exercise into the item's folder.
func (x *exercise) put(it *quiz.Item, dir, from, to string) {
	if !fs.ValidPath(from) || !fs.ValidPath(to) {
		x.Refuse("The file name %q leads out of the exercise.", from)
		return
	}
	data, err := fs.ReadFile(x.tree, from)
	switch {
	case err != nil:
		x.Refuse("The file %s that its config.json names is not here.", from)
		return
	case !utf8.Valid(data):
		x.Refuse("The file %s is not UTF-8.", from)
		return
	}
	if re := skipped[x.language.ID]; re != nil && strings.HasPrefix(dir, "tests/") && re.Match(data) {
		data = re.ReplaceAll(data, nil)
		x.Lose("Tests that a student would turn on one by one are all on.")
	}
	it.Files[path.Join(dir, to)] = data
}

// stands is the name of the solution that a file of the example stands for: that of its own name, else the one of its place.
func (x *exercise) stands(name string, i int) string {
	for _, s := range x.Files.Solution {
		if path.Base(s) == path.Base(name) {
			return s
		}
	}
	same := slices.DeleteFunc(slices.Clone(x.Files.Solution), func(s string) bool { return path.Ext(s) != path.Ext(name) })
	if i < len(same) {
		return same[i]
	}
	return path.Base(name)
}

// statement is the instructions.
func (x *exercise) statement() string {
	s := &quiz.Scribe{Q: x.Question, File: func(name string) ([]byte, bool) {
		data, err := fs.ReadFile(x.tree, path.Join(".docs", name))
		return data, err == nil
	}}
	out := ""
	for _, name := range []string{".docs/introduction.md", ".docs/introduction.append.md", ".docs/instructions.md", ".docs/instructions.append.md", "README.md"} {
		text, err := fs.ReadFile(x.tree, name)
		if err != nil || name == "README.md" && out != "" {
			continue
		}
		out += "\n\n" + s.Markdown(string(text))
	}
	return strings.TrimSpace(out)
}

// named names what is not carried.
func (x *exercise) named() {
	x.Lose("All of its tests are visible to candidates, as in the track, and known to the public: write hidden ones.")
	for _, name := range []string{".docs/hints.md", "HINTS.md"} {
		if _, err := fs.Stat(x.tree, name); err == nil {
			x.Lose("Hints are not carried.")
		}
	}
	if from := strings.TrimSpace(x.Source + " " + x.URL); from != "" {
		x.Lose("Where it is from is not carried: %s.", from)
	}
}
