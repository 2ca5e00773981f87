package codereview

import (
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web/ui/diff"

	"github.com/a-h/templ"
	"github.com/goccy/go-yaml"
)

// mending is the page on which an author marks what is wrong by choosing lines.
type mending struct {
	*spec
	item.MendView
}

// Fields of the page's address and of its form.
const (
	queryFrom  = "from" // FILE, side and line: "3L27"
	queryTo    = "to"
	fieldWhat  = "what" // defect or decoy
	fieldFile  = "file"
	fieldSide  = "side"
	fieldLines = "lines"
)

var errFlow = problem.New(problem.Conflict, "codereview_flow",
	"The lists of defects.yaml stand on one line there. Write one entry a line (- id: ...), and they can be added to here.")

// Mend is the change with what is seeded, and the form for one thing more.
func (Kind) Mend(s item.Spec, v item.MendView) templ.Component { return mend(mending{s.(*spec), v}) }

// Author is what is seeded; the page Mend has the change itself.
func (k Kind) Author(s item.Spec) templ.Component { return author(k, s.(*spec)) }

// value is what the form shows: what was posted, or what the address brought.
func (v mending) value(field string) string {
	if v.Form.Has(field) {
		return v.Form.Get(field)
	}
	return v.Query.Get(field)
}

// chosen is the range that the address chose.
func (v mending) chosen() (p Place, ok bool) {
	from, ok := v.parseAt(v.Query.Get(queryFrom))
	if !ok {
		return Place{}, false
	}
	p = Place{File: from.File, side: from.side(), from: from.Line, to: from.Line}
	if to, ok := v.parseAt(v.Query.Get(queryTo)); ok && to.File == p.File && to.side() == p.side {
		p.from, p.to = min(p.from, to.Line), max(p.to, to.Line)
	}
	return p, true
}

func (p Place) sideField() string {
	if p.side == diff.Old {
		return "old"
	}
	return "new"
}

func (p Place) linesField() string {
	if p.to == p.from {
		return strconv.Itoa(p.from)
	}
	return fmt.Sprintf("%d-%d", p.from, p.to)
}

// table lets the author choose: the first press is where it begins, the second where it ends.
func (v mending) table(n int) templ.Component {
	f := v.files[n]
	seeded := v.seededIn(f.path)
	chosen, has := v.chosen()
	var under []Place
	under = append(under, seeded...)
	if has && chosen.File == f.path {
		under = append(under, chosen)
	}
	t := diff.Table{Change: f.change(), Path: f.path, Prefix: "f" + strconv.Itoa(n), Open: opened(v.Query, n),
		Keep: func(at diff.At) bool {
			return slices.ContainsFunc(under, func(p Place) bool { return p.side == at.Side && p.covers(at.Line) })
		},
		Unfold: func(fold int) string {
			return link(v.Query, queryOpen, fmt.Sprintf("%d.%d", n, fold), "f"+strconv.Itoa(n))
		},
		Class: func(at diff.At) string {
			in := func(p Place) bool { return p.File == f.path && p.side == at.Side && p.covers(at.Line) }
			switch {
			case has && in(chosen):
				return "picked"
			case slices.ContainsFunc(seeded, in):
				return "seed"
			}
			return ""
		},
		Under: func(at diff.At) templ.Component {
			if !slices.ContainsFunc(under, func(p Place) bool { return p.ends(f.path, at) }) {
				return nil
			}
			return marked(v, f, at, has && chosen.ends(f.path, at))
		},
		Comment: func(at diff.At) string {
			q := url.Values{}
			here := strconv.Itoa(n) + at.String()
			if has && chosen.File == f.path && chosen.side == at.Side && v.Query.Get(queryTo) == "" {
				q.Set(queryFrom, v.Query.Get(queryFrom))
				q.Set(queryTo, here)
			} else {
				q.Set(queryFrom, here)
			}
			return "?" + q.Encode() + "#mark"
		}}
	return t.Draw()
}

