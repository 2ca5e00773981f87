package reviewweb

import (
	"fmt"
	"net/http"

	"candor/internal/agreement"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/web"
)

type agreementView struct {
	Page      web.Page
	Base      string
	Agreement *review.Agreement
}

// agreement is how far the readers of an opening agree, by criterion.
func (p *Pages) agreement(w http.ResponseWriter, r *http.Request) error {
	a, err := p.Reviews.Agreement(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	return web.Show(w, r, agreementPage(agreementView{web.PageOf(r, "Agreement"), base(r), a}))
}

// figure is a statistic in words, with two digits.
func figure(f agreement.Figure) string {
	switch f.Lack {
	case agreement.OneRater:
		return "Nothing was scored twice"
	case agreement.TooFew:
		return "Too few to say"
	case agreement.NoVariance:
		return "All the same level: chance cannot be told from agreement"
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", f.Value, f.Low, f.High)
}

// share is a figure as per cent.
func share(f agreement.Figure) string {
	if f.Lack != "" {
		return figure(f)
	}
	return fmt.Sprintf("%.0f %% (%.0f to %.0f)", 100*f.Value, 100*f.Low, 100*f.High)
}

// collision says which two anchors readers mix up most, and how often.
func collision(a review.Agreed) string {
	c := a.Collision
	switch {
	case !a.Collides:
		return "No two readers gave different levels yet."
	case a.N < agreement.Few:
		return fmt.Sprintf("Readers mixed up %d and %d most; too few to say how often.", c.Low, c.High)
	}
	return fmt.Sprintf("Of the ratings at %d or %d, %.0f %% met the other one.", c.Low, c.High, 100*c.Share)
}

// severity is how one rates beside others, in words.
func severity(f agreement.Figure, works int) string {
	switch {
	case f.Lack != "":
		return fmt.Sprintf("Too few to say: you and others scored %d works, and it takes %d.", works, agreement.Few)
	case f.Low <= 0 && f.High >= 0:
		return fmt.Sprintf("On %d works your levels cannot be told from those of others (%+.2f levels, %+.2f to %+.2f).", works, f.Value, f.Low, f.High)
	case f.Value < 0:
		return fmt.Sprintf("On %d works you rate %.2f levels below others (%.2f to %.2f).", works, -f.Value, -f.High, -f.Low)
	}
	return fmt.Sprintf("On %d works you rate %.2f levels above others (%.2f to %.2f).", works, f.Value, f.Low, f.High)
}
