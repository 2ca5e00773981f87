package codereview

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"candor/internal/item"
	"candor/internal/web/ui/diff"

	"github.com/a-h/templ"
)

// reading is a review as a reviewer, or its candidate afterwards, reads it.
type reading struct {
	*spec
	item.ReadView
	a answer
	r result
}

// Read is the change with the comments in place; reviewers see beside them what was seeded.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	q := s.(*spec)
	out := reading{q, v, parse(v.Body), result{}}
	if v.Mark == nil || json.Unmarshal(v.Mark.Detail, &out.r) != nil || out.r.Of == nil {
		out.r = q.match(out.a.Comments, v.Rulings)
	}
	if v.Candidate {
		return own(out)
	}
	return read_(out)
}

func percent(f float64) string { return fmt.Sprintf("%.0f %%", f*100) }

// facts are the numbers of the mark in words.
func (v reading) facts() []string {
	out := []string{
		fmt.Sprintf("%d of %d seeded defects found, %s of their weight", len(v.r.Found), len(v.defects), percent(v.r.Weighted)),
		fmt.Sprintf("%s of the claims are right", percent(v.r.Precision)),
	}
	if n := len(v.r.Extra); n > 0 {
		out = append(out, plural(n, "valid finding")+" that nobody seeded")
	}
	if v.r.False > 0 {
		out = append(out, plural(v.r.False, "false alarm"))
	}
	if v.r.Open > 0 {
		out = append(out, plural(v.r.Open, "comment")+" of which nobody has said yet what it is")
	}
	return out
}

func (v reading) comment(id string) (comment, bool) {
	i := slices.IndexFunc(v.a.Comments, func(c comment) bool { return c.ID == id })
	if i < 0 {
		return comment{}, false
	}
	return v.a.Comments[i], true
}

func (v reading) number(name string) int {
	return slices.IndexFunc(v.files, func(f *file) bool { return f.path == name })
}

func (v reading) lineHref(p Place) string {
	return v.at(p.File, diff.At{Side: p.side, Line: p.from})
}

// at leads to a line, opening its file where it starts closed.
func (v reading) at(name string, at diff.At) string {
	n := v.number(name)
	anchor := lineID("f", n, at)
	if n >= 0 && v.files[n].closed() != "" && !shown(v.Query, n) {
		return link(v.Query, queryShow, strconv.Itoa(n), anchor)
	}
	return "#" + anchor
}

// is says in words what became of a comment.
func (v reading) is(f finding) (tone, icon, text string) {
	switch f.Is {
	case "":
		return "warn", "info", "Not said yet what this is"
	case ruledValid:
		return "ok", "check", "Valid, nobody seeded it"
	case ruledFalse:
		return "bad", "x", "False alarm"
	case ruledNone:
		return "", "", "No claim"
	}
	d, _ := v.defect(f.Is)
	return "ok", "check", "Found: " + d.Title
}

// options are what a reviewer can rule, the proposal first in words.
func (v reading) options(c comment) (out [][2]string) {
	f := v.r.Of[c.ID]
	proposal := "Not decided"
	if f.Proposed && f.Is != "" {
		_, _, text := v.is(f)
		proposal = "By place: " + text
	}
	out = append(out, [2]string{"", proposal})
	for _, d := range v.defects {
		out = append(out, [2]string{d.ID, "Found: " + d.Title})
	}
	return append(out, [2]string{ruledValid, "Valid, and nobody seeded it"}, [2]string{ruledFalse, "Wrong: a false alarm"}, [2]string{ruledNone, "No claim: a question or a remark"})
}

// table is a file's with what was said and what was seeded.
func (v reading) table(n int) templ.Component {
	f := v.files[n]
	under := map[diff.At]bool{}
	for _, c := range v.a.Comments {
		if c.File == f.path {
			under[c.at()] = true
		}
	}
	seeded := v.seededIn(f.path)
	for _, p := range seeded {
		under[diff.At{Side: p.side, Line: p.to}] = true
	}
	return diff.Table{Change: f.change(), Path: f.path, Prefix: "f" + strconv.Itoa(n), Open: opened(v.Query, n),
		Keep: func(at diff.At) bool { return under[at] },
		Unfold: func(fold int) string {
			return link(v.Query, queryOpen, fmt.Sprintf("%d.%d", n, fold), "f"+strconv.Itoa(n))
		},
		Class: func(at diff.At) string {
			if slices.ContainsFunc(seeded, func(p Place) bool { return p.side == at.Side && p.covers(at.Line) }) {
				return "seed"
			}
			return ""
		},
		Under: func(at diff.At) templ.Component {
			if under[at] {
				return beside(v, f, at)
			}
			return nil
		}}.Draw()
}

// seededIn are the places of a file where something was seeded.
func (q *spec) seededIn(name string) (out []Place) {
	for _, d := range q.defects {
		if d.File == name {
			out = append(out, d.Place)
		}
	}
	for _, d := range q.decoys {
		if d.File == name {
			out = append(out, d.Place)
		}
	}
	return out
}

func (p Place) ends(name string, at diff.At) bool {
	return p.File == name && p.side == at.Side && p.to == at.Line
}

// alarms are the comments that took a decoy for a defect.
func (v reading) alarms(id string) (out []comment) {
	for _, c := range v.a.Comments {
		if f, ok := v.r.Of[c.ID]; ok && f.Decoy == id && f.Is == ruledFalse {
			out = append(out, c)
		}
	}
	return out
}

// opens says whether a file is drawn at once: something was said or seeded there, or it is not closed.
func (v reading) opens(n int) bool {
	return v.files[n].closed() == "" || v.files[n].closed().opens() && shown(v.Query, n)
}

func closedText(c closed, n int) string {
	return map[closed]string{large: fmt.Sprintf("%d lines changed in this file.", n), generated: "This file is written by a tool.",
		vendored: "This file came from somebody else’s project.", binary: "This file is not text.", huge: "This file is larger than 1 MiB and is not shown here.",
		moved: "Only the name changed.", mode: "Only the file’s mode changed.", lineEnds: "Only the line ends changed."}[c]
}
