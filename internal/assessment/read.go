package assessment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"candor/internal/item"
)

// file is assessment.yaml.
type file struct {
	Candor    int         `yaml:"candor" schema:"required,min=1,max=1" doc:"The version of this format: 1."`
	Title     string      `yaml:"title" schema:"required,min=1,max=120"`
	About     string      `yaml:"about" doc:"What this is, in Markdown; candidates read it first."`
	AI        *aiFile     `yaml:"ai"`
	ReplyDays int         `yaml:"reply_days" schema:"min=0,max=60" doc:"Working days until a reply, as a suggestion to the opening."`
	Rubric    []criterion `yaml:"rubric"`
	Together  []criterion `yaml:"collaboration" doc:"What a facilitator, who works with the candidate and knows the name, rates. It stands beside the scorecards and is in no score of theirs; candidates read it."`
	Parts     []partFile  `yaml:"parts" schema:"required,min=1" doc:"What is started and sent on its own."`
}

type aiFile struct {
	Policy string `yaml:"policy" schema:"required,enum=forbidden|allowed|expected" doc:"Whether AI tools may be used; where they are allowed or expected, candidates are asked what they used them for."`
	Text   string `yaml:"text" doc:"What may be used for what, in your own words; candidates read it beside the policy."`
}

type criterion struct {
	Key      string   `yaml:"key" schema:"required,key"`
	Title    string   `yaml:"title" schema:"required,min=1,max=120"`
	Weight   int      `yaml:"weight" schema:"min=0,max=5" doc:"1 to 5; 1 where it is left out."`
	About    string   `yaml:"about" doc:"What the criterion means; candidates read it."`
	Guidance string   `yaml:"guidance" doc:"For reviewers only."`
	Items    []string `yaml:"items" doc:"The items it is rated on; all where it is left out."`
	Levels   []level  `yaml:"levels" schema:"required,min=2,max=6" doc:"The lowest first."`
}

type level struct {
	Name   string `yaml:"name" schema:"required,min=1,max=40"`
	Anchor string `yaml:"anchor" schema:"required,min=1" doc:"What one sees in work of this level."`
}

type partFile struct {
	Key     string     `yaml:"key" schema:"required,key"`
	Title   string     `yaml:"title" schema:"required,min=1,max=120"`
	About   string     `yaml:"about"`
	LookFor string     `yaml:"look_for" doc:"What reviewers look for; candidates read it beforehand."`
	Minutes int        `yaml:"minutes" schema:"required,min=1,max=2400" doc:"How long it takes; candidates are told."`
	Timed   int        `yaml:"timed" schema:"min=0,max=1440" doc:"The clock in minutes, not shorter than minutes; leave it out for an untimed part."`
	Device  string     `yaml:"device" schema:"enum=computer"`
	AI      *aiFile    `yaml:"ai" doc:"Where this part differs from the assessment."`
	Items   []itemFile `yaml:"items" schema:"required,min=1"`
}

type itemFile struct {
	Item   string   `yaml:"item" schema:"required,key" doc:"The name of a folder in items/."`
	Weight *float64 `yaml:"weight" schema:"min=0,max=100" doc:"1 where it is left out."`
	AI     *aiFile  `yaml:"ai" doc:"Where this item differs from its part."`
}

// FileSchema describes assessment.yaml.
func FileSchema() *item.Schema {
	s := item.SchemaOf(file{})
	s.Dialect, s.Title = item.Dialect, "assessment.yaml"
	return s
}

var keyShape = regexp.MustCompile(item.KeyPattern)

// unpaid is how many minutes may be asked for without pay before lint warns.
const unpaid = 60

// Read reads an assessment's folder: assessment.yaml and items/<key>/. Findings name file, line and column; with an error among
// them the version cannot be used.
func Read(tree fs.FS, kinds item.Kinds) (*Version, []item.Finding) {
	var f file
	d, out := item.ReadYAML(tree, "assessment.yaml", &f)
	if item.Failed(out) {
		return nil, out
	}
	r := reader{tree: tree, kinds: kinds, d: d, f: &f, used: map[string]bool{}, out: out}
	v := r.version()
	r.unused()
	return v, r.out
}

// enough is how many findings are worth reading at once; what comes after them is left out.
const enough = 200

type reader struct {
	tree  fs.FS
	kinds item.Kinds
	d     *item.Doc
	f     *file
	used  map[string]bool
	out   []item.Finding
}

func (r *reader) err(place, format string, args ...any) {
	r.add(r.d.At, place, format, args)
}

func (r *reader) warn(place, format string, args ...any) {
	r.add(r.d.Warn, place, format, args)
}

func (r *reader) add(find func(place, format string, args ...any) item.Finding, place, format string, args []any) {
	if len(r.out) < enough {
		r.out = append(r.out, find(place, format, args...))
	}
}

