package assessmentweb

import (
	"fmt"
	"math"
	"net/http"

	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// timesView is what a version is said to take, what colleagues took and what candidates take.
type timesView struct {
	Page    web.Page
	V       *assessment.Version
	List    []analytics.Time
	Newest  int
	Imports bool
	Problem *problem.Problem
}

func timesPath(pg web.Page, v *assessment.Version) string {
	return base(pg) + "/versions/" + string(v.ID) + "/times"
}

// offer is what one press would change, in words; "" where there is nothing to change.
func (v timesView) offer(s analytics.Source) string {
	parts, _ := analytics.Proposed(v.List, s)
	out := ""
	for _, p := range v.V.Parts {
		n, ok := parts[p.Key]
		if !ok {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += fmt.Sprintf("%s %d min instead of %d", p.Title, n, p.Minutes)
		if p.Timed > 0 && n > minutes(p.Timed) {
			out += fmt.Sprintf(" (and %d min on the clock)", n)
		}
	}
	return out
}

// longer are the parts that take longer than they say.
func (v timesView) longer() (out []analytics.Time) {
	for _, t := range v.List {
		if t.Item == "" && t.Longer() {
			out = append(out, t)
		}
	}
	return out
}

// mins is a measured time as it is read.
func mins(m float64) string { return fmt.Sprintf("%d min", int(math.Ceil(m))) }

func pilotedWords(r analytics.Real) string {
	if r.N == 0 {
		return "nobody yet"
	}
	return mins(r.Half)
}

func realWords(r analytics.Real, m float64) string {
	if !r.Known() {
		return "too few to say"
	}
	return mins(m)
}

func (p *Pages) times(w http.ResponseWriter, r *http.Request) error { return p.showTimes(w, r, nil) }

func (p *Pages) showTimes(w http.ResponseWriter, r *http.Request, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, list, err2 := p.Analytics.Times(r.Context(), web.Actor(r), assessment.VersionID(r.PathValue("version")))
	if err2 != nil {
		return err2
	}
	l, _, err2 := p.Assessments.Versions(r.Context(), web.Actor(r), v.Assessment)
	if err2 != nil {
		return err2
	}
	return web.ShowWith(w, r, err, timesPage(timesView{web.PageOf(r, "How long it takes: "+v.Title), v, list, l.Versions, org.May(web.Actor(r), "assessment.import"), prob}))
}

// advertise makes what was measured the advertised time, in the next draft.
func (p *Pages) advertise(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		From   string `form:"from,required" max:"10"`
		Newest int    `form:"newest" min:"1"`
	}
	err := web.ReadForm(r, &f)
	next := assessment.VersionID("")
	if err == nil {
		next, err = p.Analytics.Advertise(r.Context(), web.Actor(r), assessment.VersionID(r.PathValue("version")), f.Newest, analytics.Source(f.From))
	}
	if err != nil {
		return p.showTimes(w, r, err)
	}
	return web.Redirect(w, r, base(web.PageOf(r, ""))+"/versions/"+string(next), "This is the next draft, with the measured time. Publish it, and choose it for the stages that shall use it.")
}
