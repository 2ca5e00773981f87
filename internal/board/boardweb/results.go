package boardweb

import (
	"net/http"
	"strconv"

	"candor/internal/assessment"
	"candor/internal/board"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/web"
)

// results streams an opening's table as a file.
func (p *Pages) results(w http.ResponseWriter, r *http.Request) error {
	f := board.Format(r.PathValue("format"))
	if f != board.CSV && f != board.XLSX {
		return web.ErrMissing
	}
	return p.Boards.Results(r.Context(), web.Actor(r), openingOf(r), f, w, func(op opening.Opening) {
		w.Header().Set("Content-Type", f.Type())
		w.Header().Set("Content-Disposition", `attachment; filename="results-`+string(op.ID)+"."+string(f)+`"`)
	})
}

type dossierView struct {
	Page web.Page
	*board.Dossier
}

// dossier is a page to print.
func (p *Pages) dossier(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Boards.Dossier(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	return web.Show(w, r, dossierPage(dossierView{web.PageOf(r, "Dossier: "+d.Application.Title()), d}))
}

// level is a rating in words: "3 Solid".
func level(c assessment.Criterion, r review.Rating) string {
	switch {
	case r.Level >= 1 && r.Level <= len(c.Levels):
		return strconv.Itoa(r.Level) + " " + c.Levels[r.Level-1].Name
	case r.Level == review.CannotRate:
		return "Could not be scored: " + r.Reason
	}
	return "Not scored"
}

// decided is a decision in words.
func decided(d review.Decision) string {
	word := map[review.Outcome]string{review.Advance: "Advance", review.Hold: "Hold", review.Reject: "Decline"}[d.Outcome]
	if !d.Undone.IsZero() {
		word += ", taken back"
	}
	return word
}
