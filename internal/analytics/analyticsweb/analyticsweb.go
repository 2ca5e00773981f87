// Package analyticsweb is the figures of an opening: charts that the server draws, each with its table.
package analyticsweb

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"candor/internal/analytics"
	"candor/internal/opening"
	"candor/internal/web"
	"candor/internal/web/ui/chart"
)

// Pages is this page.
type Pages struct {
	Analytics *analytics.Analytics
}

// Routes declares it.
func (p *Pages) Routes(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /o/{org}/openings/{opening}/figures", Action: "opening.figures", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateRead}, p.figures)
}

type figuresView struct {
	Page web.Page
	Here string // the opening's address
	analytics.Figures
}

func (p *Pages) figures(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Analytics.Of(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	v := figuresView{web.PageOf(r, "Figures: "+f.Opening.Title), "/o/" + r.PathValue("org") + "/openings/" + string(f.Opening.ID), f}
	return web.Show(w, r, figuresPage(v))
}

// tooFew stands where a median would tell of single people.
const tooFew = "too few to say"

// of is a median with its unit, in words.
func of(m analytics.Median, unit string) string {
	if !m.Known() {
		return tooFew
	}
	text := strconv.FormatFloat(m.Value, 'f', 1, 64)
	text = strings.TrimSuffix(text, ".0")
	if text == "1" {
		return "1 " + unit
	}
	return text + " " + unit + "s"
}

// steps draws how many took each step.
func (v figuresView) steps() chart.View {
	c := chart.View{FirstName: "Candidates", Head: "Step"}
	var said []string
	for _, s := range v.Steps {
		c.Labels, c.First = append(c.Labels, s.Name), append(c.First, s.Count)
		said = append(said, fmt.Sprintf("%s %d", strings.ToLower(s.Name), s.Count))
	}
	c.Sentence = "How many candidates took each step: " + strings.Join(said, ", ") + "."
	return c
}

// replies draws how many days our replies took.
func (v figuresView) replies() chart.View {
	c := chart.View{First: v.Replies, FirstName: "Replies", Head: "Days"}
	for i := range v.Replies {
		c.Labels = append(c.Labels, strconv.Itoa(i))
	}
	c.Labels[analytics.ReplyDays] += "+"
	c.Sentence = fmt.Sprintf("Replies by whole days from work sent to our reply; the middle one took %s.", of(v.Reply, "day"))
	return c
}

// parts draws how many began and finished each part.
func (v figuresView) parts() chart.View {
	c := chart.View{FirstName: "Finished", SecondName: "Began", Head: "Part"}
	var said []string
	for i, p := range v.Parts {
		c.Labels, c.First, c.Second = append(c.Labels, strconv.Itoa(i+1)), append(c.First, p.Finished), append(c.Second, p.Began)
		said = append(said, fmt.Sprintf("%s %d of %d", p.Title, p.Finished, p.Began))
	}
	c.Sentence = "How many finished each part of those who began it: " + strings.Join(said, ", ") + "."
	return c
}

// given draws minutes per sent work on both sides.
func (v figuresView) given() chart.View {
	r := v.Ratio
	theirs, ours := r.Theirs/r.Sent, r.Ours/r.Sent
	return chart.View{FirstName: "Minutes per work sent", Head: "Who", Labels: []string{"Candidates", "We"}, First: []int{theirs, ours},
		Sentence: fmt.Sprintf("Minutes per work sent, of %d: candidates %d, we %d.", r.Sent, theirs, ours)}
}

// times is the ratio in words.
func (v figuresView) times() string {
	if v.Ratio.Ours == 0 {
		return "we gave none yet"
	}
	return strconv.FormatFloat(v.Ratio.Times(), 'f', 1, 64) + " to 1"
}

// hours is a number of minutes in words.
func hours(minutes int) string {
	if minutes < 100 {
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %02d min", minutes/60, minutes%60)
}

// answered is how many replies were given, or are late by now.
func (v figuresView) answered() int { return v.Kept + v.Late + v.Overdue }

// dropped is the share that began a part and did not finish it.
func dropped(p analytics.Part) string {
	if p.Began < analytics.Fewest {
		return tooFew
	}
	return strconv.Itoa((100*(p.Began-p.Finished)+p.Began/2)/p.Began) + " %"
}

// realTime is what a part takes.
func realTime(p analytics.Part) string {
	if p.Real.N == 0 {
		return "no clock runs"
	}
	return of(p.Real, "minute")
}
