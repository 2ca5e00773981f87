package batchweb

import (
	"errors"
	"net/http"
	"time"

	"candor/internal/batch"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

type planForm struct {
	Note     string `max:"1000"`
	Zone     string `max:"64"`
	FinishBy string `max:"32"`
	Start    string `max:"32"`
	PerHour  int
}

type rowForm struct {
	Row   int
	Name  string `max:"200"`
	Email string `max:"300"`
	Zone  string `max:"64"`
	View  string `max:"10"`
	After int
	Step  string // "save" corrects it, "out" leaves it out, "in" takes it in again
}

type columnsForm struct {
	Column []string `max:"100"`
	Head   bool
}

// planOf is a plan as its form shows it: times as clocks in its zone show them.
func planOf(p batch.Plan) planForm {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		zone = time.UTC
	}
	f := planForm{Note: p.Note, Zone: p.Zone, FinishBy: p.FinishBy.In(zone).Format(opening.LocalForm), PerHour: p.PerHour}
	if !p.Start.IsZero() {
		f.Start = p.Start.In(zone).Format(opening.LocalForm)
	}
	return f
}

// read makes the plan. ErrInvalid.
func (f planForm) read() (batch.Plan, error) {
	p := batch.Plan{Note: f.Note, Zone: f.Zone, PerHour: f.PerHour}
	var err error
	if p.FinishBy, err = opening.ReadLocal(f.FinishBy, f.Zone); err != nil {
		return p, err
	}
	if f.Start == "" {
		return p, nil
	}
	if p.Start, err = opening.ReadLocal(f.Start, f.Zone); err != nil {
		if x, ok := problem.As(err); ok {
			err = problem.Field("start", x.Fields["finish_by"])
		}
	}
	return p, err
}

// plan keeps how the invitations go out and leads to the mail.
func (p *Pages) plan(w http.ResponseWriter, r *http.Request) error {
	var f planForm
	err := web.ReadForm(r, &f)
	var plan batch.Plan
	if err == nil {
		plan, err = f.read()
	}
	if err == nil {
		err = p.Batches.SetPlan(r.Context(), web.Actor(r), openingID(r), batchID(r), plan)
	}
	if errors.Is(err, problem.ErrInvalid) {
		return p.showBatch(w, r, &f, nil, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path(r)+"/mail", "")
}

// columns says what the columns hold.
func (p *Pages) columns(w http.ResponseWriter, r *http.Request) error {
	var f columnsForm
	err := web.ReadForm(r, &f)
	if err == nil {
		var m []batch.Meaning
		for _, c := range f.Column {
			m = append(m, batch.Meaning(c))
		}
		err = p.Batches.SetMeanings(r.Context(), web.Actor(r), openingID(r), batchID(r), m, f.Head)
	}
	if errors.Is(err, problem.ErrInvalid) {
		return p.showBatch(w, r, nil, nil, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path(r), "Read anew.")
}

// row corrects a row, leaves it out or takes it in again.
func (p *Pages) row(w http.ResponseWriter, r *http.Request) error {
	var f rowForm
	err := web.ReadForm(r, &f)
	ctx, who, o, b := r.Context(), web.Actor(r), openingID(r), batchID(r)
	said := "Corrected."
	switch {
	case err != nil:
	case f.Step == "out":
		said, err = "Left out.", p.Batches.LeaveOut(ctx, who, o, b, f.Row, true)
	case f.Step == "in":
		said, err = "Taken in again.", p.Batches.LeaveOut(ctx, who, o, b, f.Row, false)
	default:
		err = p.Batches.Correct(ctx, who, o, b, f.Row, f.Name, f.Email, f.Zone)
	}
	if errors.Is(err, problem.ErrInvalid) {
		return p.showBatch(w, r, nil, &f, err)
	}
	if err != nil {
		return err
	}
	v := showView{Page: web.Page{Path: path(r)}, Which: batch.Which(f.View)}
	return web.Redirect(w, r, v.address(v.Which, f.After, 0), said)
}

// stop ends a list that is under way.
func (p *Pages) stop(w http.ResponseWriter, r *http.Request) error {
	if err := p.Batches.Stop(r.Context(), web.Actor(r), openingID(r), batchID(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, path(r), "Stopped. Nobody else of this list is invited.")
}

// discard removes a draft.
func (p *Pages) discard(w http.ResponseWriter, r *http.Request) error {
	if err := p.Batches.Discard(r.Context(), web.Actor(r), openingID(r), batchID(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, lists(r), "The list is gone.")
}
