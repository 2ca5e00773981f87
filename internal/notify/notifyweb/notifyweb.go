// Package notifyweb is the outbox: what was written to whom, and the links themselves where no mail server is set up.
package notifyweb

import (
	"net/http"

	"candor/internal/notify"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct{ Notify *notify.Notify }

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /o/{org}/outbox", Action: "outbox.read", Auth: web.Staff, Roles: []string{"owner"}, Tenant: web.FromPath,
		Object: web.NoObject, Rate: web.RateRead}, p.outbox)
}

func (p *Pages) outbox(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Notify.Outbox(r.Context(), web.Actor(r), notify.Mail{})
	if err != nil {
		return err
	}
	return web.Show(w, r, outboxPage(outboxView{web.PageOf(r, "Outbox"), list, p.Notify.Server != nil}))
}
