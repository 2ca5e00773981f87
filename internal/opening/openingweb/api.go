package openingweb

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/token"
	"candor/internal/web"
)

// What programs read. Times are RFC 3339 in UTC; what is left out is not there or not for this token.
type (
	wireStage struct {
		ID        string      `json:"id"`
		Position  int         `json:"position"`
		Title     string      `json:"title"`
		Reviewers int         `json:"reviewers"`
		Days      int         `json:"window_days"`
		Offers    []wireOffer `json:"offers"` // one, or several for candidates to choose from
	}
	wireOffer struct {
		Format string `json:"format"`
		Ref    string `json:"ref"`
		Title  string `json:"title,omitempty"` // left out when it can be used no more
	}
	wireOpening struct {
		ID           string      `json:"id"`
		Title        string      `json:"title"`
		Team         string      `json:"team"`
		Open         bool        `json:"open"`
		Confidential bool        `json:"confidential"`
		ReplyDays    int         `json:"reply_days"`
		Created      string      `json:"created_at"`
		Stages       []wireStage `json:"stages,omitempty"` // of one; lists leave them out
	}
	wireOpenings struct {
		Openings []wireOpening `json:"openings"`
		Next     string        `json:"next,omitempty"`
	}
	wireApplication struct {
		ID        string `json:"id"`
		Opening   string `json:"opening"`
		Stage     string `json:"stage"`
		Status    string `json:"status"`
		Candidate string `json:"candidate,omitempty"`
		Name      string `json:"name,omitempty"`
		Email     string `json:"email,omitempty"`
		Code      string `json:"code,omitempty"` // by which whoever still has to score it knows it
		Created   string `json:"created_at,omitempty"`
		Moved     string `json:"moved_at,omitempty"`
	}
	wireApplications struct {
		Applications []wireApplication `json:"applications"`
		Next         string            `json:"next,omitempty"`
	}
	wireInvitation struct {
		ID          string `json:"id"`
		Application string `json:"application"`
		Opening     string `json:"opening"`
		Stage       string `json:"stage"`
		State       string `json:"state"`
		FinishBy    string `json:"finish_by"`
		Created     string `json:"created_at"`
		Opened      string `json:"opened_at,omitempty"`
		// Chosen is what they do. It is left out while they have not chosen among Offers, which are left out where there is no choice.
		Chosen *wireOffer  `json:"chosen,omitempty"`
		Offers []wireOffer `json:"offers,omitempty"`
	}
	wireInvitations struct {
		Invitations []wireInvitation `json:"invitations"`
	}
	wireInvite struct {
		Name     string `json:"name"`
		Email    string `json:"email"`
		Zone     string `json:"zone,omitempty"`
		Note     string `json:"note,omitempty"`
		FinishBy string `json:"finish_by,omitempty"` // RFC 3339; left out: the stage's days from now
	}
)

// api declares what programs may ask. The rules are the pages': the same methods decide.
func (p *Pages) api(mux *web.Mux) {
	const one, application = "/api/v1/o/{org}/openings/{opening}", "/api/v1/o/{org}/applications/{application}"
	r := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Rate: web.RateAPI}
	handle := func(pattern, action, scope, object, about string, out any, h web.Handler, more func(*web.Route)) {
		x := r
		x.Pattern, x.Action, x.Scope, x.Object, x.About, x.Out = pattern, action, scope, object, about, out
		x.Problems = []*problem.Problem{opening.ErrMissing, opening.ErrRole}
		if more != nil {
			more(&x)
		}
		mux.Handle(x, h)
	}
	handle("GET /api/v1/o/{org}/openings", "api.openings", "opening:read", web.NoObject, "The openings that the token's maker may see, in the order they were made.",
		wireOpenings{}, p.apiOpenings, func(x *web.Route) {
			x.Filters, x.Problems = []string{"cursor"}, []*problem.Problem{org.ErrRole}
		})
	handle("GET "+one, "api.opening", "opening:read", "opening", "One opening with its stages.", wireOpening{}, p.apiOpening, nil)
	handle("GET "+one+"/applications", "api.applications", "application:read", "opening",
		"An opening's applications, in the order they came. Those that the token's maker still has to score are left out, so a page may be short.",
		wireApplications{}, p.apiApplications, func(x *web.Route) { x.Filters = []string{"cursor", "stage", "status"} })
	handle("GET "+application, "api.application", "application:read", "application", "One application. What the token's maker still has to score comes with a code and without a name.",
		wireApplication{}, p.apiApplication, nil)
	handle("GET "+application+"/invitations", "api.invitations", "application:read", "application", "An application's invitations, the newest first, for whoever runs the opening.",
		wireInvitations{}, p.apiInvitations, nil)
	handle("POST "+one+"/invitations", "api.invite", "invitation:write", "opening", "Invite somebody to an opening's first stage; the mail goes out as from the page.",
		wireInvitation{}, p.apiInvite, func(x *web.Route) {
			x.In, x.Keyed = wireInvite{}, true
			x.Problems = append(x.Problems, opening.ErrClosed, opening.ErrTwice, problem.ErrInvalid, token.ErrKey)
		})
}

