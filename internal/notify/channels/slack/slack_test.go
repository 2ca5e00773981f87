package slack_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/bridge"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/egress"
	"candor/internal/notify/channels/slack"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/reviewtest"
	"candor/internal/secret"
	"candor/internal/thread"
	"candor/internal/web"

	"github.com/slack-go/slack/slacktest"
)

var ctx = context.Background()

const (
	signing = "8f742231b10e8888abcd99yyyzzz85a5"
	room    = "C0ROOM"
	team    = "T024BE7LD" // slacktest's
)

// post is what Slack was asked to say.
type post struct{ token, room, under, text, stamp string }

// workspace is slack-go's test server with posts that are told from each other, which its own are not within a second.
type workspace struct {
	mu      sync.Mutex
	posts   []post
	deleted []string
}

func (w *workspace) bind(c slacktest.Customize) {
	c.Handle("/chat.postMessage", func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if r.FormValue("channel") != room {
			fmt.Fprint(rw, `{"ok":false,"error":"not_in_channel"}`)
			return
		}
		p := post{r.Header.Get("Authorization") + r.FormValue("token"), r.FormValue("channel"), r.FormValue("thread_ts"), r.FormValue("text"), fmt.Sprintf("1700000000.%06d", len(w.posts)+1)}
		w.posts = append(w.posts, p)
		json.NewEncoder(rw).Encode(map[string]any{"ok": true, "channel": p.room, "ts": p.stamp})
	})
	c.Handle("/chat.delete", func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.deleted = append(w.deleted, r.FormValue("ts"))
		fmt.Fprint(rw, `{"ok":true}`)
	})
}

type world struct {
	*reviewtest.World
	*bridge.Bridges
	slack *workspace
	mux   *web.Mux
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(bridge.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), slack: &workspace{}}
		s := slacktest.NewTestServer(w.slack.bind)
		s.Start()
		t.Cleanup(s.Stop)
		threads := &thread.Threads{DB: d, Jobs: w.World.Jobs, Orgs: w.World.Orgs, Assessments: w.Assessments, Candidates: w.Candidates, Openings: w.World.Openings, Task: w.Attempts.Task}
		w.Bridges = &bridge.Bridges{DB: d, Jobs: w.World.Jobs, Key: secret.Of("slack"), Orgs: w.World.Orgs, Openings: w.World.Openings, Threads: threads, URL: "https://candor.example",
			Messengers: []bridge.Messenger{&slack.Slack{Out: egress.Out{Allow: func(netip.AddrPort) bool { return true }}, API: s.GetAPIURL()}}}
		w.Listen()
		w.mux = web.New(web.Config{Clock: d.Clock, Log: slog.New(slog.DiscardHandler), Auth: web.Auth{Staff: func(context.Context, string, string) (web.Session, error) { return web.Session{Actor: w.Owner}, nil }}})
		(&slack.Pages{Bridges: w.Bridges, URL: "https://candor.example"}).Routes(w.mux)
		if err := w.mux.Start(); err != nil {
			t.Fatal(err)
		}
		fn(t, w)
	})
}

