package reviewweb

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"candor/internal/assessment"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
)

type rubricView struct {
	Page    web.Page
	Base    string // /o/x
	Here    string
	Rubrics *review.Rubrics
	At      assessment.VersionID // of the form that came back
	Reason  string
	Problem *problem.Problem
}

// rubric is by which rubrics an opening's work is read.
func (p *Pages) rubric(w http.ResponseWriter, r *http.Request) error {
	return p.showRubric(w, r, rubricForm{}, nil)
}

func (p *Pages) showRubric(w http.ResponseWriter, r *http.Request, f rubricForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	list, lerr := p.Reviews.Rubrics(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if lerr != nil {
		return lerr
	}
	v := rubricView{Page: web.PageOf(r, "Rubric"), Base: base(r), Rubrics: list, At: assessment.VersionID(f.Version), Reason: f.Reason, Problem: prob}
	v.Here = v.Base + "/openings/" + string(list.Opening.ID) + "/rubric"
	return web.ShowWith(w, r, err, rubricPage(v))
}

type rubricForm struct {
	Version string `max:"64"`
	Reason  string `max:"500"`
}

// changeRubric lets the opening's work be read by another rubric.
func (p *Pages) changeRubric(w http.ResponseWriter, r *http.Request) error {
	var f rubricForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.ChangeRubric(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")), assessment.VersionID(f.Version), f.Reason)
	}
	if err != nil {
		return p.showRubric(w, r, f, err)
	}
	return web.Redirect(w, r, base(r)+"/openings/"+r.PathValue("opening")+"/rubric", "The rubric is in force. Its touched ratings are being opened, and their readers are told.")
}

// newest are the versions that plans lead to, each with its plans.
func (v rubricView) newest() (out [][]review.Plan) {
	for _, p := range v.Rubrics.Plans {
		if n := len(out); n > 0 && out[n-1][0].To.ID == p.To.ID {
			out[n-1] = append(out[n-1], p)
			continue
		}
		out = append(out, []review.Plan{p})
	}
	return out
}

// differs says in words what became of a criterion.
func differs(t review.Touched) string {
	switch t.Differs {
	case review.Reworded:
		return "Reworded: what was scored on it is scored again"
	case review.Added:
		return "New: it is scored on every card"
	case review.Gone:
		return "Gone: what was scored on it counts no more, and is kept"
	}
	return fmt.Sprintf("Weight %d instead of %d: what was scored stays, and counts so", t.To.Weight, t.From.Weight)
}

// title is that of a touched criterion.
func title(t review.Touched) string { return cmp.Or(t.To.Title, t.From.Title) }

// steps are the levels of a touched criterion, the older beside the newer.
func steps(t review.Touched) (out []step) {
	for i := range max(len(t.From.Levels), len(t.To.Levels)) {
		s := step{N: i + 1}
		if i < len(t.From.Levels) {
			s.Was = t.From.Levels[i]
		}
		if i < len(t.To.Levels) {
			s.Is = t.To.Levels[i]
		}
		out = append(out, s)
	}
	return slices.DeleteFunc(out, func(s step) bool { return s.Was == s.Is })
}

type step struct {
	N       int
	Was, Is assessment.Level
}

func says(l assessment.Level) string {
	if l.Name == "" {
		return "Not there"
	}
	return l.Name + ". " + l.Anchor
}

// number says how many there are of something.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// opens says what a plan opens again.
func opens(p review.Plan) string {
	if p.Ratings == 0 && p.Drafts == 0 {
		return "No rating opens again."
	}
	s := fmt.Sprintf("%s on %s of %s open again; everything else on them stays as it was sent.", number(p.Ratings, "rating", "ratings"), number(p.Cards, "sent scorecard", "sent scorecards"), number(p.Readers, "reader", "readers"))
	if p.Ratings == 0 {
		s = "No sent scorecard opens again."
	}
	if p.Drafts > 0 {
		s += " " + number(p.Drafts, "level on a draft is", "levels on drafts are") + " chosen anew."
	}
	return s
}

// now is what became of opened ratings, in words.
func now(x review.ReopenedRating) string {
	switch {
	case !x.Done:
		return "Open"
	case x.Now == review.Unrated:
		return "Left without a score"
	}
	return level(x.To, review.Rating{Level: x.Now})
}

// was is what opened ratings were, in words.
func was(x review.ReopenedRating) string {
	switch {
	case x.From.Key == "":
		return "New criterion"
	case x.Draft:
		return level(x.From, review.Rating{Level: x.Was}) + " (draft)"
	}
	return level(x.From, review.Rating{Level: x.Was})
}