func (p *Pages) apiOpenings(w http.ResponseWriter, r *http.Request) error {
	after, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	list, next, err := p.Openings.Walk(r.Context(), web.Actor(r), opening.ID(after))
	if err != nil {
		return err
	}
	out := wireOpenings{Openings: []wireOpening{}}
	for _, o := range list {
		out.Openings = append(out.Openings, sentOpening(o))
	}
	if out.Next, err = web.Cursor(r, string(next)); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

func (p *Pages) apiOpening(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Openings.Load(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	out := sentOpening(o)
	var stages []opening.Stage
	err = p.Openings.DB.Read(r.Context(), web.Actor(r).Org, func(tx db.Tx) error {
		stages, err = p.Openings.Stages(r.Context(), tx, o.ID)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range stages {
		offers, err := p.sentOffers(r, s.Offers())
		if err != nil {
			return err
		}
		out.Stages = append(out.Stages, wireStage{string(s.ID), s.Position, s.Title, s.Reviewers, s.Window, offers})
	}
	return web.JSON(w, r, out)
}

func (p *Pages) apiApplications(w http.ResponseWriter, r *http.Request) error {
	after, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	list, next, err := p.Openings.WalkApplications(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")), opening.StageID(q.Get("stage")), opening.Status(q.Get("status")), opening.ApplicationID(after))
	if err != nil {
		return err
	}
	out := wireApplications{Applications: []wireApplication{}}
	for _, a := range list {
		out.Applications = append(out.Applications, sentApplication(a))
	}
	if out.Next, err = web.Cursor(r, string(next)); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

func (p *Pages) apiApplication(w http.ResponseWriter, r *http.Request) error {
	a, err := p.Openings.LoadApplication(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	return web.JSON(w, r, sentApplication(a))
}

func (p *Pages) apiInvitations(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Openings.InvitationsFor(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	out := wireInvitations{Invitations: []wireInvitation{}}
	for _, i := range list {
		sent, err := p.sentInvitation(r, i)
		if err != nil {
			return err
		}
		out.Invitations = append(out.Invitations, sent)
	}
	return web.JSON(w, r, out)
}

// apiInvite invites once per key.
func (p *Pages) apiInvite(w http.ResponseWriter, r *http.Request) error {
	var body bytes.Buffer
	r.Body = io.NopCloser(io.TeeReader(r.Body, &body))
	var in wireInvite
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	form := opening.InviteForm{Name: in.Name, Email: in.Email, Zone: in.Zone, Note: in.Note}
	if in.FinishBy != "" {
		at, err := time.Parse(time.RFC3339, in.FinishBy)
		if err != nil {
			return problem.Field("finish_by", "Write a moment such as 2026-12-24T18:00:00Z.")
		}
		form.FinishBy = at.UTC()
	}
	ctx, who, o := r.Context(), web.Actor(r), opening.ID(r.PathValue("opening"))
	request := append([]byte(string(o)+" "), body.Bytes()...)
	made, err := p.Tokens.Once(ctx, who, r.Header.Get("Idempotency-Key"), request, func(tx db.Tx) (string, error) {
		inv, err := p.Openings.InviteIn(ctx, tx, who, o, form)
		return string(inv.ID), err
	})
	if err != nil {
		return err
	}
	var inv opening.Invitation
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if inv, err = p.Openings.InvitationIn(ctx, tx, opening.InvitationID(made)); err == nil {
			_, err = p.Openings.ManageIn(ctx, tx, who, inv.Opening) // it may have been made yesterday
		}
		return err
	})
	if err != nil {
		return err
	}
	out, err := p.sentInvitation(r, inv)
	if err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

func sentOpening(o opening.Opening) wireOpening {
	return wireOpening{ID: string(o.ID), Title: o.Title, Team: o.Team, Open: o.Open, Confidential: o.Confidential, ReplyDays: o.ReplyDays, Created: stamp(o.Created)}
}

func sentApplication(a opening.Application) wireApplication {
	out := wireApplication{string(a.ID), string(a.Opening.ID), string(a.Stage), string(a.Status), a.Candidate, a.Name, a.Email, a.Code, stamp(a.Created), stamp(a.Moved)}
	if a.Blind {
		out.Moved = "" // it tells when they came
	}
	return out
}

// sentInvitation is one with what it lets choose from, and what was chosen.
func (p *Pages) sentInvitation(r *http.Request, i opening.Invitation) (out wireInvitation, err error) {
	out = wireInvitation{ID: string(i.ID), Application: string(i.Application), Opening: string(i.Opening), Stage: string(i.Stage), State: string(i.State(p.Openings.DB.Now())), FinishBy: stamp(i.FinishBy),
		Created: stamp(i.Created), Opened: stamp(i.OpenedAt)}
	if i.Offers > 0 {
		var offers []opening.Offer
		err := p.Openings.DB.Read(r.Context(), web.Actor(r).Org, func(tx db.Tx) error {
			offers, err = p.Openings.OffersOf(r.Context(), tx, i)
			return err
		})
		if err != nil {
			return out, err
		}
		if out.Offers, err = p.sentOffers(r, offers); err != nil {
			return out, err
		}
	}
	if i.Unchosen() {
		return out, nil
	}
	chosen, err := p.sentOffers(r, []opening.Offer{{Format: i.Format, Ref: i.Ref}})
	if err == nil {
		out.Chosen = &chosen[0]
	}
	return out, err
}

// sentOffers are offers with their titles, as far as they can still be used.
func (p *Pages) sentOffers(r *http.Request, list []opening.Offer) ([]wireOffer, error) {
	out := []wireOffer{}
	for _, x := range list {
		d, err := p.Openings.Describe(r.Context(), web.Actor(r).Org, x)
		if _, gone := problem.As(err); err != nil && !gone {
			return nil, err
		}
		out = append(out, wireOffer{x.Format, x.Ref, d.Title})
	}
	return out, nil
}

// stamp is a time as programs read it; "" is none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
