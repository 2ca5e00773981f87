// Package notifyweb is the outbox (what was written to whom, and the links themselves where no mail server is set up), the words of mails to
// candidates, and the log of mails on an application's page.
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
	staff := func(rate web.Rate, pattern, action, object string, h web.Handler, roles ...string) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: roles, Tenant: web.FromPath, Object: object, Rate: rate}, h)
	}
	staff(web.RateRead, "GET /o/{org}/outbox", "outbox.read", web.NoObject, p.outbox, "owner")
	staff(web.RateCode, "POST /o/{org}/outbox", "outbox.test", web.NoObject, p.test, "owner")
	for _, place := range []struct{ path, object string }{{"/o/{org}/mails", web.NoObject}, {"/o/{org}/openings/{opening}/mails", "opening"}} {
		actions := [3]string{"mail.list", "mail.read", "mail.change"}
		if place.object != web.NoObject {
			actions = [3]string{"opening.mails", "opening.mail", "opening.change_mail"}
		}
		staff(web.RateRead, "GET "+place.path, actions[0], place.object, p.letters, web.AnyMember...)
		staff(web.RateRead, "GET "+place.path+"/{letter}", actions[1], place.object, p.letter, web.AnyMember...)
		staff(web.RateWrite, "POST "+place.path+"/{letter}", actions[2], place.object, p.save, web.AnyMember...)
	}
	staff(web.RateWrite, "POST /o/{org}/openings/{opening}/mails", "opening.remind", "opening", p.remind, web.AnyMember...)
	staff(web.RateWrite, "POST /o/{org}/applications/{application}/mails/{mail}", "application.mail_again", "application", p.again, web.AnyMember...)
}

type outboxView struct {
	Page  web.Page
	List  []notify.Mail
	Mails bool
	Me    string        // the asker's address
	Test  *notify.Tried // what came of a test mail
}

func (p *Pages) outbox(w http.ResponseWriter, r *http.Request) error { return p.showOutbox(w, r, nil) }

func (p *Pages) showOutbox(w http.ResponseWriter, r *http.Request, test *notify.Tried) error {
	list, err := p.Notify.Outbox(r.Context(), web.Actor(r), notify.Mail{})
	if err != nil {
		return err
	}
	return web.Show(w, r, outboxPage(outboxView{Page: web.PageOf(r, "Outbox"), List: list, Mails: p.Notify.Server != nil, Test: test}))
}

// test sends the asker a mail at once and shows what the server said.
func (p *Pages) test(w http.ResponseWriter, r *http.Request) error {
	tried, err := p.Notify.Try(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return p.showOutbox(w, r, &tried)
}

// again sends a mail of an application once more.
func (p *Pages) again(w http.ResponseWriter, r *http.Request) error {
	app := r.PathValue("application")
	if err := p.Notify.Again(r.Context(), web.Actor(r), appID(r), r.PathValue("mail")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/applications/"+app, "The mail is on its way again.")
}