func (w world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// asks is a request of Slack's, signed with a secret at a time.
func (w world) asks(what, body, key string, at time.Time) *httptest.ResponseRecorder {
	w.T.Helper()
	r := httptest.NewRequest("POST", "/-/slack/"+w.World.Org.ID+"/"+what, strings.NewReader(body))
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	r.Header.Set("Content-Type", map[string]string{"events": "application/json", "command": "application/x-www-form-urlencoded"}[what])
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec
}

// says is somebody's message in a thread.
func (w world) says(event, person, under, stamp, text string) {
	w.T.Helper()
	body, _ := json.Marshal(map[string]any{"type": "event_callback", "team_id": team, "event_id": event, "event": map[string]any{"type": "message", "channel": room, "user": person, "text": text, "ts": stamp, "thread_ts": under}})
	if rec := w.asks("events", string(body), signing, time.Now()); rec.Code != http.StatusOK {
		w.T.Fatalf("event %s = %d %s", event, rec.Code, rec.Body)
	}
	w.Drain()
}

func (w world) last() post { return w.slack.posts[len(w.slack.posts)-1] }

// be says who somebody is in Slack, by the address that the command gives them.
func (w world) be(who actor.Actor, person string) {
	w.T.Helper()
	rec := w.asks("command", url.Values{"command": {"/candor"}, "text": {"link"}, "team_id": {team}, "channel_id": {room}, "user_id": {person}}.Encode(), signing, time.Now())
	at, err := url.Parse(regexp.MustCompile(`https://\S+?/me\?[^"\s]+`).FindString(strings.ReplaceAll(rec.Body.String(), `\u0026`, "&")))
	w.must(err)
	q := at.Query()
	c := bridge.Claim{Messenger: "slack", Person: q.Get("person"), Pass: secret.Pass{Until: q.Get("until"), Sign: q.Get("sign")}}
	w.must(w.Be(ctx, who, c))
	c.Person = "U0OTHER"
	if err := w.Be(ctx, who, c); !errors.Is(err, bridge.ErrPerson) {
		w.T.Errorf("an address with another person in it: %v", err)
	}
}

// A candidate's question is a thread in the room of the opening, under a code and without the name; a member's answer there reaches them once, under the member's name;
// whoever may not answer is told so; and all of it goes with the candidate's data.
func TestARoundTrip(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.must(w.Connect(ctx, w.Owner, "slack", "xoxb-1", signing))
		w.must(w.SetRoom(ctx, w.Owner, "slack", w.Opening, room))
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		amara := w.Enter(inv)
		w.World.Begin(amara, "writing")
		say := func(x thread.Words) {
			t.Helper()
			w.must(w.Threads.Say(ctx, amara, x))
			w.Drain()
		}
		say(thread.Words{Body: "I am Amara Okafor <!channel>. How long may it be?", Item: "tell-us"})
		if len(w.slack.posts) != 2 {
			t.Fatalf("Slack was told %+v; want a thread and a message in it", w.slack.posts)
		}
		root, first := w.slack.posts[0], w.slack.posts[1]
		if root.under != "" || first.under != root.stamp || !strings.Contains(first.token, "xoxb-1") || !strings.Contains(root.text, "https://candor.example/o/"+w.World.Org.ID+"/conversations/"+string(inv.Application)) {
			t.Errorf("the thread is %+v, the message %+v", root, first)
		}
		code := regexp.MustCompile(`Candidate \w+`).FindString(root.text)
		if code == "" || !strings.HasPrefix(first.text, code+":\nI am [name] &lt;!channel&gt;.") {
			t.Errorf("the message reads %q; want it under %q, without the name, and nobody called by it", first.text, code)
		}
		say(thread.Words{Body: "I am ill on Friday."})
		if p := w.last(); strings.Contains(p.text, "ill") || !strings.Contains(p.text, "about no task") || p.under != root.stamp {
			t.Errorf("what is about no task reads %q", p.text)
		}
		say(thread.Words{Body: "May I use Go?", Item: "tell-us"})

		// An answer of somebody whom nobody knows goes nowhere, and says so; then they say who they are.
		w.says("Ev1", "U1ADA", root.stamp, "1700000001.1", "80 words.")
		if p := w.last(); !strings.Contains(p.text, "/candor link") || p.under != root.stamp {
			t.Errorf("somebody unknown is told %+v", p)
		}
		w.be(w.Owner, "U1ADA")
		n := len(w.slack.posts)
		w.says("Ev2", "U1ADA", root.stamp, "1700000001.2", "Yes &amp; <https://go.dev|Go>, says <@U2>.")
		w.says("Ev2", "U1ADA", root.stamp, "1700000001.2", "Yes &amp; <https://go.dev|Go>, says <@U2>.") // Slack repeats itself
		w.says("Ev3", "U1ADA", "1699999999.0", "1700000001.3", "A thread of our own.")
		own, err := w.Threads.Own(ctx, amara, "")
		w.must(err)
		if m := own.Messages[len(own.Messages)-1]; len(own.Messages) != 4 || m.Member != w.Owner.ID || m.Body != "Yes & Go (https://go.dev), says @somebody." || m.Item != "tell-us" || !own.Waits.IsZero() {
			t.Errorf("the candidate reads %+v; want the answer once, under the member's name", own.Messages)
		}
		if len(w.slack.posts) != n {
			t.Errorf("what was said in Slack was said there again: %+v", w.slack.posts[n:])
		}
		w.must(w.Threads.Answer(ctx, w.Owner, inv.Application, "And on the page: 80.")) // from here
		w.Drain()
		if p := w.last(); !strings.HasSuffix(p.text, ":\nAnd on the page: 80.") {
			t.Errorf("an answer from the page reads %q in the room", p.text)
		}

		// Whoever may not answer here may not there.
		w.be(w.Mina, "U2MINA")
		w.says("Ev4", "U2MINA", root.stamp, "1700000001.4", "Sure.")
		if p := w.last(); !strings.HasPrefix(p.text, "This did not go to the candidate.") {
			t.Errorf("a reader who may not answer is told %q", p.text)
		}
		if own, _ = w.Threads.Own(ctx, amara, ""); len(own.Messages) != 5 {
			t.Errorf("%d messages; want none of the reader's", len(own.Messages))
		}
		say(thread.Words{Body: "Thanks. And Rust?", Item: "tell-us"})
		w.Tick.Add(3 * time.Hour)
		if rec := w.asks("command", url.Values{"text": {"waiting"}, "team_id": {team}, "channel_id": {room}, "user_id": {"U1ADA"}}.Encode(), signing, time.Now()); !strings.Contains(rec.Body.String(), code+" has waited for 3 h.") {
			t.Errorf("who waits: %s", rec.Body)
		}

		w.must(w.DB.Write(ctx, w.World.Org.ID, func(tx db.Tx) error {
			_, err := w.Erase(ctx, tx, db.Person{Applications: []string{string(inv.Application)}})
			return err
		}))
		w.Drain()
		for _, p := range []post{root, first} {
			if !slices.Contains(w.slack.deleted, p.stamp) {
				t.Errorf("after the data was erased %q stands in Slack", p.text)
			}
		}
		if !slices.Contains(w.slack.deleted, "1700000001.2") {
			t.Error("after the data was erased the member's answer stands in Slack")
		}
	})
}

