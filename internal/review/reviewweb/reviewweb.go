// Package reviewweb is what reviewers and deciders of scores see: the queue, the scorecard with the work beside it, and candidates
// side by side. While a reviewer is blind no page of it holds a name, an address, an id or a time of the candidate: addresses
// carry codes, and days are the days something is due.
package reviewweb

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/appeal"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/thread"
	"candor/internal/upload"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Reviews *review.Reviews
	Appeals *appeal.Appeals // nil where there are none
	Uploads *upload.Uploads
	Threads *thread.Threads    // when somebody hears of what waits; nil: at once
	MD      *markdown.Markdown // headings from level 3
	// Facts draws what stands beside scores and opens with one's own: of an item of a work, or of all when item is "". Nil draws nothing.
	Facts func(ctx context.Context, who actor.Actor, c review.Code, v *assessment.Version, item string) (templ.Component, error)
	// Asks is where the asker may ask about an answer, with the item in it; "" where they may not. Nil: nobody may.
	Asks func(ctx context.Context, who actor.Actor, a attempt.ID, item string) (string, error)
	// Said draws what was asked, answered and assumed about an item, blind where the reader is. Nil draws nothing.
	Said func(ctx context.Context, who actor.Actor, a opening.ApplicationID, version, item string) (templ.Component, error)
}

// Routes declares them. Who may see what is decided by the loaders of review.
func (p *Pages) Routes(mux *web.Mux) {
	read := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "review", Rate: web.RateRead}
	write := read
	write.Rate = web.RateWrite
	save := write
	save.Quiet, save.Out = true, web.Saved{}
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action = pattern, action
		mux.Handle(r, h)
	}
	handle(read, "GET /o/{org}/review", "review.queue", p.queue)
	handle(write, "POST /o/{org}/review/hand-over", "review.hand_over", p.handOver)
	handle(write, "POST /o/{org}/review/away", "review.away", p.away)
	handle(write, "POST /o/{org}/review/hours", "review.hours", p.hours)
	handle(write, "POST /o/{org}/review/{code}/take", "review.take_over", p.takeOver)
	handle(read, "GET /o/{org}/review/{code}", "review.card", p.card)
	handle(save, "POST /o/{org}/review/{code}/save", "review.rate", p.save)
	handle(write, "POST /o/{org}/review/{code}", "review.file", p.file)
	handle(write, "POST /o/{org}/review/{code}/back", "review.step_back", p.stepBack)
	handle(write, "POST /o/{org}/review/{code}/pause", "review.pause", p.pause)
	handle(write, "POST /o/{org}/review/{code}/time", "review.time", p.correctTime)
	handle(write, "POST /o/{org}/review/{code}/name", "review.unblind", p.unblind)
	handle(write, "POST /o/{org}/review/{code}/items/{item}/rule", "review.rule", p.rule)
	handle(read, "GET /o/{org}/review/{code}/items/{item}/look/{path...}", "review.look", p.look)
	handle(read, "GET /o/{org}/review/{code}/cards", "review.cards", p.cards)
	handle(write, "POST /o/{org}/review/{code}/reassign", "review.reassign", p.reassign)
	handle(write, "POST /o/{org}/review/{code}/enough", "review.enough", p.enough)
	handle(read, "GET /o/{org}/review/{code}/settle", "review.settling", p.settling)
	handle(write, "POST /o/{org}/review/{code}/settle", "review.settle", p.settle)
	handle(write, "POST /o/{org}/review/{code}/settle/back", "review.hand_back", p.handBack)
	handle(write, "POST /o/{org}/review/{code}/third", "review.third", p.third)
	handle(read, "GET /o/{org}/review/{code}/second", "review.looking", p.looking)
	handle(save, "POST /o/{org}/review/{code}/second/save", "review.look_save", p.saveLook)
	handle(write, "POST /o/{org}/review/{code}/second", "review.look_again", p.fileLook)
	handle(write, "POST /o/{org}/review/{code}/second/back", "review.look_back", p.lookBack)
	handle(read, "GET /o/{org}/review/{code}/gold", "gold.form", p.gold)
	handle(write, "POST /o/{org}/review/{code}/gold", "gold.make", p.makeGold)
	handle(write, "POST /o/{org}/review/{code}/gold/end", "gold.end", p.endGold)
	handle(read, "GET /o/{org}/review/{code}/practice", "gold.practise", p.practise)
	handle(write, "POST /o/{org}/review/{code}/practice", "gold.practised", p.practised)
	p.api(mux)
	with, keep := read, save
	with.Object, keep.Object = "application", "application"
	handle(with, "GET /o/{org}/together/{application}", "review.partner", p.together)
	handle(keep, "POST /o/{org}/together/{application}/save", "review.rate_together", p.saveTogether)
	with.Rate = web.RateWrite
	handle(with, "POST /o/{org}/together/{application}", "review.together", p.fileTogether)
	phrases := read
	phrases.Object = "phrase"
	handle(phrases, "GET /o/{org}/phrases", "phrase.list", p.phrases)
	phrases.Rate = web.RateWrite
	handle(phrases, "POST /o/{org}/phrases", "phrase.add", p.addPhrase)
	handle(phrases, "POST /o/{org}/phrases/{phrase}", "phrase.change", p.changePhrase)
	compare := read
	compare.Object = "opening"
	handle(compare, "GET /o/{org}/openings/{opening}/compare", "review.compare", p.compare)
	handle(compare, "GET /o/{org}/openings/{opening}/debrief", "review.debrief", p.debrief)
	handle(compare, "GET /o/{org}/openings/{opening}/agreement", "review.agreement", p.agreement)
	handle(compare, "GET /o/{org}/openings/{opening}/practice", "gold.practice", p.practice)
	handle(compare, "GET /o/{org}/openings/{opening}/rubric", "review.rubrics", p.rubric)
	rules := write
	rules.Object = "opening"
	handle(rules, "POST /o/{org}/openings/{opening}/debrief", "review.rules", p.rules)
	handle(rules, "POST /o/{org}/openings/{opening}/rubric", "review.rubric", p.changeRubric)
}

func base(r *http.Request) string { return "/o/" + r.PathValue("org") }

func code(r *http.Request) review.Code { return review.Code(r.PathValue("code")) }

// day is the working day at whose end something is due.
func day(due time.Time, zone *time.Location) string {
	return due.Add(-time.Second).In(zone).Format("Mon 2 Jan")
}

// late says how a due day stands to now, in words; "" when there is time.
func late(due, now time.Time) string {
	switch left := due.Sub(now); {
	case left < 0:
		return "Late"
	case left < 24*time.Hour:
		return "Due today"
	}
	return ""
}

func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}
