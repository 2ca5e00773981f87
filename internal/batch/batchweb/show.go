package batchweb

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"candor/internal/actor"
	"candor/internal/batch"
	"candor/internal/db"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/seg"
)

// pageSize is how many rows a page has.
const pageSize = 100

// rowView is a row as this asker may see it.
type rowView struct {
	batch.Row
	Tone, Icon, Word, Says string
	Href, Link             string // leads to an application, with its title
	Form                   *rowForm
	Wrong                  string // what is wrong with the form that came back
}

type columnView struct {
	Head    string // as it stands in the file
	Samples []string
	Meaning batch.Meaning
}

type showView struct {
	Page    web.Page
	Opening opening.Opening
	Batch   batch.Batch
	Which   batch.Which
	After   int
	Rows    []rowView
	Next    int // the position after which the next page begins; 0 is the last page
	Columns []columnView
	Plan    planForm
	Mails   bool
	Sending notify.BatchMails
	Not     []refusedView
	Problem *problem.Problem // of the plan or the columns
}

// refusedView is somebody whose mail was refused.
type refusedView struct{ Name, Email, Words, Href string }

// show is a list with its rows: to check while it is a draft, to watch afterwards. ?row= opens one for correction.
func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showBatch(w, r, nil, nil, nil)
}

// showBatch shows the list again with a form that came back, and why.
func (p *Pages) showBatch(w http.ResponseWriter, r *http.Request, plan *planForm, edited *rowForm, cause error) error {
	q := r.URL.Query()
	v := showView{Page: web.PageOf(r, "Invitations by list"), Which: batch.Which(q.Get("view")), Mails: p.mails()}
	v.After, _ = strconv.Atoi(q.Get("after"))
	open, _ := strconv.Atoi(q.Get("row"))
	if edited != nil {
		v.Which, v.After, open = batch.Which(edited.View), edited.After, edited.Row
	}
	wrong, ok := problem.As(cause)
	if cause != nil && !ok {
		return cause
	}
	if edited == nil {
		v.Problem = wrong
	}
	err := p.read(r, func(tx db.Tx) (err error) {
		ctx, who := r.Context(), web.Actor(r)
		if v.Batch, err = p.Batches.LoadIn(ctx, tx, who, openingID(r), batchID(r)); err != nil {
			return err
		}
		if v.Opening, err = p.Openings.LoadIn(ctx, tx, who, v.Batch.Opening); err != nil {
			return err
		}
		rows, err := p.Batches.Rows(ctx, tx, v.Batch.ID, v.Which, v.After, pageSize+1)
		if err != nil {
			return err
		}
		if len(rows) > pageSize {
			rows = rows[:pageSize]
			v.Next = rows[pageSize-1].Position
		}
		for _, row := range rows {
			rv, err := p.rowView(r, tx, who, row)
			if err != nil {
				return err
			}
			if v.Batch.State == batch.Draft && row.Position == open {
				rv.Form = &rowForm{Row: row.Position, Name: row.Name, Email: row.Email, Zone: row.Zone}
				if edited != nil {
					rv.Form, rv.Wrong = edited, sentence(wrong)
				}
			}
			v.Rows = append(v.Rows, rv)
		}
		if v.Batch.State == batch.Draft {
			return p.readColumns(r, tx, &v)
		}
		return p.readSending(r, tx, who, &v)
	})
	if err != nil {
		return err
	}
	v.Plan = planOf(v.Batch.Plan)
	if plan != nil {
		v.Plan = *plan
	}
	if v.Batch.State == batch.Draft {
		v.Page.Title = "Check the list"
	}
	return web.ShowWith(w, r, cause, showPage(v))
}

// rowView says in words what was found. An application that the asker reads without its name, or not at all, is not led to.
func (p *Pages) rowView(r *http.Request, tx db.Tx, who actor.Actor, row batch.Row) (rowView, error) {
	v := rowView{Row: row}
	if row.Application != "" {
		a, err := p.Openings.LoadApplicationIn(r.Context(), tx, who, row.Application)
		if err != nil && !errors.Is(err, opening.ErrMissing) {
			return v, err
		}
		if err == nil && !a.Blind {
			v.Href, v.Link = "/o/"+r.PathValue("org")+"/applications/"+string(a.ID), a.Opening.Title
			if row.Name == "" || row.Verdict == batch.Earlier {
				v.Name = a.Title()
			}
			if row.Email == "" {
				v.Email = a.Email
			}
		}
		if v.Name == "" {
			v.Name = "A candidate whose work you read"
		}
	}
	if v.Name == "" {
		v.Name = "Line " + itoa(row.Line)
	}
	switch row.Verdict {
	case batch.New, batch.Earlier:
		v.Tone, v.Icon, v.Word = "ok", "send", "To invite"
		if row.Guessed {
			v.Says = "The name is made from the address."
		}
		if row.Verdict == batch.Earlier && v.Href != "" {
			v.Says = "Applied before, for"
		}
	case batch.Twice:
		v.Icon, v.Word, v.Says = "users", "Twice", "The same address stands in line "+itoa(row.First)+"."
	case batch.Here:
		v.Icon, v.Word, v.Says = "circle-check", "Invited already", "In this opening already."
	case batch.Left:
		v.Icon, v.Word, v.Says = "eye-off", "Left out", "You took this row out."
	case batch.Bad:
		v.Tone, v.Icon, v.Word, v.Says = "warn", "circle-alert", "Needs a look", row.Reason
	case batch.Invited:
		v.Tone, v.Icon, v.Word = "ok", "check", "Invited"
	}
	return v, nil
}

