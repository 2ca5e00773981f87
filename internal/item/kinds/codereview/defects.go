package codereview

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/web/ui/diff"
)

// defectsName is the file with what is seeded.
const defectsName = "defects.yaml"

type defectsFile struct {
	Defects []defect `yaml:"defects" schema:"required,min=1" doc:"What is wrong in the change, and should be found."`
	Decoys  []decoy  `yaml:"decoys" doc:"What looks wrong and is right."`
}

// Place is a range of lines at one side of a changed file.
type Place struct {
	File  string `yaml:"file" schema:"required" doc:"A file that the change touches."`
	Side  string `yaml:"side" schema:"enum=new|old" doc:"old where the lines were removed; new where it is left out."`
	Lines string `yaml:"lines" schema:"required" doc:"One line, 21, or a range, 21-24."`

	side     diff.Side
	from, to int
}

type defect struct {
	ID       string `yaml:"id" schema:"required,key"`
	Place    `yaml:",inline"`
	Severity string `yaml:"severity" schema:"required,enum=must|should|nit" doc:"must: it may not go in like this; should: it is worth a change; nit: it could be nicer."`
	Class    string `yaml:"class" schema:"required,enum=logic|concurrency|security|errors|data|performance|api|tests|readability"`
	Points   int    `yaml:"points" schema:"min=1,max=20" doc:"What finding it is worth; 6 for must, 3 for should and 1 for nit where it is left out."`
	Title    string `yaml:"title" schema:"required,min=1,max=120"`
	Why      string `yaml:"why" schema:"required,min=1" doc:"What is wrong with it and what it leads to, for reviewers."`
	TakenUp  bool   `yaml:"taken_up" doc:"true for what nobody seeded and a candidate found: who was confirmed then has found it now."`
}

type decoy struct {
	ID    string `yaml:"id" schema:"required,key"`
	Place `yaml:",inline"`
	Title string `yaml:"title" schema:"required,min=1,max=120"`
	Why   string `yaml:"why" schema:"required,min=1" doc:"Why it is right."`
}

// The words of a defect.
var (
	severities = []string{"must", "should", "nit"}
	classes    = []string{"logic", "concurrency", "security", "errors", "data", "performance", "api", "tests", "readability"}
)

// severityWord is a severity as people read it.
func severityWord(s string) string {
	return map[string]string{"must": "Must fix", "should": "Should fix", "nit": "Nit"}[s]
}

// weight is what finding it is worth.
func (d defect) weight() float64 {
	if d.Points > 0 {
		return float64(d.Points)
	}
	return map[string]float64{"must": 6, "should": 3, "nit": 1}[d.Severity]
}

// lineWord is the place in words: "service.go 21 to 24".
func (p Place) lineWord() string {
	out := p.File + " " + strconv.Itoa(p.from)
	if p.to > p.from {
		out += " to " + strconv.Itoa(p.to)
	}
	if p.side == diff.Old {
		out += " (removed)"
	}
	return out
}

// read fills side, from and to; "" when that went well.
func (p *Place) read() string {
	switch p.Side {
	case "", "new":
		p.side = diff.New
	case "old":
		p.side = diff.Old
	default:
		return "side is new or old."
	}
	first, last, ranged := strings.Cut(p.Lines, "-")
	var err, err2 error
	p.from, err = strconv.Atoi(strings.TrimSpace(first))
	p.to = p.from
	if ranged {
		p.to, err2 = strconv.Atoi(strings.TrimSpace(last))
	}
	if err != nil || err2 != nil || p.from < 1 || p.to < p.from {
		return "Write a line, 21, or a range of them, 21-24."
	}
	return ""
}

func (r *reader) defects(s *spec) {
	var f defectsFile
	d, out := item.ReadYAML(r.dir, defectsName, &f)
	r.out = append(r.out, out...)
	if item.Failed(out) {
		return
	}
	bad := func(place, format string, args ...any) { r.out = append(r.out, d.At(place, format, args...)) }
	if len(f.Defects) == 0 {
		bad("$.defects", "Seed at least one defect; without one nothing can be found.")
	}
	ids := map[string]bool{}
	check := func(at, id, title, why string, p *Place) {
		switch {
		case !keyed(id):
			bad(at+".id", "An id is small letters, digits and single hyphens; this is %q.", id)
		case ids[id]:
			bad(at+".id", "The id %q stands twice.", id)
		}
		ids[id] = true
		if strings.TrimSpace(title) == "" || len([]rune(title)) > 120 {
			bad(at+".title", "Say in a line of up to 120 characters what this is.")
		}
		if strings.TrimSpace(why) == "" {
			bad(at+".why", "Say why, for the reviewers.")
		}
		if wrong := p.read(); wrong != "" {
			bad(at+".lines", "%s", wrong)
			return
		}
		if wrong := s.points(*p); wrong != "" {
			bad(at+".lines", "%s", wrong)
		}
	}
	for i := range f.Defects {
		x := &f.Defects[i]
		at := fmt.Sprintf("$.defects[%d]", i)
		check(at, x.ID, x.Title, x.Why, &x.Place)
		if !slices.Contains(severities, x.Severity) {
			bad(at+".severity", "severity is %s.", strings.Join(severities, ", "))
		}
		if !slices.Contains(classes, x.Class) {
			bad(at+".class", "class is %s.", strings.Join(classes, ", "))
		}
		if x.Points < 0 || x.Points > 20 {
			bad(at+".points", "points are 1 to 20.")
		}
	}
	for i := range f.Decoys {
		x := &f.Decoys[i]
		check(fmt.Sprintf("$.decoys[%d]", i), x.ID, x.Title, x.Why, &x.Place)
	}
	s.defects, s.decoys = f.Defects, f.Decoys
}

func keyed(id string) bool {
	if id == "" || len(id) > item.MaxKey {
		return false
	}
	for _, word := range strings.Split(id, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

// points says what is wrong with where a place points to; "" when it is at lines of the change.
func (q *spec) points(p Place) string {
	f, ok := q.file(p.File)
	if !ok {
		return fmt.Sprintf("The change does not touch %s.", p.File)
	}
	if n := countLines(f.side(p.side)); p.to > n {
		return fmt.Sprintf("%s has %d lines on that side; this points to line %d.", p.File, n, p.to)
	}
	for _, row := range f.change().Rows {
		if p.side == diff.New && row.Kind == '+' && p.covers(row.New) || p.side == diff.Old && row.Kind == '-' && p.covers(row.Old) {
			return ""
		}
	}
	return fmt.Sprintf("Nothing changed in these lines of %s. Point to lines that the change adds, or with side: old to lines that it removes.", p.File)
}

func (p Place) covers(line int) bool { return p.from <= line && line <= p.to }

// defect finds one by its id.
func (q *spec) defect(id string) (defect, bool) {
	i := slices.IndexFunc(q.defects, func(d defect) bool { return d.ID == id })
	if i < 0 {
		return defect{}, false
	}
	return q.defects[i], true
}

// FileSchemas describes defects.yaml.
func (Kind) FileSchemas() map[string]*item.Schema {
	return map[string]*item.Schema{"defects": item.SchemaOf(defectsFile{})}
}
