// Package boardweb is the pages of acts on many: looking over whom an act is for, what became of each, and declining each with words
// of their own. The list itself is a page of the opening.
package boardweb

import (
	"net/http"
	"strconv"
	"strings"

	"candor/internal/board"
	"candor/internal/opening"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Boards *board.Boards
}

// Routes declares them. Who may do what is decided by the nouns that do it.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: rate}, h)
	}
	const one = "/o/{org}/openings/{opening}"
	handle(web.RateWrite, "POST "+one+"/bulk", "board.look", p.look)
	handle(web.RateWrite, "POST "+one+"/bulk/do", "board.act", p.do)
	handle(web.RateWrite, "POST "+one+"/bulk/undo", "board.undo", p.undo)
	handle(web.RateRead, "GET "+one+"/decline", "board.decline_page", p.decline)
	handle(web.RateRead, "GET "+one+"/close", "board.close_page", p.closing)
	handle(web.RateWrite, "POST "+one+"/close", "board.close", p.closed)
	again := web.Route{Pattern: "GET /o/{org}/applications/{application}/again", Action: "board.again_page", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "application", Rate: web.RateRead}
	mux.Handle(again, p.again)
	again.Pattern, again.Action, again.Rate = "POST /o/{org}/applications/{application}/again", "board.again", web.RateWrite
	mux.Handle(again, p.invitedAgain)
	file := web.Route{Pattern: "POST " + one + "/results/{format}", Action: "board.results", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateExport, Stream: true}
	mux.Handle(file, p.results)
	mux.Handle(web.Route{Pattern: "POST /o/{org}/applications/{application}/dossier", Action: "board.dossier", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "application", Rate: web.RateExport}, p.dossier)
	post := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateWrite, MaxBody: maxLetters}
	post.Pattern, post.Action = "POST "+one+"/decline", "board.decline"
	mux.Handle(post, p.declined)
	post.Pattern, post.Action, post.Quiet, post.Out = "POST "+one+"/decline/save", "board.save", true, web.Saved{}
	mux.Handle(post, p.save)
}

func openingOf(r *http.Request) opening.ID { return opening.ID(r.PathValue("opening")) }

func here(r *http.Request) string {
	return "/o/" + r.PathValue("org") + "/openings/" + r.PathValue("opening")
}

// cut is the format and the content that a choice names; "" is neither.
func cut(value string) (format, ref string) {
	format, ref, _ = strings.Cut(value, ":")
	return format, ref
}

func itoa(n int) string { return strconv.Itoa(n) }

func picked(ids []string) []opening.ApplicationID {
	out := make([]opening.ApplicationID, len(ids))
	for i, id := range ids {
		out[i] = opening.ApplicationID(id)
	}
	return out
}
