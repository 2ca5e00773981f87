package app_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/upload"
	"candor/internal/web"
)

// Every route for everybody, on both engines: what each may see and do is computed from roles.yaml, the route's declaration and
// [rules]. On SQLite also: what they may not see answers byte for byte as if it did not exist, what they may not do changes nothing, and nothing
// comes from another site.
func TestMatrix(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, w *world) {
		for _, f := range w.matrix() {
			t.Error(f)
		}
	})
}

// TestBroken_Loaders: with one guard switched off the matrix does not hold.
func TestBroken_Loaders(t *testing.T) {
	for name, breakIt := range map[string]func(w *world){
		"an application's loader does not ask who reads it": func(w *world) {
			w.app.Openings.Blind = func(context.Context, db.Tx, actor.Actor, opening.ApplicationID) (bool, string, error) {
				return false, "known", nil
			}
		},
		"a role is let into every opening": func(w *world) {
			table := org.Roles().Actions
			before := table["opening.change"]
			table["opening.change"] = append(slices.Clone(before), org.Author)
			w.t.Cleanup(func() { table["opening.change"] = before })
		},
		"a member of any organisation is let in": func(w *world) {
			inside := w.mux
			w.mux = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if o := w.here.org.ID; strings.HasPrefix(r.URL.Path, "/o/"+o+"/openings/") && !strings.Contains(r.URL.Path, zeros) {
					if c, err := r.Cookie(web.StaffCookie); err == nil && c.Value == w.person("owner of another organisation").cookie {
						r.Header.Set("Cookie", web.StaffCookie+"="+w.person("owner").cookie)
					}
				}
				inside.ServeHTTP(rw, r)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := makeWorld(t, "")
			w.table.Actions = maps.Clone(w.table.Actions) // what is expected stays as it was
			breakIt(w)
			w.quick = true
			if found := w.matrix(); len(found) == 0 {
				t.Error("the matrix holds all the same, so it proves nothing")
			}
		})
	}
}

// outcome is what a request comes to.
type outcome string

const (
	opens     outcome = "opens" // it is let through: 2xx, 3xx, or refused for what it says (409, 422)
	signIn    outcome = "sign in"
	missing   outcome = "missing"
	forbidden outcome = "forbidden"
)

// rights are what somebody is to the opening and the candidate of a request.
type rights struct {
	table  org.Table
	p      *person
	a      *applicant
	sealed bool
}

func (v rights) is(roles ...opening.Role) bool {
	mine := v.p.inPlain
	if v.sealed {
		mine = v.p.inSealed
	}
	return slices.ContainsFunc(roles, func(r opening.Role) bool { return slices.Contains(mine, r) })
}

func (v rights) may(action string) bool {
	list := v.table.Actions[action]
	return slices.Contains(list, "*") || slices.ContainsFunc(v.p.member.Roles, func(r string) bool { return slices.Contains(list, r) })
}

// partnering is for the facilitators of the opening alone; the matrix' assessment may say nothing of working together.
func partnering(v rights) outcome {
	if v.is(opening.Facilitator) && !v.blind() {
		return opens
	}
	return missing
}

func (v rights) sees() bool { return v.is(opening.Roles...) || !v.sealed && v.may("opening.change") }
func (v rights) manages() bool {
	return v.is(opening.Recruiter) || !v.sealed && v.may("opening.change")
}
func (v rights) decides() bool { return v.is(opening.Manager) }
func (v rights) card() bool    { _, has := v.a.cards[v.p.name]; return has }
func (v rights) blind() bool   { filed, has := v.a.cards[v.p.name]; return has && !filed }

// reads says whether they see the candidate's application, with or without the name.
func (v rights) reads() bool {
	return v.sees() && (v.manages() || v.is(opening.Manager, opening.Observer) || v.card())
}

// among is missing without sight, forbidden without the right, and open with both.
func among(sight, right bool) outcome {
	switch {
	case !sight:
		return missing
	case !right:
		return forbidden
	}
	return opens
}

