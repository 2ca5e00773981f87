package notify_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/mail"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

// post is the edge of the installation: a mail server that says what a test wants. It speaks SMTP in the tests of package mail.
type post struct {
	says error
	got  []mail.Letter
}

func (p *post) Send(_ context.Context, l mail.Letter) (string, error) {
	if p.says != nil {
		return "", p.says
	}
	p.got = append(p.got, l)
	return "250 queued as 7", nil
}

type world struct {
	*reviewtest.World
	n    *notify.Notify
	post *post
	tick *dbtest.Clock
}

var schemas = append(slices.Clone[[]fs.FS](reviewtest.Schemas), feedback.Schema, notify.Schema)

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		fn(t, build(t, d, tick))
	})
}

// build makes a world on a migrated database.
func build(t *testing.T, d *db.DB, tick *dbtest.Clock) world {
	t.Helper()
	w := world{World: reviewtest.Make(t, d, tick), post: &post{}, tick: tick}
	w.n = &notify.Notify{DB: d, Jobs: w.Jobs, Accounts: w.Accounts, Orgs: w.Orgs, Openings: w.Openings, Candidates: w.Candidates, Attempts: w.Attempts,
		Server: w.post, URL: "https://candor.example"}
	w.n.Listen()
	return w
}

// log are the mails about an application, newest first.
func (w world) log(t *testing.T, app opening.ApplicationID) []notify.Mail {
	t.Helper()
	list, err := w.n.Log(ctx, w.Owner, app)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWordsOfAnOpeningGoBeforeThoseOfTheOrganisation(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		words := func(s string) notify.Words {
			return notify.Words{Subject: s + " {{opening}}", Body: "Dear {{name}},\n\n{{note}}\n\n{{link}}\n\n{{contact}}"}
		}
		if err := w.n.SetText(ctx, w.Mina, "", "invitation", words("x"), 0); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer writes for the organisation: %v; want ErrRole", err)
		}
		if err := w.n.SetText(ctx, w.Owner, "", "invitation", words("ours"), 0); err != nil {
			t.Fatal(err)
		}
		first := w.Invite("Amara Okafor", "amara@mail.example")
		if err := w.n.SetText(ctx, w.Owner, w.Opening, "invitation", words("here"), 0); err != nil {
			t.Fatal(err)
		}
		if err := w.n.SetText(ctx, w.Owner, w.Opening, "invitation", words("late"), 0); !errors.Is(err, notify.ErrChanged) {
			t.Errorf("a change of words that were changed meanwhile: %v; want ErrChanged", err)
		}
		w.Drain()
		second := w.Invite("Ben Adeyemi", "ben@mail.example")
		w.Drain()
		if err := w.n.DropText(ctx, w.Owner, w.Opening, "invitation", 1); err != nil {
			t.Fatal(err)
		}
		third := w.Invite("Chi Eze", "chi@mail.example")
		w.Drain()
		for inv, want := range map[opening.ApplicationID]string{first.Application: "here ", second.Application: "here ", third.Application: "ours "} {
			if list := w.log(t, inv); len(list) != 1 || !strings.HasPrefix(list[0].Subject, want) || strings.Contains(list[0].Body, "{{n") {
				t.Errorf("mail = %+v; want one that begins with %q", list, want)
			}
		}
		text, _, err := w.n.Text(ctx, w.Owner, w.Opening, "invitation")
		if err != nil || text.From != "organisation" || text.Own || len(text.History) != 2 {
			t.Errorf("Text = %+v, %v; want the organisation's, with two changes here", text, err)
		}
		var lines []audit.Line
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
			lines, err = audit.Of(ctx, tx, string(w.Opening), 10)
			return err
		})
		if err != nil || !slices.ContainsFunc(lines, func(l audit.Line) bool {
			return l.Verb == "mail.change" && l.Facts["letter"] == "invitation" && l.Actor.ID == w.Owner.ID
		}) {
			t.Errorf("the audit has %+v, %v; want who changed the invitation", lines, err)
		}
	})
}

func TestNothingComesAtNight(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.tick.Add(14 * time.Hour) // 23:00 UTC
		a, b := w.Invite("Amara Okafor", "amara@mail.example"), w.Invite("Ben Adeyemi", "ben@mail.example")
		w.Drain()
		first, second := w.log(t, a.Application)[0], w.log(t, b.Application)[0]
		if len(w.post.got) > 0 || first.State != notify.Queued || first.Held() == "" {
			t.Fatalf("at night: %d sent, %+v; want it to wait", len(w.post.got), first)
		}
		if !second.Due.After(first.Due) {
			t.Errorf("both leave at %v; want one after the other", first.Due)
		}
		w.tick.Add(second.Due.Sub(w.DB.Now()))
		w.Drain()
		if len(w.post.got) != 2 || w.log(t, a.Application)[0].State != notify.Sent {
			t.Errorf("in the morning %d were sent; want 2", len(w.post.got))
		}
		c := w.Invite("Chi Eze", "chi@mail.example")
		w.post.says = &mail.Later{Code: 451, Words: "451 later"}
		w.Drain()
		w.tick.Add(12 * time.Hour) // the server is back after dark
		w.post.says = nil
		w.Drain()
		if m := w.log(t, c.Application)[0]; m.State != notify.Queued || len(w.post.got) != 2 {
			t.Errorf("after a day of trying: %+v; want it to wait for the morning", m)
		}
	})
}

