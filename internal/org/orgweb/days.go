package orgweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// weekdays are the days as the page lists them.
var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

type daysForm struct {
	Week     []string `form:"week" max:"7"` // of time.Weekday
	Holidays string   `form:"holidays" max:"200000"`
}

type daysView struct {
	Page    web.Page
	Form    daysForm
	Next    []org.Holiday // the next ones, at most 5
	Problem *problem.Problem
}

func (v daysView) works(d time.Weekday) bool {
	for _, s := range v.Form.Week {
		if s == strconv.Itoa(int(d)) {
			return true
		}
	}
	return false
}

func dayName(h org.Holiday) string {
	t, _ := time.Parse("2006-01-02", h.Day) // kept ones are days
	return t.Format("Mon 2 Jan 2006")
}

func (p *Pages) days(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Orgs.Calendar(r.Context(), web.Actor(r).Org)
	if err != nil {
		return err
	}
	var f daysForm
	for _, d := range weekdays {
		if c.Week[d] {
			f.Week = append(f.Week, strconv.Itoa(int(d)))
		}
	}
	var lines []string
	for _, h := range c.Holidays() {
		lines = append(lines, h.Day+" "+h.Name)
	}
	f.Holidays = strings.Join(lines, "\n")
	return p.showDays(w, r, f, nil)
}

func (p *Pages) showDays(w http.ResponseWriter, r *http.Request, f daysForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v := daysView{Page: web.PageOf(r, "Working days"), Form: f, Problem: prob}
	c, err2 := p.Orgs.Calendar(r.Context(), web.Actor(r).Org)
	if err2 != nil {
		return err2
	}
	today := v.Page.Now.In(c.Zone).Format("2006-01-02")
	for _, h := range c.Holidays() {
		if h.Day >= today && len(v.Next) < 5 {
			v.Next = append(v.Next, h)
		}
	}
	return web.ShowWith(w, r, err, daysPage(v))
}

func (p *Pages) setDays(w http.ResponseWriter, r *http.Request) error {
	var f daysForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showDays(w, r, f, err)
	}
	off, err := org.ReadHolidays(f.Holidays)
	if err != nil {
		return p.showDays(w, r, f, err)
	}
	var week [7]bool
	for _, s := range f.Week {
		if d, err := strconv.Atoi(s); err == nil && d >= 0 && d < 7 {
			week[d] = true
		}
	}
	if err := p.Orgs.SetDays(r.Context(), web.Actor(r), week, off); err != nil {
		return p.showDays(w, r, f, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/days", "Saved. What was promised to somebody already keeps its day.")
}