// rules are the loaders in words, for routes that every member may call. A new route of that sort is in roles.yaml or here.
var rules = map[string]func(v rights) outcome{
	"web.home":            func(rights) outcome { return opens },
	"web.live_staff":      func(rights) outcome { return opens },
	"bridge.me":           func(rights) outcome { return opens },
	"bridge.person":       func(rights) outcome { return opens },
	"bridge.room":         func(rights) outcome { return missing }, // nothing is connected here
	"bridge.disconnect":   func(rights) outcome { return missing },
	"bridge.own":          func(rights) outcome { return missing },
	"bridge.own_room":     func(rights) outcome { return missing },
	"assessment.aloud":    func(rights) outcome { return missing }, // no question of theirs can be said aloud
	"assessment.said":     func(rights) outcome { return missing },
	"opening.create_page": func(v rights) outcome { return among(true, v.may("opening.create")) },
	"opening.read":        func(v rights) outcome { return among(v.sees(), true) },
	"opening.join": func(v rights) outcome {
		if v.may("opening.join") {
			return opens
		}
		return managing(v)
	},
	"batch.list": managing, "batch.create": managing, "batch.read": managing, "batch.mail": managing, "batch.columns": managing, "batch.row": managing, "batch.plan": managing,
	"batch.send": managing, "batch.stop": managing, "batch.discard": managing,
	"mail.list": writing, "mail.read": writing, "mail.change": writing, "opening.mails": managing, "opening.mail": managing, "opening.change_mail": managing, "opening.remind": managing,
	"application.mail_again": keeping,
	"opening.invite_page":    managing, "opening.invite": managing, "opening.settings": managing, "opening.change": managing, "opening.state": managing, "opening.stages": managing,
	"opening.stage": managing, "opening.raise_stage": managing, "opening.remove_stage": managing, "opening.team": managing, "opening.role": managing, "opening.hand_over": managing, "opening.page": managing, "opening.public_page": managing, "opening.greet_page": greeting, "opening.greet": greeting, "opening.public": managing, "opening.rotate_public": managing, "opening.promises_page": managing, "opening.promises": managing,
	"application.read": func(v rights) outcome { return among(v.reads(), true) },
	"invitation.link":  lookingAfter, "invitation.rotate": lookingAfter, "invitation.revoke": lookingAfter, "invitation.resend": lookingAfter, "invitation.address": lookingAfter,
	"invitation.extend":       lookingAfter,
	"application.answer_time": func(rights) outcome { return missing }, // nobody here asks for more time
	"application.parts":       keeping, "application.extend_part": keeping, "application.reopen_part": keeping,
	"application.late": keeping, "application.accept_late": keeping,
	"candidate.read": knowing, "candidate.adjust": knowing, "candidate.wish": knowing, "candidate.correct": knowing,
	"review.card": reviewing, "review.rate": reviewing, "review.file": reviewing, "review.step_back": reviewing, "review.unblind": reviewing,
	"review.rule": reviewing, "review.look": reviewing, "review.pause": reviewing, "review.time": reviewing,
	"review.cards": running, "review.reassign": running, "review.enough": running, "review.compare": running, "review.debrief": running, "review.third": running, "review.rules": running, "review.rubrics": running, "review.rubric": running, "review.agreement": running, "gold.form": running, "gold.make": golden, "gold.end": golden,
	"gold.practice": calibrating, "gold.practise": settling, "gold.practised": settling,
	"review.partner": partnering, "review.rate_together": partnering, "review.together": partnering,
	"review.looking": settling, "review.look_save": settling, "review.look_again": settling, "review.look_back": settling,
	"appeal.read": func(v rights) outcome { return among(v.reads(), v.manages() || v.decides()) }, "appeal.answer": deciding, "appeal.preview": deciding, "appeal.save": deciding,
	"review.hand_over": func(rights) outcome { return opens }, "review.away": func(rights) outcome { return opens }, "review.hours": func(rights) outcome { return opens },
	"review.take_over": func(v rights) outcome {
		return among(v.is(opening.Reviewer) && !v.is(opening.Facilitator) && !v.card(), true)
	},
	"review.settling": settling, "review.settle": settling, "review.hand_back": settling,
	"feedback.table": deciding, "feedback.save": deciding, "feedback.preview": deciding, "decision.make": deciding,
	"integrity.beside": asking,
	"case.ask":         asking, "case.open": asking, "case.list": func(rights) outcome { return opens },
	"case.read": watching, "case.jumps": watching, "case.beside": watching, "case.settle": watching, "case.extend": watching, "case.hand": watching,
	"opening.save_view": listing, "opening.figures": listing, "survey.results": listing, "survey.table": listing, "opening.drop_view": func(rights) outcome { return missing }, // a view is its maker's alone
	"board.look": running, "board.act": running, "board.undo": running, "board.results": running,
	"board.decline_page": func(v rights) outcome { return among(v.sees(), v.decides()) }, "board.decline": func(v rights) outcome { return among(v.sees(), v.decides()) },
	"board.save":       func(v rights) outcome { return among(v.sees(), v.decides()) },
	"board.close_page": func(v rights) outcome { return among(v.sees(), v.manages() || v.decides()) }, "board.close": func(v rights) outcome { return among(v.sees(), v.manages() || v.decides()) },
	"board.again_page": keeping, "board.again": keeping,
	"board.dossier": func(v rights) outcome { return among(v.reads(), v.manages() || v.decides()) },
	"case.figures":  func(v rights) outcome { return among(v.sees(), v.manages() || v.is(opening.Manager, opening.Observer)) },
	"privacy.kept":  keeping, "privacy.hold": keeping, "privacy.lift": keeping,
	"api.openings": func(rights) outcome { return opens }, "api.opening": func(v rights) outcome { return among(v.sees(), true) },
	"api.applications": func(v rights) outcome {
		return among(v.sees(), v.manages() || v.is(opening.Manager, opening.Observer))
	},
	"api.application": func(v rights) outcome { return among(v.reads(), true) }, "api.invitations": keeping, "api.invite": managing, "api.candidate": knowing,
	"api.events":  func(rights) outcome { return opens },
	"api.results": func(v rights) outcome { return among(v.reads(), v.manages() || v.decides()) },
	"thread.list": func(rights) outcome { return opens }, "thread.hours": func(rights) outcome { return opens },
	"thread.read": func(v rights) outcome { return among(v.reads(), true) }, "thread.answer": writingTo, "thread.answer_draft": writingTo, "thread.answer_all_page": writingTo, "thread.answer_all": writingTo,
	"issuer.connections": func(rights) outcome { return opens }, "issuer.connect": func(rights) outcome { return opens },
	"issuer.disconnect":     func(rights) outcome { return missing }, // a connection is one's own, and nobody has one here
	"greenhouse.list_tests": func(rights) outcome { return opens }, "greenhouse.send_test": func(v rights) outcome { return among(v.manages(), true) },
	"greenhouse.test_status": func(rights) outcome { return missing }, "greenhouse.response_error": func(rights) outcome { return opens }, // none is named here
	"decision.undo":  func(v rights) outcome { return among(v.sees(), v.decides()) },
	"interview.list": func(rights) outcome { return opens },
	"api.interviews": func(v rights) outcome { return among(v.sees(), true) }, "api.application_interviews": func(v rights) outcome { return among(v.reads() || v.talks(), true) },
	"api.interview":  func(v rights) outcome { return among(v.talks(), true) },
	"interview.read": func(v rights) outcome { return among(v.talks(), true) },
	"interview.ask":  func(v rights) outcome { return among(v.talks(), v.interviews()) }, "interview.draft": func(v rights) outcome { return among(v.talks(), v.interviews()) },
	"interview.close":     func(v rights) outcome { return among(v.talks(), v.interviews() || v.manages() || v.decides()) },
	"interview.replace":   func(v rights) outcome { return among(v.talks(), v.manages() || v.decides()) },
	"interview.open":      func(v rights) outcome { return among(v.reads(), !v.blind() && (v.manages() || v.decides())) },
	"interview.open_page": func(v rights) outcome { return among(v.reads(), !v.blind() && (v.manages() || v.decides())) },
	"trial.list":          func(rights) outcome { return opens },
	"trial.read":          func(v rights) outcome { return among(v.trials(), true) },
	"trial.reply":         func(v rights) outcome { return among(v.trials(), v.hosts()) }, "trial.evaluate": func(v rights) outcome { return among(v.trials(), v.hosts()) },
	"trial.cancel":  func(v rights) outcome { return among(v.trials(), true) },
	"trial.replace": func(v rights) outcome { return among(v.trials(), v.manages() || v.decides()) },
	"payment.open":  func(rights) outcome { return opens }, "api.payments": func(rights) outcome { return opens },
	"talk.open": func(rights) outcome { return opens }, "api.talks": func(rights) outcome { return opens },
	"payment.list":    func(v rights) outcome { return among(v.sees(), v.manages() || v.is(opening.Manager, opening.Observer)) },
	"payment.table":   func(v rights) outcome { return among(v.sees(), v.manages() || v.is(opening.Manager, opening.Observer)) },
	"talk.terms_page": managing, "talk.terms": managing, "talk.read": arranging, "talk.arrange": arranging,
	"payment.terms": managing, "payment.pay": paying,
	"phrase.list": func(rights) outcome { return opens }, "phrase.add": func(rights) outcome { return opens },
	"phrase.change": func(v rights) outcome { return among(true, v.may("review.phrases")) },
}

// interviews says whether they ask in the interview, talks whether they see it: who asks, and whoever reads the application with its name.
func (v rights) interviews() bool {
	return v.a.talk != "" && (v.p.name == "facilitator" && !v.sealed || v.p.name == "insider" && v.sealed)
}
func (v rights) talks() bool { return v.a.talk != "" && (v.interviews() || v.reads() && !v.blind()) }

// hosts says whether they host the work trial, trials whether they see it: who hosts it, and who runs or decides the opening; never who reads the work
// without the name.
func (v rights) hosts() bool {
	return v.a.trial != "" && (v.p.name == "facilitator" && !v.sealed || v.p.name == "insider" && v.sealed)
}
func (v rights) trials() bool {
	return v.a.trial != "" && v.sees() && !v.blind() && (v.hosts() || v.manages() || v.decides())
}

func asking(v rights) outcome {
	if v.card() {
		return opens
	}
	return running(v)
}

// watching is a case: for whoever was named, whoever filed a scorecard, and those who run or decide the opening; nobody blind learns of it.
func watching(v rights) outcome {
	switch {
	case v.p.name == "plain" || v.card() && !v.blind():
		return opens
	case v.blind():
		return missing
	}
	return among(running(v) == opens, true)
}

// writingTo is a message to a candidate: for those who run the opening; whoever still scores the work is told that it is not theirs now.
func writingTo(v rights) outcome { return among(v.reads(), v.manages() || v.blind()) }

func writing(v rights) outcome { return among(true, v.may("mail.change")) }

// greeting is for the people of the opening, whatever they are in it.
func greeting(v rights) outcome     { return among(v.sees(), v.is(opening.Roles...)) }
func managing(v rights) outcome     { return among(v.sees(), v.manages()) }
func lookingAfter(v rights) outcome { return among(v.reads(), v.manages()) }
func knowing(v rights) outcome      { return among(v.reads() && v.manages() && !v.blind(), true) }
func keeping(v rights) outcome      { return among(v.reads(), v.manages() && !v.blind()) }
func reviewing(v rights) outcome    { return among(v.card(), true) }