func TestAServerThatSaysLaterIsAskedAgainForTwoDays(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.post.says = &mail.Later{Code: 451, Words: "451 come back"}
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		for range 60 {
			w.Drain()
			m := w.log(t, inv.Application)[0]
			if m.State != notify.Queued {
				break
			}
			if m.Error != "451 come back" && m.Tries > 0 {
				t.Fatalf("%+v; want the server's words", m)
			}
			w.tick.Add(time.Hour)
		}
		m := w.log(t, inv.Application)[0]
		if m.State != notify.Refused || !strings.Contains(m.Error, "451 come back") || m.Sent.Sub(m.Created) < 47*time.Hour {
			t.Errorf("%+v; want it given up after two days", m)
		}
	})
}

func TestAMailIsSentAgainOnceByAPress(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.post.says = &mail.Refused{Words: "550 unknown"}
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		w.Drain()
		m := w.log(t, inv.Application)[0]
		if m.State != notify.Refused || m.Error != "550 unknown" {
			t.Fatalf("%+v; want it refused in the server's words", m)
		}
		w.post.says = nil
		if err := w.n.Again(ctx, w.Mina, inv.Application, m.ID); !errors.Is(err, opening.ErrMissing) && !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer sends it again: %v", err)
		}
		if err := w.n.Again(ctx, w.Owner, inv.Application, m.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.n.Again(ctx, w.Owner, inv.Application, m.ID); !errors.Is(err, notify.ErrAgain) {
			t.Errorf("a second press: %v; want ErrAgain", err)
		}
		w.Drain()
		if list := w.log(t, inv.Application); len(list) != 2 || list[0].State != notify.Sent || list[0].Error != "250 queued as 7" || len(w.post.got) != 1 {
			t.Errorf("%+v; want the second accepted, with the server's words", list)
		}
		if err := w.Openings.Revoke(ctx, w.Owner, inv.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.n.Again(ctx, w.Owner, inv.Application, w.log(t, inv.Application)[0].ID); !errors.Is(err, notify.ErrOver) {
			t.Errorf("an invitation that was taken back: %v; want ErrOver", err)
		}
	})
}

// inbox holds raw mails.
type inbox []string

func (in inbox) Read(_ context.Context, fn func(raw []byte) error) error {
	for _, raw := range in {
		if err := fn([]byte(raw)); err != nil {
			return err
		}
	}
	return nil
}

func TestABounceIsShownBesideItsMailAndCanBeSentAgain(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		inv, other := w.Invite("Amara Okafor", "amara@mail.example"), w.Invite("Ben Adeyemi", "ben@mail.example")
		w.Drain()
		m := w.log(t, inv.Application)[0]
		report := "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay\r\n\r\nAction: failed\r\n" +
			"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no mailbox\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + w.post.got[0].ID + "@tideway.example>\r\n\r\n--b--\r\n"
		if !strings.HasPrefix(w.post.got[0].ID, m.ID) {
			m = w.log(t, other.Application)[0]
		}
		w.n.Inbox = inbox{report, "Subject: Away\r\n\r\nGone.", strings.Replace(report, "mal_", "mal_0", 1)}
		for range 2 { // a report may be read twice
			if err := w.n.Bounces(ctx); err != nil {
				t.Fatal(err)
			}
		}
		bounced := 0
		for _, app := range []opening.ApplicationID{inv.Application, other.Application} {
			if now := w.log(t, app)[0]; now.State == notify.Bounced {
				bounced++
				if now.ID != m.ID || now.Error != "550 no mailbox" || !now.Repeats() {
					t.Errorf("%+v; want %s with the server's words", now, m.ID)
				}
			}
		}
		var refused map[opening.InvitationID]string
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
			refused, err = w.n.RefusedInvitations(ctx, tx, []opening.InvitationID{inv.ID, other.ID})
			return err
		})
		if bounced != 1 || err != nil || len(refused) != 1 {
			t.Errorf("%d mails bounced, the board shows %v, %v; want 1", bounced, refused, err)
		}
	})
}