// What is not signed with the secret that is kept, or too old, is refused plainly and does nothing; so is what comes of another workspace.
func TestWhatIsNotSlack(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		hello := `{"type":"url_verification","challenge":"3eZbrw1aB"}`
		refused := func(name string, rec *httptest.ResponseRecorder) {
			t.Helper()
			if rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "not signed by the messenger") || strings.Contains(rec.Body.String(), "3eZbrw1aB") {
				t.Errorf("%s = %d %s; want a plain refusal", name, rec.Code, rec.Body)
			}
		}
		refused("before anything is connected", w.asks("events", hello, signing, time.Now()))
		w.must(w.Connect(ctx, w.Owner, "slack", "xoxb-1", signing))
		refused("another secret", w.asks("events", hello, signing+"x", time.Now()))
		refused("six minutes old", w.asks("events", hello, signing, time.Now().Add(-6*time.Minute)))
		refused("six minutes ahead", w.asks("command", "text=link&team_id="+team, signing, time.Now().Add(6*time.Minute)))
		r := httptest.NewRequest("POST", "/-/slack/"+w.World.Org.ID+"/events", strings.NewReader(hello))
		rec := httptest.NewRecorder()
		w.mux.ServeHTTP(rec, r)
		refused("no signature at all", rec)
		if rec := w.asks("events", hello, signing, time.Now()); rec.Code != http.StatusOK || rec.Body.String() != "3eZbrw1aB" {
			t.Errorf("Slack's own question = %d %s", rec.Code, rec.Body)
		}
		if rec := w.asks("command", "text=link&team_id=T0OTHER&user_id=U1", signing, time.Now()); rec.Code != http.StatusNotFound {
			t.Errorf("of another workspace = %d %s", rec.Code, rec.Body)
		}
	})
}