// settling is for whoever was asked as a third reader or for a second look, and for who practises on a gold submission: there is neither in this world; review's
// tests have who may.
func settling(rights) outcome { return missing }

// paying is for those who run the opening and read nobody's work without the name: others cannot know where the money goes.
func paying(v rights) outcome {
	if managing(v) == opens && v.blind() {
		return missing
	}
	return managing(v)
}

// arranging is a talk: for those who run or decide the opening and do not read the work without its name.
func arranging(v rights) outcome { return among(v.reads(), (v.manages() || v.decides()) && !v.blind()) }

// golden is for the managers of the opening.
func golden(v rights) outcome { return among(v.sees(), v.decides()) }

// calibrating is for the reviewers and managers of the opening.
func calibrating(v rights) outcome { return among(v.sees(), v.is(opening.Reviewer, opening.Manager)) }

func listing(v rights) outcome {
	return among(v.sees(), v.manages() || v.is(opening.Manager, opening.Observer))
}
func running(v rights) outcome  { return among(v.sees(), v.manages() || v.decides()) }
func deciding(v rights) outcome { return among(v.reads(), v.decides()) }

// expect is what a request of somebody about a candidate of here must come to.
func (w *world) expect(p *person, r web.Route, a *applicant) outcome {
	switch {
	case r.Rate == web.RateGit: // by git's own credential, which is no session: repoweb's tests have it
		return signIn
	case r.Action == "bridge.heard" || r.Action == "bridge.command": // nobody signs here
		return forbidden
	case r.Action == "assessment.told": // nobody has its signature here: e2e plays one
		return missing
	case r.Auth == web.Anonymous || r.Auth == web.Link:
		return opens
	case p.ended || (r.Auth == web.Candidate) != (p.candidate != nil):
		return signIn
	case strings.Contains(r.Pattern, "{upload}") && r.Auth == web.Candidate:
		return among(p.candidate == a, true)
	case r.Object == "upload" && r.Auth == web.Staff: // what members upload is their own; here it is a candidate's
		return missing
	case strings.Contains(r.Pattern, "/c/questions/{case}"):
		return among(p.candidate == a && a.question != "", true)
	case r.Auth == web.Candidate && r.Object == "interview":
		return among(p.candidate.talk != "", true)
	case r.Auth == web.Candidate && r.Object == "trial":
		return among(p.candidate.trial != "", true)
	case strings.HasPrefix(r.Action, "invitation.choose"): // nobody here has a choice
		return missing
	case r.Auth == web.Candidate || r.Tenant == web.NoTenant:
		return opens
	case p.account:
		return missing
	}
	v := rights{w.table, p, a, a.opening == w.here.sealed}
	open := slices.Contains(r.Roles, "*")
	if !open && !slices.ContainsFunc(p.member.Roles, func(x string) bool { return slices.Contains(r.Roles, x) }) {
		return forbidden
	}
	if rule, ok := rules[r.Action]; ok {
		return rule(v)
	}
	if _, ok := w.table.Actions[r.Action]; ok {
		return among(true, v.may(r.Action))
	}
	if open {
		w.t.Fatalf("%s (%s): every member may call it; say in roles.yaml or in rules who may do it", r.Pattern, r.Action)
	}
	return opens
}

// act is what a request of a route carries to do something, with {ids} as in the pattern.
type act struct {
	query string
	form  url.Values
	json  string
	file  bool // a zip of an assessment comes with it
	quiz  bool // a quiz comes with it
	about bool // without its form it is about nothing, also for whoever may
	head  []string
}

// tus begins the headers of its protocol.
var tus = []string{"Tus-Resumable", "1.0.0", "Upload-Length", "9", "Upload-Metadata", "item dGVsbC11cw==,purpose eA==", "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream"}

