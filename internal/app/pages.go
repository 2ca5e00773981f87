package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/analytics/analyticsweb"
	"candor/internal/appeal/appealweb"
	"candor/internal/assessment"
	"candor/internal/assessment/assessmentweb"
	"candor/internal/attempt/attemptweb"
	"candor/internal/batch/batchweb"
	"candor/internal/board/boardweb"
	"candor/internal/candidate/candidateweb"
	"candor/internal/db"
	"candor/internal/disk"
	"candor/internal/feedback/feedbackweb"
	"candor/internal/greenhouse/greenhouseweb"
	"candor/internal/hook/hookweb"
	"candor/internal/integrity/integrityweb"
	"candor/internal/interview"
	"candor/internal/interview/interviewweb"
	"candor/internal/issuer/issuerweb"
	"candor/internal/live"
	"candor/internal/markdown"
	"candor/internal/notify/channels/slack"
	"candor/internal/notify/notifyweb"
	"candor/internal/opening"
	"candor/internal/opening/openingweb"
	"candor/internal/org"
	"candor/internal/org/orgweb"
	"candor/internal/payment/paymentweb"
	"candor/internal/privacy/privacyweb"
	"candor/internal/repo/repoweb"
	"candor/internal/review"
	"candor/internal/review/reviewweb"
	"candor/internal/survey/surveyweb"
	"candor/internal/talk/talkweb"
	"candor/internal/thread"
	"candor/internal/thread/threadweb"
	"candor/internal/token"
	"candor/internal/token/tokenweb"
	"candor/internal/trial/trialweb"
	"candor/internal/upload/uploadweb"
	"candor/internal/web"
	"candor/internal/web/ui"
	"candor/internal/web/ui/errorpage"
	"candor/internal/web/ui/help"
)

// Mux mounts every face. It fails when a route's declaration is incomplete.
func (a *App) Mux() (*web.Mux, error) { return a.mux(nil) }

// mux is Mux with other rates; nil are the built-in ones.
func (a *App) mux(rates map[web.Rate]web.Limit) (*web.Mux, error) {
	mux := web.New(web.Config{Rates: rates, Admit: a.admit, Once: db.Once, Clock: a.DB.Clock, Log: a.Config.Log, Key: a.Key, URL: a.Config.URL, Content: a.Config.ContentURL, Proxies: a.Config.Proxies,
		SignInPath: "/sign-in", ErrorPage: errorpage.Show, Auth: web.Auth{
			Staff:     a.signIn.Staff(func(o org.Org) string { return web.AccentPath(o.Hue, o.Chroma) }),
			Candidate: a.candidate,
			Brief:     a.brief,
			Token:     a.token,
		}})
	mux.Handle(web.Route{Pattern: "GET /healthz", Action: "web.health", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateAsset, Quiet: true, Out: ""}, a.health)
	mux.Handle(web.Route{Pattern: "GET /o/{org}", Action: "web.home", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateRead}, a.home)
	mux.Handle(web.Route{Pattern: "GET /o/{org}/live", Action: "web.live_staff", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateLive, Stream: true, Quiet: true, Out: live.Event{}}, a.liveStaff)
	mux.Handle(web.Route{Pattern: "GET /c/-/live", Action: "web.live_candidate", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: web.RateLive, Stream: true, Quiet: true, Out: live.Event{}}, a.liveCandidate)
	ui.Routes(mux)
	help.Routes(mux)
	a.signIn.Routes(mux)
	(&orgweb.Pages{Orgs: a.Orgs}).Routes(mux)
	(&issuerweb.Pages{Issuers: a.Issuers, Accounts: a.Accounts}).Routes(mux)
	(&tokenweb.Pages{Tokens: a.Tokens, Orgs: a.Orgs, URL: a.Config.URL}).Routes(mux)
	told := &assessment.Files{Assessments: a.Assessments, Key: a.Key, Content: a.Config.ContentURL}
	(&assessmentweb.Pages{Assessments: a.Assessments, Attempts: a.Attempts, MD: a.MD, Quizzes: Quizzes(), Analytics: a.Analytics, Files: told, Uploads: a.Uploads, Site: a.Config.URL}).Routes(mux)
	(&privacyweb.Pages{Privacy: a.Privacy, Attempts: a.Attempts, Orgs: a.Orgs}).Routes(mux)
	(&hookweb.Pages{Hooks: a.Hooks}).Routes(mux)
	(&slack.Pages{Bridges: a.Bridges, URL: strings.TrimSuffix(a.Config.URL, "/")}).Routes(mux)
	(&greenhouseweb.Pages{Greenhouse: a.Greenhouse, URL: strings.TrimSuffix(a.Config.URL, "/")}).Routes(mux)
	(&notifyweb.Pages{Notify: a.Notify}).Routes(mux)
	again := &appealweb.Pages{Appeals: a.Appeals}
	meets := &talkweb.Pages{Talks: a.Talks, Openings: a.Openings, Orgs: a.Orgs, Notify: a.Notify}
	pays := &paymentweb.Pages{Payments: a.Payments, Openings: a.Openings, Orgs: a.Orgs, Attempts: a.Attempts}
	doors := &openingweb.Pages{Openings: a.Openings, Orgs: a.Orgs, Candidates: a.Candidates, Promises: a.Promises, Assessments: a.Assessments, Attempts: a.Attempts,
		Reviews: a.Reviews, URL: a.Config.URL, Notify: a.Notify, Tokens: a.Tokens, Analytics: a.Analytics, Sections: a.sections(), Notice: a.notice, More: more(), MD: markdown.New(3)}
	(&analyticsweb.Pages{Analytics: a.Analytics}).Routes(mux)
	(&boardweb.Pages{Boards: a.Boards}).Routes(mux)
	(&batchweb.Pages{Batches: a.Batches, Openings: a.Openings, Orgs: a.Orgs, Notify: a.Notify}).Routes(mux)
	(&candidateweb.Pages{Candidates: a.Candidates, Openings: a.Openings, Attempts: a.Attempts, Orgs: a.Orgs}).Routes(mux)
	alike := &integrityweb.Pages{Integrity: a.Integrity}
	alike.Routes(mux)
	talk := &threadweb.Pages{Threads: a.Threads, Assessments: a.Assessments, Attempts: a.Attempts, Orgs: a.Orgs, MD: markdown.New(3), Uploads: a.Uploads}
	talk.Routes(mux)
	turns := &interviewweb.Pages{Interviews: a.Interviews, Openings: a.Openings, Uploads: a.Uploads, MD: markdown.New(3)}
	turns.Routes(mux)
	trials := &trialweb.Pages{Trials: a.Trials, Orgs: a.Orgs, Uploads: a.Uploads, MD: markdown.New(3)}
	trials.Routes(mux)
	voice := &surveyweb.Pages{Surveys: a.Surveys}
	voice.Routes(mux)
	(&reviewweb.Pages{Reviews: a.Reviews, Threads: a.Threads, Appeals: a.Appeals, Uploads: a.Uploads, MD: markdown.New(3), Facts: alike.Facts, Asks: turns.Asking, Said: talk.Said}).Routes(mux)
	(&feedbackweb.Pages{DB: a.DB, Feedbacks: a.Feedbacks, Notify: a.Notify, Again: a.looked}).Routes(mux)
	works := &attemptweb.Pages{Attempts: a.Attempts, Openings: a.Openings, Orgs: a.Orgs, Kinds: a.Kinds, Uploads: a.Uploads, Files: told, MD: a.MD, Reply: a.reply, Again: again.Note, Questions: a.questions(alike), Beside: talk.Beside, Waiting: talk.Waiting, Talk: beside(doors.Newer, doors.ChosenNote, doors.TimeNote, turns.Note, trials.Note), First: firstOf(doors.First, trials.First), Spent: a.spent, Terms: a.terms(pays, meets), Longer: a.Analytics.Longer, Whole: a.Analytics.Asks, Survey: voice.Note, Scored: a.Reviews.Scored}
	works.Routes(mux)
	doors.Try = works.Try
	doors.Promised = func(ctx context.Context, who actor.Actor, o opening.ID, lang string) ([]string, error) {
		t, err := a.terms(pays, meets)(ctx, who, o, lang)
		return t.Says, err
	}
	doors.Routes(mux)
	pays.Routes(mux)
	meets.Routes(mux)
	again.Routes(mux)
	(&repoweb.Pages{Repos: a.Repos}).Routes(mux)
	(&uploadweb.Pages{Uploads: a.Uploads, Owner: a.ownAttempt, Site: a.Config.URL}).Routes(mux)
	return mux, mux.Start()
}

// doors are the buttons of the sign-in page: of the organisation that somebody is on the way to, or of the only one there is. An installation with
// several names none of them to a stranger; each has a sign-in page of its own.
func (a *App) doors(ctx context.Context, next string) (templ.Component, error) {
	o, rest, _ := strings.Cut(strings.TrimPrefix(next, "/o/"), "/")
	if !strings.HasPrefix(next, "/o/") || rest == "" && o == "" {
		all, err := a.Orgs.All(ctx)
		if err != nil || len(all) != 1 {
			return nil, err
		}
		o = all[0]
	}
	doors, err := a.Issuers.Doors(ctx, o)
	if errors.Is(err, org.ErrMissing) {
		return nil, nil
	}
	if err != nil || len(doors) == 0 {
		return nil, err
	}
	return issuerweb.Buttons(o, doors, next), nil
}

// note draws how something beside the work stands, for its candidate; nil where there is nothing.
type note = func(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error)

// first is where a candidate goes before anything can be started; "" is nowhere.
type first = func(ctx context.Context, who actor.Actor) (string, error)

// firstOf is the first of several that leads somewhere.
func firstOf(list ...first) first {
	return func(ctx context.Context, who actor.Actor) (string, error) {
		for _, fn := range list {
			if to, err := fn(ctx, who); err != nil || to != "" {
				return to, err
			}
		}
		return "", nil
	}
}

// beside are several as one.
func beside(list ...note) note {
	return func(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error) {
		var out []templ.Component
		for _, fn := range list {
			c, err := fn(ctx, who, page, organisation)
			if err != nil {
				return nil, err
			}
			if c != nil {
				out = append(out, c)
			}
		}
		if len(out) == 0 {
			return nil, nil
		}
		return templ.Join(out...), nil
	}
}

// more are the promises of an opening that have pages of their own.
func more() []openingweb.Link {
	return []openingweb.Link{{Text: "Payment", About: "What is paid for the work of a stage, what is due, and the proofs. Work that is used in production has to be paid.", Href: "/payments"},
		{Text: "Talk", About: "A talk with the team for everybody who sends their work: within how many days, and how long.", Href: "/talks"}}
}

// terms are what is promised to a candidate beside a reply.
func (a *App) terms(pays *paymentweb.Pages, meets *talkweb.Pages) func(ctx context.Context, who actor.Actor, o opening.ID, lang string) (attemptweb.Terms, error) {
	return func(ctx context.Context, who actor.Actor, o opening.ID, lang string) (out attemptweb.Terms, err error) {
		if out.Says, err = pays.Terms(ctx, who, lang); err != nil {
			return out, err
		}
		out.Pays = len(out.Says) > 0
		text, err := meets.Terms(ctx, who, o, lang)
		if text != "" {
			out.Says, out.Talks = append(out.Says, text), true
		}
		return out, err
	}
}

// spent is the time that people gave to a candidate's work.
func (a *App) spent(ctx context.Context, who actor.Actor, app opening.ApplicationID) (out attemptweb.Spent, err error) {
	err = a.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		s, err := a.Reviews.SpentOn(ctx, tx, app)
		out = attemptweb.Spent{People: s.People, Time: time.Duration(s.Minutes) * time.Minute}
		return err
	})
	return out, err
}

// token finds for whom a program asks.
func (a *App) token(ctx context.Context, plain, o, scope string) (web.Session, error) {
	who, m, err := a.Tokens.Actor(ctx, plain, o, scope)
	if scope == token.Greenhouse && errors.Is(err, token.ErrScope) {
		err = token.ErrToken // its documentation knows 401 and 404, and no 403
	}
	return web.Session{Actor: who, Name: m.Name, Org: web.Org{ID: o, Path: o}}, err
}

func (a *App) candidate(ctx context.Context, cookie string) (web.Session, error) {
	var o org.Org
	who, inv, err := a.Openings.CandidateSession(ctx, cookie, func(tx db.Tx) (err error) {
		o, err = a.Orgs.In(ctx, tx)
		return err
	})
	if err != nil {
		return web.Session{}, err
	}
	zone := inv.Zone
	if zone == "" {
		zone = o.Zone
	}
	return web.Session{Actor: who, Zone: zone, Org: web.Org{ID: o.ID, Path: o.ID, Name: o.Name, Accent: web.AccentPath(o.Hue, o.Chroma)}}, nil
}

// brief is candidate without what pages show. It is looked up to the end when the asker goes away meanwhile: what was sent is kept all the same.
func (a *App) brief(ctx context.Context, cookie string) (web.Session, error) {
	who, err := a.Openings.CandidateActor(context.WithoutCancel(ctx), cookie)
	return web.Session{Actor: who, Org: web.Org{ID: who.Org, Path: who.Org}}, err
}

// health answers when the database does.
func (a *App) health(w http.ResponseWriter, r *http.Request) error {
	err := a.DB.InstallationRead(r.Context(), func(tx db.Tx) error {
		var one int
		return tx.QueryRowContext(r.Context(), `SELECT 1`).Scan(&one)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write([]byte("ok\n"))
	return err
}

// home leads to the queue where something waits, else to the openings.
func (a *App) home(w http.ResponseWriter, r *http.Request) error {
	who := web.Actor(r)
	n, err := a.Reviews.Count(r.Context(), who)
	if err != nil {
		return err
	}
	if n > 0 {
		return web.Redirect(w, r, "/o/"+who.Org+"/review", "")
	}
	return web.Redirect(w, r, "/o/"+who.Org+"/openings", "")
}

// notice is what an owner should know of the installation; "" is nothing.
func (a *App) notice(who actor.Actor) string {
	if !a.Disk.Low() || !org.May(who, "organisation.change") {
		return ""
	}
	return fmt.Sprintf("Below %d %% exports, runs and imports stop; answers are saved to the last. Whoever runs this server should make room on the disk of its data folder.", disk.Stops)
}

// liveStaff tells members that something changed; ids only, and the page that is drawn anew asks its loader.
func (a *App) liveStaff(w http.ResponseWriter, r *http.Request) error {
	return a.Hub.Stream(w, r, web.Actor(r).Org, func(topic, _ string) bool {
		return topic == "board" || topic == "review" || topic == thread.Talked || topic == interview.Talked
	})
}

// liveCandidate tells a candidate of their own attempt and conversation, and of what everybody is told who works on the same.
func (a *App) liveCandidate(w http.ResponseWriter, r *http.Request) error {
	v, err := a.Attempts.View(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	own := map[string]bool{string(v.Attempt.ID): true, thread.Said + string(v.Attempt.Application): true, thread.Told + string(v.Attempt.Version): true}
	return a.Hub.Stream(w, r, web.Actor(r).Org, func(topic, subject string) bool { return own[subject] || own[topic+subject] })
}

// reply is how the company's answer to a candidate stands, in what they may know.
func (a *App) reply(ctx context.Context, who actor.Actor, app opening.ApplicationID) (attemptweb.Reply, error) {
	var out attemptweb.Reply
	err := a.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rounds, err := a.Reviews.RoundsOf(ctx, tx, app)
		if err != nil {
			return err
		}
		if len(rounds) > 0 {
			reviews, err := a.Reviews.ReviewsIn(ctx, tx, rounds[0].Attempt)
			if err != nil {
				return err
			}
			for _, r := range reviews {
				switch r.State {
				case review.Filed:
					out.Readers++
					out.Finished++
				case review.Assigned:
					out.Readers++
				}
			}
		}
		list, err := a.Feedbacks.Of(ctx, tx, app)
		if err != nil || len(list) == 0 {
			return err
		}
		out.Body = replyBody(list)
		return nil
	})
	return out, err
}

// questions draws what a candidate is asked about their work.
func (a *App) questions(p *integrityweb.Pages) func(context.Context, actor.Actor, opening.ApplicationID, string, *time.Location) (templ.Component, error) {
	return func(ctx context.Context, who actor.Actor, app opening.ApplicationID, lang string, zone *time.Location) (out templ.Component, err error) {
		err = a.DB.Read(ctx, who.Org, func(tx db.Tx) error {
			out, err = p.Questions(ctx, tx, app, lang, zone)
			return err
		})
		return out, err
	}
}