// Mended adds a defect or a decoy to defects.yaml, whose other lines stay as they are.
func (Kind) Mended(dir fs.FS, s item.Spec, form url.Values) (map[string][]byte, error) {
	q := s.(*spec)
	p := Place{File: form.Get(fieldFile), Side: form.Get(fieldSide), Lines: strings.TrimSpace(form.Get(fieldLines))}
	if wrong := p.read(); wrong != "" {
		return nil, problem.Field(fieldLines, wrong)
	}
	if wrong := q.points(p); wrong != "" {
		return nil, problem.Field(fieldLines, wrong)
	}
	title, why := strings.TrimSpace(form.Get("title")), strings.TrimSpace(lf(form.Get("why")))
	if title == "" || len([]rune(title)) > 120 {
		return nil, problem.Field("title", "Say in a line of up to 120 characters what this is.")
	}
	if why == "" {
		return nil, problem.Field("why", "Say why, for the reviewers.")
	}
	entry := yaml.MapSlice{{Key: "id", Value: q.freeID(title)}, {Key: "file", Value: p.File}}
	if p.side == diff.Old {
		entry = append(entry, yaml.MapItem{Key: "side", Value: "old"})
	}
	entry = append(entry, yaml.MapItem{Key: "lines", Value: p.linesField()})
	list := "decoys"
	if form.Get(fieldWhat) != "decoy" {
		list = "defects"
		severity, class := form.Get("severity"), form.Get("class")
		if !slices.Contains(severities, severity) {
			return nil, problem.Field("severity", "Choose how bad it is.")
		}
		if !slices.Contains(classes, class) {
			return nil, problem.Field("class", "Choose what sort of defect it is.")
		}
		entry = append(entry, yaml.MapItem{Key: "severity", Value: severity}, yaml.MapItem{Key: "class", Value: class})
		if raw := strings.TrimSpace(form.Get("points")); raw != "" {
			n, err := strconv.Atoi(raw)
			if err != nil || n < 1 || n > 20 {
				return nil, problem.Field("points", "Points are 1 to 20; leave them out for the usual ones.")
			}
			entry = append(entry, yaml.MapItem{Key: "points", Value: n})
		}
	}
	entry = append(entry, yaml.MapItem{Key: "title", Value: title}, yaml.MapItem{Key: "why", Value: why})
	if list == "defects" && form.Get("taken_up") != "" {
		entry = append(entry, yaml.MapItem{Key: "taken_up", Value: true})
	}
	raw, err := fs.ReadFile(dir, defectsName)
	if err != nil {
		return nil, err
	}
	out, err := insert(raw, list, entry)
	return map[string][]byte{defectsName: out}, err
}

var noKey = regexp.MustCompile(`[^a-z0-9]+`)

// freeID makes an id of a title that nothing here has yet.
func (q *spec) freeID(title string) string {
	id := strings.Trim(noKey.ReplaceAllString(strings.ToLower(title), "-"), "-")
	if len(id) > 40 {
		id = strings.Trim(id[:40], "-")
	}
	if id == "" {
		id = "finding"
	}
	taken := func(id string) bool {
		_, is := q.defect(id)
		return is || slices.ContainsFunc(q.decoys, func(d decoy) bool { return d.ID == id })
	}
	for n, first := 2, id; taken(id); n++ {
		id = fmt.Sprintf("%s-%d", first, n)
	}
	return id
}

// insert adds an entry at the end of a list of the file, which is made when it is not there. Every other byte stays. Problems: errFlow.
func insert(raw []byte, list string, entry yaml.MapSlice) ([]byte, error) {
	block, err := yaml.MarshalWithOptions(entry, yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, list+":") })
	if at < 0 {
		lines = append(lines, list+":")
		at = len(lines) - 1
	}
	if rest, _, _ := strings.Cut(strings.TrimPrefix(lines[at], list+":"), "#"); strings.TrimSpace(rest) != "" {
		return nil, errFlow
	}
	end, indent := at+1, "  "
	for i := at + 1; i < len(lines); i++ {
		l := lines[i]
		trimmed := strings.TrimSpace(l)
		if trimmed != "" && l[0] != ' ' && l[0] != '#' && l[0] != '-' {
			break // the next key
		}
		if strings.HasPrefix(trimmed, "- ") && end == at+1 {
			indent = l[:len(l)-len(strings.TrimLeft(l, " "))]
		}
		if trimmed != "" && l[0] != '#' {
			end = i + 1
		}
	}
	var added []string
	for i, l := range strings.Split(strings.TrimRight(string(block), "\n"), "\n") {
		switch {
		case i == 0:
			l = indent + "- " + l
		case l != "":
			l = indent + "  " + l
		}
		added = append(added, l)
	}
	return []byte(strings.Join(slices.Insert(lines, end, added...), "\n") + "\n"), nil
}