// samples is how many values of a column are shown beside it.
const samples = 3

func (p *Pages) readColumns(r *http.Request, tx db.Tx, v *showView) error {
	first, err := p.Batches.First(r.Context(), tx, v.Batch.ID, samples+1)
	if err != nil {
		return err
	}
	for i, m := range v.Batch.Meanings {
		c := columnView{Head: "Column " + itoa(i+1), Meaning: m}
		for j, row := range first {
			values := row.Values()
			switch {
			case i >= len(values) || values[i] == "":
			case j == 0 && v.Batch.Head:
				c.Head = values[i]
			case len(c.Samples) < samples:
				c.Samples = append(c.Samples, values[i])
			}
		}
		v.Columns = append(v.Columns, c)
	}
	return nil
}

func (p *Pages) readSending(r *http.Request, tx db.Tx, who actor.Actor, v *showView) (err error) {
	ctx := r.Context()
	if v.Sending, err = p.Notify.OfBatch(ctx, tx, v.Batch); err != nil {
		return err
	}
	for _, n := range v.Sending.Not {
		a, err := p.Openings.LoadApplicationIn(ctx, tx, who, n.Application)
		if errors.Is(err, opening.ErrMissing) || err == nil && a.Blind {
			continue
		}
		if err != nil {
			return err
		}
		v.Not = append(v.Not, refusedView{a.Title(), n.Email, n.Words, "/o/" + r.PathValue("org") + "/applications/" + string(a.ID)})
	}
	return nil
}

// address is this page with other rows; 0 is none.
func (v showView) address(w batch.Which, after, row int) string {
	q := url.Values{}
	if w != batch.All {
		q.Set("view", string(w))
	}
	if after > 0 {
		q.Set("after", itoa(after))
	}
	hash := ""
	if row > 0 {
		q.Set("row", itoa(row))
		hash = "#row-" + itoa(row)
	}
	if len(q) == 0 {
		return v.Page.Path
	}
	return v.Page.Path + "?" + q.Encode() + hash
}

// views are the rows by what was found, with counts.
func (v showView) views() seg.View {
	c := v.Batch.Counts
	out := seg.View{Label: "Which rows"}
	add := func(text string, w batch.Which, n int) {
		out.Options = append(out.Options, seg.Option{Text: text, Count: itoa(n), Href: v.address(w, 0, 0), On: v.Which == w})
	}
	add("All", batch.All, v.Batch.People)
	if v.Batch.Invited > 0 {
		add("Invited", batch.OnTheirWay, v.Batch.Invited)
	}
	add("To invite", batch.Go, v.Batch.ToInvite())
	add("Need a look", batch.Look, c[batch.Bad])
	add("Left out", batch.Out, c[batch.Twice]+c[batch.Here]+c[batch.Left])
	return out
}

// sentence is what a correction that came back says.
func sentence(p *problem.Problem) string {
	for _, text := range p.Fields {
		return text
	}
	return p.Text
}

// waiting is how many are still to be invited, while it goes on.
func (v showView) waiting() int {
	if v.Batch.State != batch.Running {
		return 0
	}
	return v.Batch.ToInvite()
}

func (v showView) percent() int { return 100 * v.Batch.Invited / max(1, v.Batch.Invited+v.waiting()) }

// moves says whether the figures change by themselves within the minute.
func (v showView) moves() bool {
	return v.Batch.State == batch.Running && v.Batch.Next.Sub(v.Page.Now) < time.Minute || v.Mails && v.Sending.Waiting > 0
}

// last is when the last mail goes out, if nothing is late.
func (v showView) last() time.Time {
	p := v.Batch.Plan
	p.Start = v.Batch.Next
	return p.Last(v.Batch.ToInvite(), v.Page.Now)
}

func (v showView) why() string {
	switch v.Batch.Why {
	case batch.ByPerson:
		return "Somebody stopped it."
	case batch.OfClosing:
		return "It stopped because the opening was closed."
	case batch.OfRights:
		return "It stopped because whoever confirmed it may not invite here any more."
	case batch.OfTime:
		return "It stopped because the time to finish had passed."
	}
	return ""
}

func (c columnView) hint() string {
	if len(c.Samples) == 0 {
		return "Empty in the first rows."
	}
	out := ""
	for i, s := range c.Samples {
		if r := []rune(s); len(r) > 40 {
			s = string(r[:40]) + "…"
		}
		if i > 0 {
			out += " · "
		}
		out += s
	}
	return out
}
