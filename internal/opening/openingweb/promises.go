package openingweb

import (
	"net/http"
	"strings"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/web"
)

// promisesForm is what an opening promises beside its title.
type promisesForm struct {
	ReplyDays    int
	ReviewDays   int
	FeedbackDays int
	MostLate     int
}

type promisesView struct {
	Form    promisesForm
	Typed   bool // the form is what came back
	Late    int
	Readers int // who review here and are present
	Cards   int // the most that one submission needs
	Pace    review.Pace
	Days    org.Calendar
	Rates   []opening.Rate
	More    []Link // what other faces promise here
}

// Link leads to a page of another face.
type Link struct{ Text, About, Href string }

// aWeek says how many submissions a week can be read.
func (v promisesView) aWeek() string {
	measured := "a guess until " + plural(review.Few, "card") + " are filed"
	if v.Pace.Cards > 0 {
		measured = "measured over " + plural(v.Pace.Cards, "card")
	}
	how := plural(v.Readers, "reviewer") + " here now, " + plural(v.Cards, "card") + " a submission, " + plural(v.Pace.Minutes, "minute") + " a card (" + measured + "), " + itoa(review.HoursAWeek) + " hours of reading a week each."
	switch n := v.Pace.AWeek(v.Readers, v.Cards); {
	case v.Cards == 0:
		return "Nobody reads submissions in this opening: its stages are marked by the program alone."
	case v.Readers == 0:
		return "Nobody who reviews here is present, so no submission could be read. Add reviewers under People."
	default:
		return "They can read about " + plural(n, "submission") + " a week: " + how
	}
}

// off is how many holidays are left out.
func (v promisesView) off() string {
	if n := len(v.Days.Off); n > 0 {
		return ", without " + plural(n, "holiday") + " that it keeps"
	}
	return "; it keeps no holidays"
}

// week is the working week in words.
func (v promisesView) week() string {
	var out []string
	for _, d := range []int{1, 2, 3, 4, 5, 6, 0} {
		if v.Days.Week[d] {
			out = append(out, []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}[d])
		}
	}
	return strings.Join(out, ", ")
}

var kindNames = map[promise.Kind]string{promise.Review: "Reading", promise.Reply: "Reply", promise.Feedback: "Written feedback", promise.Appeal: "Second look", promise.Talk: "Talk", promise.Payment: "Payment", promise.Question: "Next question", promise.Evaluation: "Work trial, evaluated"}

func (p *Pages) promises(w http.ResponseWriter, r *http.Request) error {
	return p.showSettings(w, r, settingsView{Current: "promises"}, nil)
}

// terms reads what the page of promises shows.
func (p *Pages) terms(r *http.Request, v *settingsView) error {
	o := v.Opening
	t := &v.Terms
	if !t.Typed {
		t.Form = promisesForm{o.ReplyDays, o.ReviewDays, o.FeedbackDays, o.MostLate}
	}
	for _, s := range v.Stages {
		t.Cards = max(t.Cards, s.Reviewers)
	}
	err := p.read(r, func(tx db.Tx) (err error) {
		ctx := r.Context()
		if t.Readers, err = p.Openings.Present(ctx, tx, o.ID, opening.Reviewer); err != nil {
			return err
		}
		if t.Pace, err = p.Reviews.PaceOf(ctx, tx, o.ID); err != nil {
			return err
		}
		if t.Days, err = p.Orgs.CalendarIn(ctx, tx); err != nil {
			return err
		}
		f, err := p.Openings.Figures(ctx, tx, o.ID)
		t.Late, t.Rates = f.LateNow, f.Promises
		return err
	})
	for _, m := range p.More {
		t.More = append(t.More, Link{m.Text, m.About, v.Path + m.Href})
	}
	return err
}

func (p *Pages) setPromises(w http.ResponseWriter, r *http.Request) error {
	var f promisesForm
	back := func(err error) error {
		return p.showSettings(w, r, settingsView{Current: "promises", Terms: promisesView{Form: f, Typed: true}}, err)
	}
	if err := web.ReadForm(r, &f); err != nil {
		return back(err)
	}
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	o.ReplyDays, o.ReviewDays, o.FeedbackDays, o.MostLate = f.ReplyDays, f.ReviewDays, f.FeedbackDays, f.MostLate
	if err := p.Openings.SetPromises(r.Context(), web.Actor(r), o); err != nil {
		return back(err)
	}
	return web.Redirect(w, r, p.path(r, o.ID)+"/promises", "Saved. What was promised to somebody already stays as it was.")
}