func (r *reader) version() *Version {
	f := r.f
	if f.Candor != 1 {
		r.err("$.candor", "Write candor: 1, the version of this format.")
	}
	r.text("$.title", f.Title, 120)
	if strings.TrimSpace(f.About) == "" {
		r.warn("$.about", "Say in about what this is; candidates read it first.")
	}
	r.out = append(r.out, item.Links(r.tree, "assessment.yaml", f.About, r.d.Under("$.about"))...)
	if f.ReplyDays < 0 || f.ReplyDays > 60 {
		r.err("$.reply_days", "reply_days is 1 to 60 working days, or left out.")
	}
	v := &Version{Title: f.Title, About: f.About, ReplyDays: f.ReplyDays, AI: AI{Policy: Allowed}}
	if f.AI != nil {
		v.AI = r.ai("$.ai", f.AI)
	} else {
		r.warn("$", "There is no ai policy; allowed is assumed. Candidates ask.")
	}
	if len(f.Parts) == 0 {
		r.err("$.parts", "Write at least one part with at least one item.")
	}
	keys := map[string]bool{}
	for i, p := range f.Parts {
		part := r.part(fmt.Sprintf("$.parts[%d]", i), p, v.AI)
		if keys[part.Key] {
			r.err(fmt.Sprintf("$.parts[%d].key", i), "Two parts have the key %q.", part.Key)
		}
		keys[part.Key] = true
		v.Parts = append(v.Parts, part)
		v.Minutes += part.Minutes
	}
	if v.Minutes > unpaid {
		r.warn("$.parts", "This asks for %d minutes. Over %d unpaid minutes people decline, and the best first; pay for them, or cut.", v.Minutes, unpaid)
	}
	crit := map[string]bool{}
	v.Rubric = r.criteria("$.rubric", f.Rubric, crit)
	v.Collaboration = r.criteria("$.collaboration", f.Together, crit)
	return v
}

// criteria reads a list of them; no two of an assessment have one key.
func (r *reader) criteria(place string, list []criterion, seen map[string]bool) (out []Criterion) {
	for i, c := range list {
		at := fmt.Sprintf("%s[%d]", place, i)
		got := r.criterion(at, c)
		if seen[got.Key] {
			r.err(at+".key", "Two criteria have the key %q.", got.Key)
		}
		seen[got.Key] = true
		out = append(out, got)
	}
	return out
}

func (r *reader) text(place, s string, most int) {
	switch n := len([]rune(strings.TrimSpace(s))); {
	case n == 0:
		r.err(place, "This may not be empty.")
	case n > most:
		r.err(place, "This is longer than %d characters.", most)
	}
}

func (r *reader) key(place, s string) {
	if !keyShape.MatchString(s) || len(s) > item.MaxKey {
		r.err(place, "A key is small letters, digits and single hyphens, such as review-the-form; this is %q.", s)
	}
}

// maxPolicy is the longest text of a policy in characters: it is read before the start and beside every task.
const maxPolicy = 600

// older are the words for policies that versions stored before there were three may have.
var older = map[string]Policy{"disclosed": Allowed, "not_allowed": Forbidden}

func (r *reader) ai(place string, a *aiFile) AI {
	p := Policy(a.Policy)
	if now, ok := older[a.Policy]; ok {
		r.warn(place+".policy", "%s is an older word; write %s.", a.Policy, now)
		p = now
	}
	switch p {
	case Forbidden, Allowed:
	case Expected:
		if strings.TrimSpace(a.Text) == "" {
			r.warn(place+".policy", "Say in text what AI tools are expected to be used for; candidates cannot guess it.")
		}
	default:
		r.err(place+".policy", "policy is forbidden, allowed or expected; this says %q.", a.Policy)
	}
	if len([]rune(a.Text)) > maxPolicy {
		r.err(place+".text", "This is longer than %d characters.", maxPolicy)
	}
	return AI{Policy: p, Text: strings.TrimSpace(a.Text)}
}

// differs is the policy that a part or an item states, nil where it states none; upper is what would hold without it.
func (r *reader) differs(place string, a *aiFile, upper AI) *AI {
	if a == nil {
		return nil
	}
	out := r.ai(place, a)
	if out == upper {
		r.warn(place, "This says what holds here anyway; leave it out.")
	}
	return &out
}

