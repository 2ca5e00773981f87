package batchweb

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"candor/internal/batch"
	"candor/internal/db"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

type mailView struct {
	Page    web.Page
	Opening opening.Opening
	Batch   batch.Batch
	Row     int // position of the row whose mail it is
	Line    int
	Letter  notify.Mail
	Next    int // position of the next to invite; 0 is none
	Mails   bool
	Problem *problem.Problem
}

// mail shows the mail of a row to invite (?row=, the first otherwise) as it will look, and what confirming does.
func (p *Pages) mail(w http.ResponseWriter, r *http.Request) error { return p.showMail(w, r, nil) }

func (p *Pages) showMail(w http.ResponseWriter, r *http.Request, cause error) error {
	v := mailView{Page: web.PageOf(r, "Check the invitations"), Mails: p.mails()}
	row, _ := strconv.Atoi(r.URL.Query().Get("row"))
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	v.Problem = prob
	err = p.read(r, func(tx db.Tx) (err error) {
		ctx, who := r.Context(), web.Actor(r)
		if v.Batch, err = p.Batches.LoadIn(ctx, tx, who, openingID(r), batchID(r)); err != nil {
			return err
		}
		if v.Batch.State != batch.Draft {
			return batch.ErrSent
		}
		if v.Opening, err = p.Openings.LoadIn(ctx, tx, who, v.Batch.Opening); err != nil {
			return err
		}
		rows, err := p.Batches.Rows(ctx, tx, v.Batch.ID, batch.Go, row-1, 2)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return batch.ErrNobody
		}
		if len(rows) > 1 {
			v.Next = rows[1].Position
		}
		shown, err := p.rowView(r, tx, who, rows[0]) // somebody we know keeps the name we know
		if err != nil {
			return err
		}
		v.Row, v.Line = shown.Position, shown.Line
		stages, err := p.Openings.Stages(ctx, tx, v.Opening.ID)
		if err != nil {
			return err
		}
		zone := shown.Zone
		if zone == "" {
			zone = v.Batch.Plan.Zone
		}
		v.Letter, err = p.Notify.Draft(ctx, tx, v.Opening, stages[0], opening.InviteForm{Name: shown.Name, Email: shown.Email, Zone: zone, Note: v.Batch.Plan.Note, FinishBy: v.Batch.Plan.FinishBy})
		return err
	})
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, mailPage(v))
}

type sendForm struct{ Count int }

// send confirms. A second press finds it confirmed and leads to how far it is.
func (p *Pages) send(w http.ResponseWriter, r *http.Request) error {
	var f sendForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	err := p.Batches.Send(r.Context(), web.Actor(r), openingID(r), batchID(r), f.Count)
	switch {
	case errors.Is(err, batch.ErrSent):
		return web.Redirect(w, r, path(r), "This list is confirmed already. Nobody is invited twice.")
	case errors.Is(err, problem.ErrInvalid), errors.Is(err, batch.ErrChanged):
		return p.showMail(w, r, err)
	case err != nil:
		return err
	}
	return web.Redirect(w, r, path(r), "Confirmed. "+plural(f.Count, "person is", "people are")+" invited.")
}

// answers is whom an answer to the mail reaches.
func (v mailView) answers() string {
	name, email := v.Letter.Answers()
	return name + " · " + email
}

// back is the list's address.
func (v mailView) back() string {
	return base(v.Page) + "/openings/" + string(v.Opening.ID) + "/batches/" + string(v.Batch.ID)
}

func (v mailView) begins() string {
	if !v.Batch.Plan.Start.After(v.Page.Now) {
		return "at once"
	}
	return when(v.Page, v.Batch.Plan.Start)
}

func (v mailView) last() time.Time { return v.Batch.Plan.Last(v.Batch.ToInvite(), v.Page.Now) }
