package attemptweb

import (
	"net/url"

	"github.com/a-h/templ"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web/locale"
)

// tried is one task of the practice for somebody without a place.
type tried struct {
	assessment.PartItem
	Ask     item.AskView
	Percent int    // of what was just checked; -1 nothing was, or it has no mark
	Said    bool   // it was just checked
	Wrong   string // why it could not be
}

type triedView struct {
	At    string // where it is posted
	L     *locale.Locale
	MD    mdShow
	Items []tried
}

type mdShow interface{ Show(string) templ.Component }

// Try draws the practice for somebody who has no place yet: what can be answered and checked without running a program. fields are what was just
// posted; nothing of it is kept.
func (p *Pages) Try(l *locale.Locale, at string, fields url.Values) (templ.Component, error) {
	version, err := PracticeVersion(p.Kinds)
	if err != nil {
		return nil, err
	}
	v := triedView{At: at, L: l, MD: p.MD}
	for _, it := range version.Parts[0].Items {
		if _, runs := it.Kind.(item.Doer); runs {
			continue
		}
		x := tried{PartItem: it, Percent: -1, Ask: item.AskView{Ref: item.Ref{Owner: "practice_", Version: string(Practice), Item: it.Key}, Body: it.Kind.Blank(it.Spec), Text: l.T}}
		if fields.Get("_item") == it.Key {
			if err := x.check(fields); err != nil {
				return nil, err
			}
		}
		v.Items = append(v.Items, x)
	}
	return triedPart(v), nil
}

// check marks what was posted where the kind does that at once.
func (x *tried) check(fields url.Values) error {
	body, err := x.Kind.Form(x.Spec, x.Ask.Body, attempt.Own(fields))
	if err == nil {
		err = x.Kind.Check(x.Spec, body)
	}
	if prob, ok := problem.As(err); ok {
		x.Wrong = prob.Text
		return nil
	}
	if err != nil {
		return err
	}
	x.Ask.Body, x.Said = body, true
	if m, ok := x.Kind.(item.Marker); ok && x.Kind.Answered(x.Spec, body) {
		mark, err := m.Mark(x.Spec, body)
		if err != nil {
			return err
		}
		x.Percent = int(mark.Share*100 + 0.5)
	}
	return nil
}