func (r *reader) part(place string, p partFile, policy AI) Part {
	r.key(place+".key", p.Key)
	r.text(place+".title", p.Title, 120)
	if p.Minutes < 1 || p.Minutes > 2400 {
		r.err(place+".minutes", "Say how many minutes this part takes, 1 to 2400.")
	}
	if p.Timed < 0 || p.Timed > 1440 {
		r.err(place+".timed", "timed is the length of the clock in minutes, at most a day; leave it out for an untimed part.")
	}
	if p.Timed > 0 && p.Timed < p.Minutes {
		r.err(place+".timed", "The clock (%d min) is shorter than the advertised time (%d min).", p.Timed, p.Minutes)
	}
	if p.Device != "" && p.Device != "computer" {
		r.err(place+".device", "device is computer, or is left out.")
	}
	out := Part{Key: p.Key, Title: p.Title, About: p.About, LookFor: p.LookFor, Device: p.Device, Minutes: p.Minutes, Timed: time.Duration(p.Timed) * time.Minute}
	if out.AI = r.differs(place+".ai", p.AI, policy); out.AI != nil {
		policy = *out.AI
	}
	works := []string{out.Timed.String()}
	if len(p.Items) == 0 {
		r.err(place+".items", "Write at least one item.")
	}
	for i, it := range p.Items {
		at := fmt.Sprintf("%s.items[%d]", place, i)
		own := r.differs(at+".ai", it.AI, policy)
		if pi, ok := r.item(at, it); ok {
			pi.AI = own
			out.Items = append(out.Items, pi)
			works = append(works, pi.Work)
		}
	}
	out.Work = digest(works...)
	return out
}

func (r *reader) item(place string, it itemFile) (PartItem, bool) {
	r.key(place+".item", it.Item)
	if !keyShape.MatchString(it.Item) {
		return PartItem{}, false
	}
	if r.used[it.Item] {
		r.err(place+".item", "The item %q stands twice.", it.Item)
		return PartItem{}, false
	}
	r.used[it.Item] = true
	weight := 1.0
	if it.Weight != nil {
		weight = *it.Weight
	}
	if math.IsNaN(weight) || weight < 0 || weight > 100 {
		r.err(place+".weight", "A weight is 0 to 100.")
	}
	dir, err := fs.Sub(r.tree, "items/"+it.Item)
	if err == nil {
		_, err = fs.Stat(dir, "item.yaml")
	}
	if err != nil {
		r.err(place+".item", "There is no file items/%s/item.yaml.", it.Item)
		return PartItem{}, false
	}
	var head map[string]any
	d, found := item.ReadYAML(dir, "item.yaml", &head)
	if item.Failed(found) {
		r.inside(it.Item, found)
		return PartItem{}, false
	}
	name, _ := head["kind"].(string)
	k, ok := r.kinds.Named(name)
	if !ok {
		var names []string
		for _, k := range r.kinds {
			names = append(names, k.Name())
		}
		r.inside(it.Item, []item.Finding{d.At("$.kind", "There is no kind %q. Kinds: %s.", name, strings.Join(names, ", "))})
		return PartItem{}, false
	}
	spec, found := k.Spec(dir)
	r.inside(it.Item, found)
	if item.Failed(found) {
		return PartItem{}, false
	}
	explain, found := item.ReadExplain(dir)
	r.inside(it.Item, found)
	if item.Failed(found) {
		return PartItem{}, false
	}
	work, err := workOf(dir, head)
	if err != nil {
		r.err(place+".item", "The files of items/%s cannot be read: %v.", it.Item, err)
		return PartItem{}, false
	}
	return PartItem{Key: it.Item, Weight: weight, Kind: k, Spec: spec, Head: k.Head(spec), Explain: explain, Work: work}, true
}

// workOf names what an item asks for: all its files, and of item.yaml what it says without the minutes.
func workOf(dir fs.FS, head map[string]any) (string, error) {
	head = maps.Clone(head)
	delete(head, "minutes")
	says, err := json.Marshal(head)
	if err != nil {
		return "", err
	}
	list := []string{string(says)}
	err = fs.WalkDir(dir, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path == "item.yaml" {
			return err
		}
		data, err := fs.ReadFile(dir, path)
		list = append(list, path, digest(string(data)))
		return err
	})
	return digest(list...), err
}

// digest is SHA-256 over texts with their lengths before them, in hex.
func digest(list ...string) string {
	h := sha256.New()
	for _, s := range list {
		fmt.Fprintf(h, "%d %s\n", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// inside adds what was found in an item's folder.
func (r *reader) inside(key string, found []item.Finding) {
	for _, f := range found[:min(len(found), max(0, enough-len(r.out)))] {
		f.Path = "items/" + key + "/" + f.Path
		r.out = append(r.out, f)
	}
}

// unused warns of item folders that no part names.
func (r *reader) unused() {
	dirs, _ := fs.ReadDir(r.tree, "items")
	for _, e := range dirs {
		if e.IsDir() && !r.used[e.Name()] {
			r.out = append(r.out, item.Finding{Path: "items/" + e.Name(), Severity: item.Warning, Text: "No part names this item; candidates will not see it."})
		}
	}
	slices.SortStableFunc(r.out, func(a, b item.Finding) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
}