var acts = map[string]act{
	"GET /o/{org}/openings/{opening}/compare": {query: "?with={closed}&with={code}"},
	"GET /c/-/clock": {query: "?sitting={sitting}"},

	"POST /o/{org}/phrases":                                                     {form: url.Values{"text": {"New."}}},
	"POST /o/{org}/phrases/{phrase}":                                            {form: url.Values{"text": {"Says what is known."}, "step": {"save"}}},
	"POST /-/theme":                                                             {form: url.Values{"theme": {"dark"}, "back": {"/"}}},
	"POST /sign-in":                                                             {form: url.Values{"email": {"nobody@else.example"}}},
	"POST /sign-in/code":                                                        {form: url.Values{"code": {"000000"}}},
	"POST /o/{org}/settings":                                                    {form: url.Values{"name": {"Other"}, "contact": {"x@y.example"}, "zone": {"UTC"}, "failure_minutes": {"5"}, "factor_max": {"2000"}, "break_max": {"30"}, "keep_months": {"12"}, "recording_days": {"90"}, "ask_hours": {"6"}}},
	"POST /o/{org}/members":                                                     {form: url.Values{"name": {"New"}, "email": {"new@y.example"}, "roles": {"owner"}}},
	"POST /o/{org}/hooks":                                                       {form: url.Values{"url": {"https://192.0.2.1/x"}, "types": {"results.ready"}}},
	"POST /api/v1/o/{org}/greenhouse/send_test":                                 {json: `{"partner_test_id":"{opening}","candidate":{"first_name":"New","last_name":"One","preferred_name":null,"email":"new@mail.example"},"url":"https://app.greenhouse.io/x"}`},
	"POST /api/v1/o/{org}/greenhouse/response_error":                            {json: `{"api_call":"list_tests","errors":["x"]}`},
	"POST /o/{org}/versions/{version}/files":                                    {form: url.Values{"newest": {"1"}, "path": {"notes/new.txt"}, "text": {"New."}}},
	"POST /o/{org}/versions/{version}/files/{path...}":                          {form: url.Values{"newest": {"1"}, "step": {"save"}, "f.1": {"New"}}},
	"POST /o/{org}/versions/{version}/times":                                    {form: url.Values{"from": {"real"}, "newest": {"1"}}},
	"POST /o/{org}/versions/{version}/pilot/{item}":                             {form: url.Values{"step": {"begin"}}},
	"POST /c/survey":                                                            {form: url.Values{"step": {"answer"}, "wording": {"1"}, "q.live": {"no"}}},
	"POST /o/{org}/issuers":                                                     {form: url.Values{"url": {"https://192.0.2.1/new"}, "label": {"New"}, "client": {"c"}, "secret": {"s"}}},
	"POST /o/{org}/issuers/{issuer}":                                            {form: url.Values{"label": {"Renamed"}, "client": {"c"}}},
	"POST /o/{org}/tokens":                                                      {form: url.Values{"name": {"New"}, "scopes": {"opening:read"}, "days": {"9"}}},
	"POST /o/{org}/days":                                                        {form: url.Values{"week": {"1", "2"}, "holidays": {"2026-12-25 Christmas Day"}}},
	"POST /api/v1/o/{org}/openings/{opening}/invitations":                       {json: `{"name":"New","email":"new@mail.example"}`},
	"POST /o/{org}/members/{member}":                                            {form: url.Values{"name": {"Renamed"}, "roles": {"owner"}}},
	"POST /o/{org}/assessments":                                                 {form: url.Values{"into": {"{assessment}"}}, file: true},
	"POST /o/{org}/quiz":                                                        {quiz: true},
	"POST /o/{org}/quiz/draft":                                                  {form: url.Values{"name": {"q.gift"}, "title": {"New"}, "data": {packed(someQuiz)}}},
	"POST /o/{org}/openings/new":                                                {form: url.Values{"title": {"New"}, "reply_days": {"5"}, "stage_title": {"Screen"}, "assessment": {"{version}"}, "reviewers": {"1"}, "window": {"7"}}},
	"POST /o/{org}/openings/{opening}/invite":                                   {form: url.Values{"name": {"New"}, "email": {"new@mail.example"}, "zone": {"UTC"}, "finish_by": {"2026-12-20T12:00"}, "step": {"send"}}},
	"POST /o/{org}/openings/{opening}/batches":                                  {form: url.Values{"text": {"Name,Email\nNew,new@mail.example\n"}}},
	"POST /o/{org}/openings/{opening}/batches/{batch}/columns":                  {form: url.Values{"column": {"name", "email"}, "head": {"true"}}},
	"POST /o/{org}/openings/{opening}/batches/{batch}/row":                      {form: url.Values{"row": {"2"}, "name": {"Else"}, "email": {"else@mail.example"}, "step": {"save"}}},
	"POST /o/{org}/openings/{opening}/batches/{batch}/plan":                     {form: url.Values{"zone": {"UTC"}, "finish_by": {"2026-12-20T12:00"}, "per_hour": {"60"}}},
	"POST /o/{org}/openings/{opening}/batches/{batch}/send":                     {form: url.Values{"count": {"1"}}},
	"POST /o/{org}/mails/{letter}":                                              {form: url.Values{"step": {"default"}, "number": {"0"}}},
	"POST /o/{org}/openings/{opening}/views":                                    {form: url.Values{"name": {"Mine"}, "filter": {"view=us"}}},
	"POST /o/{org}/openings/{opening}/bulk":                                     {form: url.Values{"act": {"tag"}, "pick": {"{application}"}}},
	"POST /o/{org}/openings/{opening}/bulk/do":                                  {form: url.Values{"act": {"tag"}, "tag": {"x"}, "pick": {"{application}"}}},
	"POST /o/{org}/openings/{opening}/close":                                    {form: url.Values{"reason": {strings.Repeat("x", 501)}}}, // it would close the opening of all others
	"GET /o/{org}/openings/{opening}/decline":                                   {query: "?pick={application}"},
	"POST /o/{org}/openings/{opening}/decline":                                  {form: url.Values{"reason": {"No."}, "pick": {"{application}"}}},
	"POST /o/{org}/openings/{opening}/decline/save":                             {form: url.Values{"pick": {"{application}"}}},
	"POST /o/{org}/openings/{opening}/mails/{letter}":                           {form: url.Values{"step": {"default"}, "number": {"0"}}},
	"POST /o/{org}/openings/{opening}/mails":                                    {form: url.Values{"active": {"true"}}},
	"POST /o/{org}/openings/{opening}/settings":                                 {form: url.Values{"title": {"Renamed"}, "reply_days": {"9"}, "contact": {"{member}"}}},
	"POST /o/{org}/openings/{opening}/payments/terms":                           {form: url.Values{"stage": {"{stage}"}, "amount": {"120"}, "currency": {"EUR"}, "days": {"5"}, "step": {"save"}}},
	"POST /o/{org}/openings/{opening}/payments/{payment}/pay":                   {form: url.Values{"proof": {"SEPA 8812"}}},
	"POST /o/{org}/openings/{opening}/talks":                                    {form: url.Values{"days": {"9"}, "minutes": {"30"}}},
	"POST /o/{org}/applications/{application}/talk":                             {form: url.Values{"slots": {"2026-12-20T12:00"}, "step": {"offer"}}},
	"POST /c/choose":                                                            {form: url.Values{"offer": {"assessment:x"}}},
	"POST /c/more-time":                                                         {form: url.Values{"words": {"A day."}}},
	"POST /o/{org}/applications/{application}/time":                             {form: url.Values{"ask": {"tas_none"}, "hours": {"48"}}},
	"POST /c/talk":                                                              {form: url.Values{"step": {"cancel"}}},
	"POST /c/payment":                                                           {form: url.Values{"stage": {"{stage}"}, "payee": {"Amara, NG12"}, "step": {"accept"}}},
	"POST /c/appeal":                                                            {form: url.Values{"step": {"ask"}, "reason": {"Misread."}}},
	"POST /o/{org}/applications/{application}/appeal":                           {form: url.Values{"outcome": {"uphold"}, "why": {"So."}, "answer": {"It stands."}}},
	"POST /o/{org}/applications/{application}/appeal/preview":                   {form: url.Values{"outcome": {"uphold"}, "why": {"So."}, "answer": {"It stands."}}},
	"POST /o/{org}/applications/{application}/appeal/save":                      {form: url.Values{"outcome": {"uphold"}, "why": {"So."}, "answer": {"It stands."}}},
	"POST /o/{org}/openings/{opening}/greeting":                                 {form: url.Values{"step": {"drop"}}},
	"POST /o/{org}/openings/{opening}/promises":                                 {form: url.Values{"reply_days": {"9"}, "review_days": {"0"}, "feedback_days": {"9"}, "most_late": {"7"}}},
	"POST /o/{org}/openings/{opening}/public":                                   {form: url.Values{"open": {"true"}, "most": {"7"}}},
	"POST /apply/{secret}":                                                      {form: url.Values{"name": {"New"}, "email": {"new@mail.example"}}},
	"POST /o/{org}/openings/{opening}/state":                                    {form: url.Values{"open": {"true"}}, about: true},
	"POST /o/{org}/openings/{opening}/stages":                                   {form: url.Values{"stage": {"{stage}"}, "stage_title": {"Renamed"}, "assessment": {"{version}"}, "reviewers": {"1"}, "window": {"7"}}},
	"POST /o/{org}/openings/{opening}/team":                                     {form: url.Values{"member": {"{member}"}, "roles": {"manager", "recruiter"}}, about: true},
	"POST /o/{org}/applications/{application}/invitations/{invitation}/address": {form: url.Values{"name": {"Else"}, "email": {"else@mail.example"}}},
	"POST /o/{org}/applications/{application}/invitations/{invitation}/extend":  {form: url.Values{"finish_by": {"2026-12-20T12:00"}, "zone": {"UTC"}, "reason": {"was ill"}}},
	"POST /o/{org}/candidates/{candidate}/adjust":                               {form: url.Values{"factor": {"3"}}},
	"POST /o/{org}/candidates/{candidate}/wish":                                 {form: url.Values{"answer": {"granted"}}},
	"POST /o/{org}/candidates/{candidate}/correct":                              {form: url.Values{"name": {"Else"}, "email": {"else@mail.example"}, "zone": {"UTC"}}},
	"POST /o/{org}/review/{code}/save":                                          {form: url.Values{"c.clear": {"1"}}},
	"POST /o/{org}/review/{code}":                                               {form: url.Values{"c.clear": {"1"}, "n.clear": {"Seen."}, "shareable": {"Good."}}},
	"POST /o/{org}/review/{code}/pause":                                         {form: url.Values{"on": {"on"}}},
	"POST /o/{org}/review/{code}/time":                                          {form: url.Values{"minutes": {"12"}, "reason": {"On paper."}}},
	"POST /o/{org}/review/{code}/second":                                        {form: url.Values{"c.clear": {"1"}}},
	"POST /o/{org}/review/{code}/second/back":                                   {form: url.Values{"reason": {"no time"}}},
	"POST /o/{org}/review/{code}/back":                                          {form: url.Values{"reason": {"no time"}}},
	"POST /o/{org}/review/{code}/items/{item}/rule":                             {form: url.Values{"claim": {"c1"}, "ruling": {"=valid"}}},
	"POST /o/{org}/versions/{version}/items/{item}/aloud":                       {form: url.Values{"step": {"words"}, "newest": {"0"}}},
	"POST /o/{org}/versions/{version}/items/{item}/mend":                        {form: url.Values{"file": {"a.go"}, "side": {"new"}, "lines": {"3"}, "what": {"decoy"}, "title": {"Right"}, "why": {"It is."}}},
	"POST /o/{org}/review/{code}/name":                                          {form: url.Values{"reason": {"curious"}}},
	"POST /o/{org}/review/{code}/reassign":                                      {form: url.Values{"from": {"{reader}"}, "reason": {"away"}}},
	"POST /o/{org}/review/{code}/settle":                                        {form: url.Values{"c.clear": {"1"}, "n.clear": {"Seen."}}},
	"POST /o/{org}/review/{code}/settle/back":                                   {form: url.Values{"reason": {"no time"}}},
	"POST /o/{org}/review/{code}/gold":                                          {form: url.Values{"c.clear": {"1"}, "n.clear": {"Seen."}}},
	"POST /o/{org}/review/{code}/gold/end":                                      {form: url.Values{}},
	"POST /o/{org}/review/{code}/practice":                                      {form: url.Values{"c.clear": {"1"}}},
	"POST /o/{org}/review/{code}/third":                                         {form: url.Values{}},
	"POST /o/{org}/openings/{opening}/debrief":                                  {form: url.Values{"apart": {"2"}, "asks": {"true"}}},
	"POST /o/{org}/openings/{opening}/rubric":                                   {form: url.Values{"version": {"ver_none"}, "reason": {"Clearer."}}},
	"POST /o/{org}/together/{application}":                                      {form: url.Values{"c.asks": {"1"}}},
	"POST /o/{org}/review/{code}/enough":                                        {form: url.Values{"reason": {"away"}}},
	"POST /o/{org}/review/{code}/ask":                                           {form: url.Values{"fact": {"program//leaked/python/f.py"}, "question": {"How?"}, "contact": {"{member}"}, "decider": {"{member}"}, "days": {"5"}}},
	"POST /o/{org}/cases/{case}/settle":                                         {form: url.Values{"outcome": {"finding"}, "reason": {"No."}}},
	"POST /o/{org}/cases/{case}/extend":                                         {form: url.Values{"days": {"9"}}},
	"POST /o/{org}/cases/{case}/hand":                                           {form: url.Values{"contact": {"{member}"}}},
	"POST /c/questions/{case}":                                                  {form: url.Values{"answer": {"More."}}},
	"POST /c/questions/{case}/appeal":                                           {form: url.Values{"answer": {"No."}}},
	"POST /c/questions/{case}/draft":                                            {form: url.Values{"client": {"c9"}, "seq": {"1"}, "answer": {"Mo"}}},
	"POST /c/conversation":                                                      {form: url.Values{"body": {"And who reads it?"}, "item": {"tell-us"}, "as": {"said"}}},
	"POST /c/conversation/draft":                                                {form: url.Values{"client": {"c9"}, "seq": {"1"}, "body": {"Mo"}}},
	"POST /o/{org}/applications/{application}/interview":                        {form: url.Values{"member": {"{member}"}, "rounds": {"3"}, "answer_days": {"3"}, "ask_days": {"2"}}},
	"POST /o/{org}/interviews/stages":                                           {form: url.Values{"version": {"{version}"}, "member": {"{member}"}, "rounds": {"2"}, "answer_days": {"3"}, "ask_days": {"2"}}},
	"POST /o/{org}/interviews/{interview}":                                      {form: url.Values{"text": {"Why?"}, "kind": {"freetext"}, "turn": {"2"}, "step": {"ask"}}},
	"POST /o/{org}/interviews/{interview}/draft":                                {form: url.Values{"text": {"Wh"}, "kind": {"freetext"}, "turn": {"2"}}},
	"POST /o/{org}/interviews/{interview}/close":                                {form: url.Values{"turn": {"2"}}},
	"POST /o/{org}/interviews/{interview}/replace":                              {form: url.Values{"was": {"nobody"}, "member": {"{member}"}, "reason": {"Is ill."}}},
	"POST /c/interview/answer":                                                  {form: url.Values{"_turn": {"2"}, "_go": {"keep"}, "text": {"Because."}}},
	"POST /o/{org}/trials/stages":                                               {form: url.Values{"title": {"Days"}, "scope": {"Two issues."}, "version": {"{free}"}, "host": {"{member}"}, "days": {"2"}, "hours": {"9"}, "amount": {"100"}, "currency": {"EUR"}, "pay_days": {"5"}}},
	"POST /o/{org}/trials/{trial}/reply":                                        {form: url.Values{"day": {"1"}, "reply": {"Go on."}}},
	"POST /o/{org}/trials/{trial}/cancel":                                       {form: url.Values{"reason": {"Ill."}}},
	"POST /o/{org}/trials/{trial}/replace":                                      {form: url.Values{"was": {"nobody"}, "host": {"{member}"}}},
	"POST /o/{org}/trials/{trial}/evaluate":                                     {form: url.Values{"rate_asks": {"1"}, "words": {"Good."}}},
	"POST /c/trial/accept":                                                      {form: url.Values{"first": {"2026-12-01"}, "payee": {"NG12"}}},
	"POST /c/trial/decline":                                                     {form: url.Values{"reason": {"No."}}},
	"POST /c/trial/begin":                                                       {form: url.Values{"day": {"1"}}},
	"POST /c/trial/hours":                                                       {form: url.Values{"day": {"1"}, "hours": {"6"}}},
	"POST /c/trial/cancel":                                                      {form: url.Values{"reason": {"Ill."}}},
	"POST /c/trial/evaluate":                                                    {form: url.Values{"rate_scope": {"1"}}},
	"POST /c/trial/answer":                                                      {form: url.Values{"_day": {"1"}, "_go": {"keep"}, "text": {"Read."}}},
	"POST /o/{org}/conversations/hours":                                         {form: url.Values{"when": {"hours"}, "hours": {"9"}}},
	"POST /o/{org}/conversations/{application}":                                 {form: url.Values{"body": {"Hello."}}},
	"POST /o/{org}/conversations/{application}/draft":                           {form: url.Values{"body": {"Hel"}}},
	"POST /o/{org}/conversations/{application}/messages/{message}/everybody":    {form: url.Values{"question": {"How long?"}, "answer": {"Short."}, "step": {"send"}}},
	"POST /o/{org}/decide/{application}/save":                                   {form: url.Values{"outcome": {"reject"}, "body": {"No."}}},
	"POST /o/{org}/decide/{application}/preview":                                {form: url.Values{"outcome": {"reject"}, "body": {"No."}}},
	"POST /o/{org}/decide/{application}":                                        {form: url.Values{"outcome": {"reject"}, "reason": {"No."}, "body": {"No."}}},
	"POST /o/{org}/versions/{version}/items/{item}/again":                       {form: url.Values{"by": {"{version}"}}},
	"POST /o/{org}/applications/{application}/keep":                             {form: url.Values{"reason": {"A question of law."}}},
	"POST /o/{org}/applications/{application}/parts/extend":                     {form: url.Values{"part": {"writing"}, "minutes": {"5"}, "reason": {"The train was late."}}},
	"POST /o/{org}/applications/{application}/parts/reopen":                     {form: url.Values{"part": {"writing"}, "minutes": {"5"}, "reason": {"The train was late."}}},
	"POST /o/{org}/applications/{application}/late":                             {form: url.Values{"revision": {"{late}"}, "reason": {"The network was gone."}}},
	"POST /c/parts/{part}/items/{item}/leave":                                   {form: url.Values{"revision": {"{revision}"}}},
	"POST /c/parts/{part}/note":                                                 {form: url.Values{"note": {"One more thing."}}},
	"POST /c/parts/{part}/items/{item}":                                         {form: url.Values{"text": {"Other words."}}},
	"POST /c/parts/{part}/items/{item}/disclosure":                              {form: url.Values{"used": {"ideas"}, "words": {"Asked for an outline."}}},
	"POST /c/parts/{part}/items/{item}/upload":                                  {file: true},
	"POST /c/parts/{part}/items/{item}/files":                                   {file: true},
	"POST /c/parts/{part}/items/{item}/restore":                                 {form: url.Values{"revision": {"{revision}"}}},
	"POST /c/adjust":                                                            {form: url.Values{"factor": {"1500"}}},
	"POST /c/adjust/ask":                                                        {form: url.Values{"wish": {"A pause."}}},
	"POST /c/-/uploads":                                                         {head: tus[:6]},
	"PATCH /c/-/uploads/{upload}":                                               {head: tus},
	"DELETE /c/-/uploads/{upload}":                                              {head: tus},
	"POST /c/-/uploads/{upload}/finish":                                         {json: `{"sha256":"","length":1}`, about: true},
	"POST /c/-/uploads/{upload}/cut":                                            {json: `{"at":0}`, about: true},
	"POST /o/{org}/bridge/slack":                                                {form: url.Values{"token": {""}, "secret": {""}}},
	"POST /o/{org}/bridge/slack/applications/{application}":                     {form: url.Values{"room": {"C0OWN"}}},
	"POST /o/{org}/bridge/slack/rooms":                                          {form: url.Values{"opening": {"{opening}"}, "room": {"C0ROOM"}}},
	"POST /o/{org}/bridge/slack/disconnect":                                     {},
	"POST /o/{org}/bridge/slack/me":                                             {form: url.Values{"person": {"U1"}, "until": {"1"}, "sign": {"x"}}},
	"POST /-/slack/{org}/events":                                                {json: `{"type":"url_verification"}`},
	"POST /-/slack/{org}/command":                                               {form: url.Values{"text": {"link"}}},
	"POST /o/{org}/-/uploads":                                                   {head: tus[:6]},
	"PATCH /o/{org}/-/uploads/{upload}":                                         {head: tus},
	"DELETE /o/{org}/-/uploads/{upload}":                                        {head: tus},
	"POST /o/{org}/-/uploads/{upload}/finish":                                   {json: `{"sha256":"","length":1}`},
	"POST /o/{org}/-/uploads/{upload}/cut":                                      {json: `{"at":0}`},
	"POST /c/-/save":                                                            {json: `{"sitting":"{sitting}","client":"c2","epoch":1,"saves":[{"item":"tell-us","seq":1,"body":"{\"text\":[\"Other words.\"]}"}]}`, about: true},
}

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`)

// fill puts ids into a text; one that nobody knows fails the test, so that no new route is left out.
func (w *world) fill(text string, ids map[string]string) string {
	return wildcard.ReplaceAllStringFunc(strings.NewReplacer("{$}", "", "{path...}", "{path}").Replace(text), func(x string) string {
		v, ok := ids[x[1:len(x)-1]]
		if !ok {
			w.t.Fatalf("%s: what is %s? Give it a value in ids", text, x)
		}
		return v
	})
}

// ids are the values of all wildcards for a candidate of an organisation.
func (s *side) ids(a *applicant) map[string]string {
	out := map[string]string{"org": s.org.ID, "assessment": string(s.assessment), "version": string(s.published), "member": s.members["leaver"].ID, "opening": string(a.opening),
		"stage": string(a.stage), "batch": string(s.batches[a.opening]), "application": string(a.inv.Application), "invitation": string(a.inv.ID), "candidate": a.inv.Candidate, "code": string(a.code), "decision": a.decision, "case": a.question, "message": a.message, "payment": a.payment, "interview": cmp.Or(string(a.talk), "0000"), "trial": cmp.Or(string(a.trial), "trl_none"), "free": string(s.free), "upload": string(a.upload),
		"sitting": string(a.sitting), "revision": a.revision, "late": a.late, "session": s.session, "token": s.token, "hook": s.hook, "delivery": s.delivery, "issuer": s.issuer, "test": s.test, "phrase": string(s.phrase)}
	for _, name := range slices.Sorted(maps.Keys(a.cards)) {
		out["reader"] = s.members[name].ID
	}
	out["closed"] = string(s.told.code) // another one to compare with
	if a.opening == s.sealed {
		out["closed"] = string(a.code)
	}
	return out
}

// about are the wildcards that name something of one candidate or opening.
var about = []string{"opening", "stage", "batch", "application", "mail", "invitation", "candidate", "code", "decision", "sitting", "revision", "late", "reader", "closed", "case", "message", "interview", "trial", "upload"}

// values are the ids of a route for somebody who asks about a candidate of here.
func (w *world) values(r web.Route, p *person, a *applicant) map[string]string {
	ids := w.here.ids(a)
	ids["part"], ids["item"], ids["n"], ids["path"], ids["letter"] = "writing", "tell-us", "1", "patch", "invitation" // no ids: words of the version
	ids["format"], ids["view"] = "csv", "bvw_of_nobody"
	if strings.Contains(r.Pattern, "{mail}") {
		ids["mail"] = w.here.mail(a)
	}
	if p.candidate != nil {
		ids["sitting"], ids["revision"] = string(p.candidate.sitting), p.candidate.revision
	}
	switch {
	case strings.HasSuffix(r.Pattern, "/do/{action}"):
		ids["part"], ids["item"], ids["action"] = "coding", "program", "run"
	case strings.Contains(r.Pattern, "/items/{item}/again"):
		ids["item"] = "program"
	case strings.HasSuffix(r.Pattern, "/files/{path...}"):
		ids["path"] = "assessment.yaml"
	case strings.HasSuffix(r.Pattern, "/look/{path...}"), strings.HasSuffix(r.Pattern, "/items/{item}/mend"), r.Action == "review.rule":
		ids["part"], ids["item"] = "coding", "pull"
	case r.Action == "assessment.publish":
		ids["version"] = string(w.here.draft)
	case r.Rate == web.RateGit:
		ids["name"] = "ferry-booking.git"
	case r.Action == "web.asset":
		ids["file"] = path.Base(web.Asset("base.js"))
	case r.Action == "web.frame":
		ids["frame"] = "diagram"
	case r.Action == "web.accent":
		ids["file"] = path.Base(web.AccentPath(258, 130))
	case r.Action == "assessment.told":
		ids["item"], ids["name"], ids["until"], ids["sign"] = "tell-us", "ask.webm", "1", "x"
	case r.Action == "upload.content":
		for i, name := range []string{"org", "upload", "form", "until", "sign"} {
			ids[name] = strings.Split(strings.TrimPrefix(w.secrets["file"], upload.ContentPath), "/")[i]
		}
	case r.Auth == web.Link:
		ids["secret"], ids["sealed"] = w.secrets[strings.Split(r.Path(), "/")[1]], w.secrets["sealed"]
	case strings.Contains(r.Pattern, "{session}") && p.cookie != "":
		if s, err := w.app.Accounts.Session(ctx, p.cookie); err == nil {
			ids["session"] = s.ID
		}
	}
	return ids
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) outcome() outcome {
	switch to := a.header.Get("Location"); {
	case a.status == http.StatusUnauthorized, strings.HasPrefix(to, "/sign-in?"), to == "/sign-in" && a.header.Get("Set-Cookie") == "": // signing out leads there too
		return signIn
	case a.status == http.StatusNotFound:
		return missing
	case a.status == http.StatusForbidden:
		return forbidden
	case a.status < 400, a.status == http.StatusConflict, a.status == http.StatusUnprocessableEntity:
		return opens
	}
	return outcome(fmt.Sprint("status ", a.status))
}

// once is what is new in each answer: the key of style sheets and of forms.
var once = regexp.MustCompile(`nonce-[\w-]+|nonce="[\w-]+"|name="_once" value="[\w-]+"`)

// text is the whole answer, without what differs from request to request; secrets are left out too.
func (a answer) text(leaveOut ...string) string {
	h := a.header.Clone()
	leaveOut = append(leaveOut, h.Get("X-Request-Id"))
	h.Del("X-Request-Id")
	h.Del("Candor-Now")
	h.Del("RateLimit-Remaining")
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	h.Write(&b)
	b.WriteString(a.body)
	out := once.ReplaceAllString(b.String(), "once")
	for _, s := range leaveOut {
		if s != "" {
			out = strings.ReplaceAll(out, s, "…")
		}
	}
	return out
}

// apart shows where two texts part.
func apart(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-60)
	return fmt.Sprintf("%q and %q", a[from:min(len(a), i+200)], b[from:min(len(b), i+200)])
}

// gone is a writer whose reader leaves after the first words of a stream.
type gone struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (g gone) Flush() { g.ResponseRecorder.Flush(); g.leave() }

// send sends a request of a route as somebody; whole says with its form.
func (w *world) send(p *person, r web.Route, ids map[string]string, whole bool, head ...string) answer {
	w.t.Helper()
	a := acts[r.Pattern]
	var body io.Reader
	kind := ""
	if r.Method() != "GET" {
		kind = "application/x-www-form-urlencoded"
		form := url.Values{}
		for k, list := range a.form {
			for _, v := range list {
				form.Add(k, w.fill(v, ids))
			}
		}
		switch {
		case !whole && !a.about:
			body = strings.NewReader("")
		case a.json != "":
			kind, body = "application/json", strings.NewReader(strings.NewReplacer("{sitting}", ids["sitting"], "{opening}", ids["opening"]).Replace(a.json))
		case a.file:
			kind, body = w.upload(form, "assessment.zip", func(file io.Writer) error { return archive.Write(file, w.here.tree("Uploaded")) })
		case a.quiz:
			kind, body = w.upload(form, "q.gift", func(file io.Writer) error { _, err := io.WriteString(file, someQuiz); return err })
		default:
			body = strings.NewReader(form.Encode())
		}
	}
	c, leave := context.WithCancel(ctx)
	defer leave()
	req := httptest.NewRequestWithContext(c, r.Method(), w.fill(r.Path()+a.query, ids), body)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	head = append(slices.Clone(a.head), head...)
	for i := 0; i < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	if p.cookie != "" {
		name := web.StaffCookie
		if p.candidate != nil {
			name = web.CandidateCookie
		}
		req.AddCookie(&http.Cookie{Name: name, Value: p.cookie})
	}
	rec := gone{httptest.NewRecorder(), leave}
	w.mux.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Result().Header, rec.Body.String()}
}

// someQuiz is one, in GIFT.
const someQuiz = "::New::Is it so?{T}"

// packed is a quiz as the page that shows it sends it again.
func packed(quiz string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, quiz)
	z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

func (w *world) upload(form url.Values, name string, write func(io.Writer) error) (kind string, body io.Reader) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range form {
		w.must(m.WriteField(k, form.Get(k)))
	}
	file, err := m.CreateFormFile("file", name)
	w.must(err)
	w.must(write(file))
	w.must(m.Close())
	return m.FormDataContentType(), &b
}

const zeros = "00000000000000000000000000000000"

var ours = regexp.MustCompile(`^[a-z]{3}_[0-9a-f]{32}$`)

// madeUp is an id like v that names nothing.
func madeUp(v string) string {
	if ours.MatchString(v) {
		return v[:4] + zeros
	}
	return strings.Repeat("Z", len(v))
}

// matrix asks everything and gives what was not as it must be.
func (w *world) matrix() []string {
	var found []string
	bad := func(format string, args ...any) {
		w.enough = w.quick || len(found) > 50
		found = append(found, fmt.Sprintf(format, args...))
	}
	w.declared(bad)
	w.tick.Add(6 * time.Minute)
	before := w.tables()
	w.each("GET", func(p *person, r web.Route, a *applicant) { w.one(bad, p, r, a); w.others(bad, p, r, a) })
	w.unchanged(bad, before, "reading")

	w.acting(bad, "acting without the right", func(r web.Route) {
		w.each(r.Pattern, func(p *person, r web.Route, a *applicant) {
			if w.expect(p, r, a) != opens {
				w.one(bad, p, r, a)
			}
			w.others(bad, p, r, a)
		})
	})
	if !w.plain {
		w.acting(bad, "acting from another site", w.elsewhere(bad))
	}
	w.each("POST", func(p *person, r web.Route, a *applicant) {
		if w.expect(p, r, a) == opens {
			w.allowed(bad, p, r, a)
		}
	})
	return found
}

// elsewhere sends what changes something from another site, as everybody.
func (w *world) elsewhere(bad func(string, ...any)) func(r web.Route) {
	return func(r web.Route) {
		if r.Pattern == "POST "+web.ReportPath { // the browser's own reports; they do nothing
			return
		}
		for _, p := range w.people {
			got := w.send(p, r, w.values(r, p, w.here.read), true, "Origin", "https://other.example", "Sec-Fetch-Site", "cross-site")
			if got.status != http.StatusForbidden || !strings.Contains(got.body, web.ErrOrigin.Text) && !strings.Contains(got.body, "other_origin") {
				bad("%s from another site by the %s = %d; want it refused", r.Pattern, p.name, got.status)
			}
		}
	}
}

// declared compares the declarations with roles.yaml: a route never lets in more than the table says.
func (w *world) declared(bad func(string, ...any)) {
	for _, r := range w.routes {
		roles, ok := w.table.Actions[r.Action]
		if !ok || slices.Contains(r.Roles, "*") || slices.Contains(roles, "*") {
			continue
		}
		for _, x := range r.Roles {
			if !slices.Contains(roles, x) {
				bad("%s lets in the role %s, which roles.yaml does not give %s", r.Pattern, x, r.Action)
			}
		}
	}
}

// each goes through the routes of a method, or one pattern, everybody, and the candidates that the route can be about.
func (w *world) each(which string, fn func(p *person, r web.Route, a *applicant)) {
	for _, r := range w.routes {
		if r.Method() != which && r.Pattern != which {
			continue
		}
		text := r.Path() + acts[r.Pattern].query + acts[r.Pattern].form.Encode()
		if values := acts[r.Pattern].form; values != nil {
			for _, list := range values {
				text += strings.Join(list, " ")
			}
		}
		for _, a := range []*applicant{w.here.read, w.here.blind, w.here.waits, w.here.kept} {
			if strings.Contains(text, "{decision}") && a.decision == "" || strings.Contains(text, "{case}") && a.question == "" {
				continue
			}
			for _, p := range w.people {
				if w.enough {
					return
				}
				fn(p, r, a)
			}
			if !slices.ContainsFunc(about, func(x string) bool { return strings.Contains(text, "{"+x+"}") }) {
				break
			}
		}
	}
}

// one asks for something that is there.
func (w *world) one(bad func(string, ...any), p *person, r web.Route, a *applicant) {
	ids, want := w.values(r, p, a), w.expect(p, r, a)
	got := w.send(p, r, ids, true)
	if got.outcome() != want {
		bad("%s of %q by the %s = %d; want: %s", r.Pattern, a.name, p.name, got.status, want)
		return
	}
	if want != missing || w.plain {
		return
	}
	nothing := maps.Clone(ids)
	for _, x := range append([]string{"org"}, about...) {
		if x != "org" || p.account {
			nothing[x] = madeUp(ids[x])
		}
	}
	if other := w.send(p, r, nothing, true); got.text() != other.text() {
		bad("%s of %q by the %s tells that it is there: %s", r.Pattern, a.name, p.name, apart(got.text(), other.text()))
	}
}

// others is for whoever may do it with what is their own: one id of another organisation, or of the confidential opening, stands
// where an own one belongs, and the answer is that for an id that names nothing.
func (w *world) others(bad func(string, ...any), p *person, r web.Route, a *applicant) {
	if w.plain || r.Auth == web.Link || r.Auth == web.Anonymous || w.expect(p, r, a) != opens {
		return
	}
	ids := w.values(r, p, a)
	elsewhere, hidden := w.there.ids(w.there.kept), w.here.ids(w.here.kept)
	x := acts[r.Pattern]
	text := r.Path() + x.query + x.json
	for _, list := range x.form {
		text += strings.Join(list, " ")
	}
	for _, m := range wildcard.FindAllStringSubmatch(text, -1) {
		key := m[1]
		theirs := []string{elsewhere[key]}
		if slices.Contains(about, key) && w.expect(p, r, w.here.kept) != opens {
			theirs = append(theirs, hidden[key])
		}
		nothing := maps.Clone(ids)
		nothing[key] = madeUp(ids[key])
		var want answer
		for _, id := range theirs {
			if id == "" || id == ids[key] {
				continue
			}
			if want.header == nil {
				want = w.send(p, r, nothing, true)
				if o := want.outcome(); o == opens && r.Method() == "GET" && want.status < 400 && key != "code" {
					bad("%s with a {%s} that names nothing = %d", r.Pattern, key, want.status)
				}
			}
			other := maps.Clone(ids)
			other[key] = id
			if got := w.send(p, r, other, true); got.text(id) != want.text(nothing[key]) {
				bad("%s by the %s with another's {%s} tells that it is there: %s", r.Pattern, p.name, key, apart(got.text(id), want.text(nothing[key])))
			}
		}
	}
}

// acting runs fn for every route that changes something, and sees that nothing changed.
func (w *world) acting(bad func(string, ...any), what string, fn func(r web.Route)) {
	for _, r := range w.routes {
		if r.Method() == "GET" || w.enough {
			continue
		}
		if w.plain {
			fn(r)
			continue
		}
		before := w.tables()
		fn(r)
		w.unchanged(bad, before, what+": "+r.Pattern)
	}
}

// allowed lets somebody do what they may, most with an empty form: the wall is open, and what the form lacks is said.
func (w *world) allowed(bad func(string, ...any), p *person, r web.Route, a *applicant) {
	asker := *p
	w.fresh++
	name := fmt.Sprint("fresh", w.fresh)
	switch { // what is done may end it for whoever comes after, so each does it to something new
	case r.Auth == web.Candidate && p.candidate != w.here.busy, (r.Auth == web.Link || r.Auth == web.Anonymous) && p.name != "nobody":
		return // one of them is enough
	case r.Auth == web.Candidate:
		asker.candidate = w.here.enter(name, w.here.open(name, false))
		w.here.work(asker.candidate)
		asker.cookie = asker.candidate.cookie
		if r.Action == "attempt.note" { // it is about what was sent
			_, err := w.app.Attempts.Send(ctx, asker.candidate.who, "writing")
			w.must(err)
		}
	case r.Tenant == web.NoTenant && p.cookie != "":
		if s, err := w.app.Accounts.Session(ctx, p.cookie); err == nil {
			asker.cookie = w.signIn(s.Account.Email)
		}
	case r.Action == "hook.remove", r.Action == "hook.replay":
		w.here.deadHook()
	case strings.HasPrefix(r.Action, "issuer.") && strings.Contains(r.Pattern, "{issuer}"):
		w.here.makeIssuer()
	case r.Action == "greenhouse.again":
		w.here.deadTest()
	case r.Action == "token.revoke":
		w.here.token = w.here.makeToken(w.here.as("founder"))
	case strings.HasPrefix(r.Action, "invitation."):
		a = w.here.invite(name, a.opening)
	case r.Action == "member.disable", r.Action == "member.enable":
		m, err := w.app.Orgs.Enrol(ctx, w.here.system, org.Member{Name: name, Email: name + "@tide.example"})
		w.must(err)
		if r.Action == "member.enable" {
			w.must(w.app.Orgs.Disable(ctx, w.here.as("founder"), m.ID))
		}
		before := w.here.members["leaver"]
		w.here.members["leaver"] = m
		defer func() { w.here.members["leaver"] = before }()
	}
	if got := w.send(&asker, r, w.values(r, &asker, a), false); got.outcome() != opens && !(r.Action == "attempt.do" && got.status == http.StatusServiceUnavailable) {
		bad("%s of %q by the %s = %d; want it let through\n%s", r.Pattern, a.name, p.name, got.status, got.body)
	}
}

// seen are columns that looking at something may change.
var seen = map[string]string{"staff_sessions": "seen_at"}

// tables are the sums of all rows, by table.
func (w *world) tables() map[string]string {
	w.t.Helper()
	d := w.app.DB
	out := map[string]string{}
	add := func(tx db.Tx) error {
		for _, table := range append(slices.Clone(w.names), "river_job") {
			if table == "river_job" && tx.Org != "" {
				continue
			}
			rows, err := tx.QueryContext(ctx, `SELECT `+w.columns[table]+` FROM `+table)
			if err != nil {
				return err
			}
			var lines []string
			n := strings.Count(w.columns[table], ",") + 1
			for rows.Next() {
				cells := make([]any, n)
				for i := range cells {
					cells[i] = new(any)
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				var line strings.Builder
				for _, c := range cells {
					fmt.Fprintf(&line, "%v|", *c.(*any))
				}
				lines = append(lines, line.String())
			}
			if err := rows.Err(); err != nil {
				return err
			}
			slices.Sort(lines)
			out[table] += fmt.Sprintf("%d rows %x; ", len(lines), sha256.Sum256([]byte(strings.Join(lines, "\n"))))
		}
		return nil
	}
	if w.names == nil {
		var err error
		w.names, err = d.Tables(ctx)
		w.must(err)
		w.columns = map[string]string{"river_job": "id"}
		for _, table := range w.names {
			cols, err := d.ColumnsOf(ctx, table)
			w.must(err)
			w.columns[table] = strings.Join(slices.DeleteFunc(cols, func(c string) bool { return seen[table] == c }), ", ")
		}
	}
	w.must(d.InstallationRead(ctx, add))
	if d.Engine == db.PostgreSQL { // there a transaction sees the rows of its own organisation only
		w.must(d.Read(ctx, w.here.org.ID, add))
		w.must(d.Read(ctx, w.there.org.ID, add))
	}
	return out
}

func (w *world) unchanged(bad func(string, ...any), before map[string]string, what string) {
	w.t.Helper()
	after := w.tables()
	for table := range after {
		if before[table] != after[table] {
			bad("%s changed the table %s: %s is now %s", what, table, before[table], after[table])
		}
	}
}
