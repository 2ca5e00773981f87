// Package batchweb is where a list of people becomes invitations: bring it, check it row by row, see the mail, confirm, and watch how
// far it is. Every step is a page of its own that works without script.
package batchweb

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/batch"
	"candor/internal/db"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/sheet"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Batches  *batch.Batches
	Openings *opening.Openings
	Orgs     *org.Orgs
	Notify   *notify.Notify
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	staff := func(rate web.Rate, pattern, action, object string, most int64, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: object, Rate: rate, MaxBody: most}, h)
	}
	const lists = "/o/{org}/openings/{opening}/batches"
	const one = lists + "/{batch}"
	staff(web.RateRead, "GET "+lists, "batch.list", "opening", 0, p.list)
	staff(web.RateUpload, "POST "+lists, "batch.create", "opening", maxBody, p.create)
	staff(web.RateRead, "GET "+one, "batch.read", "batch", 0, p.show)
	staff(web.RateRead, "GET "+one+"/mail", "batch.mail", "batch", 0, p.mail)
	for action, h := range map[string]web.Handler{"columns": p.columns, "row": p.row, "plan": p.plan, "send": p.send, "stop": p.stop, "discard": p.discard} {
		staff(web.RateWrite, "POST "+one+"/"+action, "batch."+action, "batch", 0, h)
	}
}

// maxBody is a table with what a form puts around it.
const maxBody = sheet.MaxBytes + 64<<10

// mails says whether mail goes out; without it the pages say to hand the links over.
func (p *Pages) mails() bool { return p.Notify != nil && p.Notify.Server != nil }

func itoa(n int) string { return strconv.Itoa(n) }

func openingID(r *http.Request) opening.ID { return opening.ID(r.PathValue("opening")) }

func batchID(r *http.Request) batch.ID { return batch.ID(r.PathValue("batch")) }

// lists is the address of an opening's lists; path that of the list of a request.
func lists(r *http.Request) string {
	return "/o/" + r.PathValue("org") + "/openings/" + r.PathValue("opening") + "/batches"
}

func path(r *http.Request) string { return lists(r) + "/" + r.PathValue("batch") }

// read runs fn on a snapshot of the asker's organisation.
func (p *Pages) read(r *http.Request, fn func(tx db.Tx) error) error {
	return p.Openings.DB.Read(r.Context(), web.Actor(r).Org, fn)
}

type bringForm struct {
	File *multipart.FileHeader
	Text string `form:"text,raw" max:"4194304"`
}

type listView struct {
	Page    web.Page
	Opening opening.Opening
	Lists   []batch.Batch
	Names   map[string]string // of members
	Text    string
	Problem *problem.Problem
}

// list is where a table is brought, above the lists that there are.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) error { return p.showList(w, r, "", nil) }

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, text string, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	all, err := p.Batches.List(ctx, who, openingID(r))
	if err != nil {
		return err
	}
	v := listView{Page: web.PageOf(r, "Invite many"), Lists: all, Names: map[string]string{}, Text: text}
	err = p.read(r, func(tx db.Tx) error {
		if v.Opening, err = p.Openings.LoadIn(ctx, tx, who, openingID(r)); err != nil {
			return err
		}
		members, err := p.Orgs.MembersIn(ctx, tx)
		for _, m := range members {
			v.Names[m.ID] = m.Name
		}
		return err
	})
	if err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, listPage(v))
}

// create reads a file, or what was pasted. What says of itself that it is too large is not read.
func (p *Pages) create(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > maxBody {
		return p.showList(w, r, "", sheet.ErrLarge)
	}
	var f bringForm
	err := web.ReadForm(r, &f)
	if errors.Is(err, web.ErrTooLarge) {
		err = sheet.ErrLarge
	}
	if err != nil {
		return p.showList(w, r, "", err)
	}
	raw := []byte(f.Text)
	switch {
	case f.File != nil:
		if raw, err = content(f.File); err != nil {
			return err
		}
	case strings.TrimSpace(f.Text) == "":
		return p.showList(w, r, "", problem.Field("file", "Choose a file, or paste names and addresses below."))
	}
	s, err := sheet.Read(raw)
	if err != nil {
		return p.showList(w, r, f.Text, err)
	}
	b, err := p.Batches.Create(r.Context(), web.Actor(r), openingID(r), s)
	if _, ok := problem.As(err); ok && !errors.Is(err, opening.ErrMissing) && !errors.Is(err, opening.ErrRole) {
		return p.showList(w, r, f.Text, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, lists(r)+"/"+string(b), "")
}

// content is an uploaded file.
func content(h *multipart.FileHeader) ([]byte, error) {
	file, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// when is an instant as staff read it, in their zone.
func when(pg web.Page, t time.Time) string { return t.In(pg.Zone).Format("Mon 2 Jan, 15:04") }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return itoa(n) + " " + many
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }
