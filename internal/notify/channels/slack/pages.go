package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"candor/internal/bridge"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/web"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
)

// Pages are the settings of the bridge, the page where somebody says who they are in Slack, and what Slack asks.
type Pages struct {
	Bridges *bridge.Bridges
	URL     string // the public address
}

// mostAsked is how many bytes a request of Slack's may have.
const mostAsked = 256 << 10

// Routes declares them. What Slack asks is believed by its signature alone.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action string, roles []string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: roles, Tenant: web.FromPath, Object: "bridge", Rate: rate}, h)
	}
	const base = "/o/{org}/bridge/slack"
	owners := org.Roles().Actions["bridge.change"]
	handle(web.RateRead, "GET "+base, "bridge.read", owners, p.show)
	handle(web.RateWrite, "POST "+base, "bridge.connect", owners, p.connect)
	handle(web.RateWrite, "POST "+base+"/rooms", "bridge.room", owners, p.room)
	handle(web.RateRead, "GET "+base+"/applications/{application}", "bridge.own", owners, p.own)
	handle(web.RateWrite, "POST "+base+"/applications/{application}", "bridge.own_room", owners, p.ownRoom)
	handle(web.RateWrite, "POST "+base+"/disconnect", "bridge.disconnect", owners, p.disconnect)
	mux.Handle(web.Route{Pattern: "GET " + base + "/me", Action: "bridge.me", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "bridge", Rate: web.RateRead, Query: []string{"person", "until", "sign"}}, p.me)
	handle(web.RateWrite, "POST "+base+"/me", "bridge.person", web.AnyMember, p.be)
	asked := web.Route{Auth: web.Link, Tenant: web.FromObject, Object: "bridge", Rate: web.RateRead, MaxBody: mostAsked, Raw: true}
	asked.Pattern, asked.Action = "POST /-/slack/{org}/events", "bridge.heard"
	mux.Handle(asked, p.events)
	asked.Pattern, asked.Action = "POST /-/slack/{org}/command", "bridge.command"
	mux.Handle(asked, p.command)
}

type connectForm struct {
	Token  string `max:"300"`
	Secret string `max:"100"`
}

type roomForm struct {
	Opening string `max:"64"`
	Room    string `max:"100"`
}

// view is the page of settings.
type view struct {
	Page     web.Page
	S        bridge.Standing
	Manifest string
	Secure   bool // Slack can reach the public address
	Room     roomForm
	Problem  *problem.Problem
	Fields   map[string]string
}

func (v view) here() string { return "/o/" + v.Page.Session.Org.Path + "/bridge/slack" }

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.draw(w, r, roomForm{}, nil)
}

func (p *Pages) draw(w http.ResponseWriter, r *http.Request, room roomForm, cause error) error {
	prob, ok := problem.As(cause)
	if cause != nil && (!ok || prob.Kind == problem.Missing || prob.Kind == problem.Forbidden) {
		return cause
	}
	s, err := p.Bridges.Standing(r.Context(), web.Actor(r), Name)
	if err != nil {
		return err
	}
	v := view{Page: web.PageOf(r, "Slack"), S: s, Manifest: p.manifest(web.Actor(r).Org), Secure: strings.HasPrefix(p.URL, "https://"), Room: room, Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	}
	return web.ShowWith(w, r, cause, settingsPage(v))
}

func (p *Pages) connect(w http.ResponseWriter, r *http.Request) error {
	var f connectForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Bridges.Connect(r.Context(), web.Actor(r), Name, f.Token, f.Secret)
	}
	if err != nil {
		return p.draw(w, r, roomForm{}, err)
	}
	return web.Redirect(w, r, r.URL.Path, "Connected. Give an opening its channel now.")
}

func (p *Pages) room(w http.ResponseWriter, r *http.Request) error {
	var f roomForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Bridges.SetRoom(r.Context(), web.Actor(r), Name, opening.ID(f.Opening), f.Room)
	}
	if err != nil {
		return p.draw(w, r, f, err)
	}
	return web.Redirect(w, r, strings.TrimSuffix(r.URL.Path, "/rooms"), "Kept.")
}

// ownView is where one application gets a channel of its own.
type ownView struct {
	Page    web.Page
	App     string // the application's page
	Room    string
	Problem *problem.Problem
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error { return p.showOwn(w, r, nil, nil) }

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, typed *string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	a := opening.ApplicationID(r.PathValue("application"))
	room, linked, err := p.Bridges.OwnRoom(r.Context(), web.Actor(r), Name, a)
	if err == nil && !linked {
		err = bridge.ErrMissing
	}
	if err != nil {
		return err
	}
	v := ownView{Page: web.PageOf(r, "A channel of its own"), App: "/o/" + r.PathValue("org") + "/applications/" + string(a), Room: room, Problem: prob}
	if typed != nil {
		v.Room = *typed
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func (p *Pages) ownRoom(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Room string `max:"100"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Bridges.SetOwnRoom(r.Context(), web.Actor(r), Name, opening.ApplicationID(r.PathValue("application")), f.Room)
	}
	if prob, ok := problem.As(err); ok && prob.Kind == problem.Invalid {
		return p.showOwn(w, r, &f.Room, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, r.URL.Path, "Kept. What is written from now on begins there; what was begun goes on where it is.")
}

func (p *Pages) disconnect(w http.ResponseWriter, r *http.Request) error {
	if err := p.Bridges.Disconnect(r.Context(), web.Actor(r), Name); err != nil {
		return err
	}
	return web.Redirect(w, r, strings.TrimSuffix(r.URL.Path, "/disconnect"), "Disconnected. Nothing more is brought there, and nothing that is written there is heard.")
}

// meView asks whether somebody is who they are in Slack.
type meView struct {
	Page  web.Page
	Claim bridge.Claim
}

type claimForm struct {
	Person string `max:"40"`
	Until  string `max:"20"`
	Sign   string `max:"100"`
}

func (p *Pages) me(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	c := bridge.Claim{Messenger: Name, Person: q.Get("person"), Pass: secret.Pass{Until: q.Get("until"), Sign: q.Get("sign")}}
	if err := p.Bridges.CheckClaim(web.Actor(r).Org, c); err != nil {
		return err
	}
	return web.Show(w, r, mePage(meView{web.PageOf(r, "You in Slack"), c}))
}

func (p *Pages) be(w http.ResponseWriter, r *http.Request) error {
	var f claimForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	if err := p.Bridges.Be(r.Context(), web.Actor(r), bridge.Claim{Messenger: Name, Person: f.Person, Pass: secret.Pass{Until: f.Until, Sign: f.Sign}}); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/conversations", "What you write in a candidate’s thread in Slack goes to them under your name now.")
}

// signed reads a request of Slack's, if it is one.
func (p *Pages) signed(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	signing, err := p.Bridges.Secret(r.Context(), r.PathValue("org"), Name)
	if errors.Is(err, bridge.ErrMissing) {
		return nil, bridge.ErrSigned // as with a link and another secret: who is connected is nobody's business
	}
	if err != nil {
		return nil, err
	}
	v, err := slack.NewSecretsVerifier(r.Header, signing)
	if err != nil {
		return nil, bridge.ErrSigned
	}
	if _, err := v.Write(body); err != nil || v.Ensure() != nil {
		return nil, bridge.ErrSigned
	}
	return body, nil
}

func (p *Pages) events(w http.ResponseWriter, r *http.Request) error {
	body, err := p.signed(r)
	if err != nil {
		return err
	}
	e, err := slackevents.ParseEvent(json.RawMessage(body), slackevents.OptionNoVerifyToken())
	if err != nil {
		w.WriteHeader(http.StatusOK) // of a sort that nobody asked for
		return nil
	}
	if e.Type == slackevents.URLVerification {
		var c slackevents.ChallengeResponse
		if err := json.Unmarshal(body, &c); err != nil {
			return problem.ErrInvalid
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err := io.WriteString(w, c.Challenge)
		return err
	}
	outer, _ := e.Data.(*slackevents.EventsAPICallbackEvent)
	m, said := e.InnerEvent.Data.(*slackevents.MessageEvent)
	if outer != nil && said && m.User != "" && m.BotID == "" && m.SubType == "" && m.ThreadTimeStamp != "" && m.ThreadTimeStamp != m.TimeStamp {
		err := p.Bridges.Hear(r.Context(), r.PathValue("org"), Name, bridge.Heard{Event: outer.EventID, Team: outer.TeamID, Room: m.Channel, Under: m.ThreadTimeStamp, Person: m.User, Stamp: m.TimeStamp, Text: plain(m.Text)})
		if err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (p *Pages) command(w http.ResponseWriter, r *http.Request) error {
	body, err := p.signed(r)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c, err := slack.SlashCommandParse(r)
	if err != nil {
		return problem.ErrInvalid
	}
	reply, err := p.Bridges.Command(r.Context(), r.PathValue("org"), Name, c.TeamID, c.ChannelID, c.UserID, c.Text)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]string{"response_type": "ephemeral", "text": reply})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(raw)
	return err
}

// manifest is what Slack makes the app of (https://docs.slack.dev/reference/app-manifest).
func (p *Pages) manifest(o string) string {
	at := p.URL + "/-/slack/" + o
	raw, _ := json.MarshalIndent(map[string]any{
		"display_information": map[string]any{"name": "Candor", "description": "Candidates’ questions, and your answers"},
		"features": map[string]any{
			"bot_user":       map[string]any{"display_name": "candor", "always_online": false},
			"slash_commands": []any{map[string]any{"command": "/candor", "url": at + "/command", "description": "Say who you are, see who waits", "usage_hint": "link | waiting"}},
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": []string{"chat:write", "channels:history", "groups:history", "commands"}}},
		"settings":     map[string]any{"event_subscriptions": map[string]any{"request_url": at + "/events", "bot_events": []string{"message.channels", "message.groups"}}},
	}, "", "  ") // strings only
	return string(raw)
}