// What only a person can mend is said on the page and not tried for ever; who is not an owner connects nothing; secrets are not in the clear.
func TestTheLink(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.Connect(ctx, w.Rosa, "slack", "xoxb-1", signing); err == nil {
			t.Error("somebody who is no owner connects a workspace")
		}
		if p, ok := problem.As(w.Connect(ctx, w.Owner, "slack", "", signing)); !ok || p.Fields["token"] == "" {
			t.Errorf("without a token: %v", p)
		}
		w.must(w.Connect(ctx, w.Owner, "slack", "xoxb-very-secret", signing))
		w.must(w.DB.Read(ctx, w.World.Org.ID, func(tx db.Tx) error {
			var token, key string
			err := tx.QueryRowContext(ctx, `SELECT token, secret FROM bridge_links WHERE org_id = $1`, w.World.Org.ID).Scan(&token, &key)
			if strings.Contains(token, "very") || strings.Contains(key, signing[:8]) {
				t.Error("a secret lies in the clear")
			}
			return err
		}))
		w.must(w.SetRoom(ctx, w.Owner, "slack", w.Opening, "C0GONE"))
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		w.must(w.Threads.Say(ctx, w.Enter(inv), thread.Words{Body: "Hello?"}))
		w.Drain()
		s, err := w.Standing(ctx, w.Owner, "slack")
		w.must(err)
		if s.Link == nil || !strings.Contains(s.Link.Trouble, "/invite @candor") || len(s.Rooms) == 0 || s.Rooms[0].Room != "C0GONE" {
			t.Errorf("Standing = %+v", s)
		}
		w.must(w.DB.Read(ctx, w.World.Org.ID, func(tx db.Tx) error {
			links, err := bridge.Links(ctx, tx)
			if len(links) != 1 || links[0].Trouble == "" {
				t.Errorf("whoever looks after the installation is told %+v", links)
			}
			return err
		}))
		w.must(w.Disconnect(ctx, w.Owner, "slack"))
		if s, err = w.Standing(ctx, w.Owner, "slack"); err != nil || s.Link != nil {
			t.Errorf("after it: %+v, %v", s, err)
		}
	})
}

// An application can have a channel of its own; nobody else's conversation is in it, and no opening takes it.
func TestAChannelOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.must(w.Connect(ctx, w.Owner, "slack", "xoxb-1", signing))
		inv, other := w.Invite("Amara Okafor", "amara@mail.example"), w.Invite("Boris Lind", "boris@mail.example")
		w.must(w.SetOwnRoom(ctx, w.Owner, "slack", inv.Application, room))
		for name, err := range map[string]error{"an opening": w.SetRoom(ctx, w.Owner, "slack", w.Opening, room), "another application": w.SetOwnRoom(ctx, w.Owner, "slack", other.Application, room)} {
			if p, ok := problem.As(err); !ok || p.Fields["room"] == "" {
				t.Errorf("%s takes the channel: %v", name, err)
			}
		}
		if err := w.SetOwnRoom(ctx, w.Mina, "slack", inv.Application, ""); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reader gives it a channel: %v", err)
		}
		if err := w.SetOwnRoom(ctx, w.Owner, "slack", "app_none", room); !errors.Is(err, bridge.ErrMissing) {
			t.Errorf("an application that is not there: %v", err)
		}
		var amara actor.Actor
		for i, v := range []opening.Invitation{inv, other} {
			who := w.Enter(v)
			if i == 0 {
				amara = who
			}
			w.World.Begin(who, "writing")
			w.must(w.Threads.Say(ctx, who, thread.Words{Body: "How long, " + []string{"Amara", "Boris"}[i] + "?", Item: "tell-us"}))
			w.Drain()
		}
		if len(w.slack.posts) != 2 || w.slack.posts[0].room != room || strings.Contains(w.last().text, "Amara Okafor") || !strings.Contains(w.last().text, "How long") {
			t.Fatalf("Slack was told %+v; want the one conversation", w.slack.posts)
		}
		w.be(w.Owner, "U1ADA")
		w.says("Ev1", "U1ADA", w.slack.posts[0].stamp, "1700000001.1", "80 words.")
		if own, err := w.Threads.Own(ctx, amara, ""); err != nil || len(own.Messages) != 2 || own.Messages[1].Body != "80 words." {
			t.Errorf("the candidate reads %+v, %v", own.Messages, err)
		}
		if r, linked, err := w.OwnRoom(ctx, w.Owner, "slack", inv.Application); r != room || !linked || err != nil {
			t.Errorf("the channel is %q, %v, %v", r, linked, err)
		}
		w.must(w.DB.Write(ctx, w.World.Org.ID, func(tx db.Tx) error {
			_, err := w.Erase(ctx, tx, db.Person{Applications: []string{string(inv.Application)}})
			return err
		}))
		w.must(w.SetRoom(ctx, w.Owner, "slack", w.Opening, room)) // it is free again
	})
}
