package repository

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/judge"
)

func base(name string) string { return path.Base(name) }

// detail is what a person reads of a test that does not pass.
func detail(t shownTest) string {
	if t.Verdict == judge.AC {
		return ""
	}
	return strings.TrimSpace(t.Reason + "\n" + t.Text)
}

// readView is what readers see, and the candidate afterwards.
type readView struct {
	item.ReadView
	q *spec
	a answer
}

// outcome is what the checks said; candidates get it reduced.
func (v readView) outcome() (shown, bool) {
	var o judge.Outcome
	if v.Mark == nil || len(v.Mark.Detail) == 0 || json.Unmarshal(v.Mark.Detail, &o) != nil {
		return shown{}, false
	}
	if !v.Candidate { // readers see what went wrong in hidden checks too
		for i := range o.Suites {
			if o.Suites[i].Hidden {
				o.Suites[i].Name += " (hidden)"
				for k := range o.Tests {
					if o.Tests[k].Suite+" (hidden)" == o.Suites[i].Name {
						o.Tests[k].Suite = o.Suites[i].Name
					}
				}
				o.Suites[i].Hidden = false
			}
		}
	}
	var s shown
	s.of(o)
	for i, c := range s.Checks {
		for k, t := range c.Tests {
			if !v.Candidate {
				s.Checks[i].Tests[k].At = item.TestPlace(c.Name + "/" + t.Name)
			}
		}
	}
	return s, true
}

// anchor is what the places of a file begin with.
func (v readView) anchor(c changed) string { return anchor(v.Ref.Item, c.Path) }

func anchor(key, file string) string { return key + "-" + strings.ReplaceAll(file, " ", "-") + "-" }

// Quote is lines of a file that was changed or added.
func (k Kind) Quote(ref item.Ref, s item.Spec, body []byte, place string) (item.Quote, bool) {
	return item.QuoteLines(k.Documents(s, body), place, func(file string, line int) string {
		return anchor(ref.Item, file) + "R" + strconv.Itoa(line)
	})
}

// left are edits that do not count, because a newer commit changed their files.
func (v readView) left() []string { return v.q.conflicts(v.a) }
