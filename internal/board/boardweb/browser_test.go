package boardweb_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/board"
	"candor/internal/board/boardweb"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/opening/openingweb"
	"candor/internal/org"
	"candor/internal/review/reviewtest"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var ctx = context.Background()

type site struct {
	*reviewtest.World
	boards *board.Boards
	server *httptest.Server
}

func serve(t *testing.T) site {
	t.Helper()
	d, tick := dbtest.Open(t, append(slices.Clone(reviewtest.Schemas), feedback.Schema, notify.Schema)...)
	s := site{World: reviewtest.Make(t, d, tick)}
	f := &feedback.Feedbacks{DB: d, Jobs: s.Jobs, Orgs: s.Orgs, Openings: s.Openings, Promises: s.Promises, Reviews: s.Reviews}
	f.Listen(s.Jobs)
	n := &notify.Notify{DB: d, Jobs: s.Jobs, Accounts: s.Accounts, Orgs: s.Orgs, Openings: s.Openings, Candidates: s.Candidates, Attempts: s.Attempts, Feedbacks: f}
	s.boards = &board.Boards{DB: d, Orgs: s.Orgs, Openings: s.Openings, Attempts: s.Attempts, Reviews: s.Reviews, Feedbacks: f, Notify: n}
	both := s.Member("Rui Matos", "rui@tideway.example", []string{org.Recruiter}, opening.Manager)
	people := map[string]actor.Actor{"rui": both, "rosa": s.Rosa, "mina": s.Mina, "kit": s.Kit}
	mux := web.New(web.Config{Clock: d.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
		Staff: func(_ context.Context, cookie, o string) (web.Session, error) {
			who, ok := people[cookie]
			if !ok || o != who.Org {
				return web.Session{}, web.ErrSignIn
			}
			who.Session = "ses_" + cookie
			return web.Session{Actor: who, Name: cookie, Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
		},
		Candidate: func(ctx context.Context, cookie string) (web.Session, error) {
			who, _, err := s.Openings.CandidateSession(ctx, cookie)
			return web.Session{Actor: who}, err
		},
	}})
	mux.Handle(web.Route{Pattern: "GET /in/{who}", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: web.StaffCookie, Value: r.PathValue("who"), Path: "/", Secure: true, HttpOnly: true})
			_, err := w.Write([]byte("<!doctype html><html lang=en><title>in</title><link rel=icon href='" + web.Asset("icon.svg") + "'><h1>in</h1>"))
			return err
		})
	(&boardweb.Pages{Boards: s.boards}).Routes(mux)
	(&openingweb.Pages{Openings: s.Openings, Orgs: s.Orgs, Candidates: s.Candidates, Promises: s.Promises, Assessments: s.Assessments, Attempts: s.Attempts,
		Reviews: s.Reviews, Notify: n, URL: "https://candor.example"}).Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

// screened are n people whose scorecards are in, with an automatic mark of 30 % and more for each after the first.
func (s site) screened(n int) []opening.ApplicationID {
	out := make([]opening.ApplicationID, n)
	names := []string{"Amara Okafor", "Tomás Herrera", "Ingrid Solheim", "Mateo Rossi", "Yusuf Demir", "Priya Raman", "Lena Fischer", "Nils Berg"}
	for i := range n {
		name := names[i%len(names)]
		if i >= len(names) {
			name = fmt.Sprintf("%s %c.", strings.Fields(name)[0], 'A'+i/len(names))
		}
		round := s.Submitted(name, fmt.Sprintf("p%02d@mail.example", i))
		s.File(s.Mina, round, reviewtest.Card(1+i%4, 1+i%2))
		s.File(s.Jun, round, reviewtest.Card(2, 2))
		out[i] = round.Application
		err := s.DB.Write(ctx, s.Org.ID, func(tx db.Tx) error {
			all, err := s.Openings.InvitationsOf(ctx, tx, round.Application)
			if err != nil {
				return err
			}
			return s.Openings.SetMark(ctx, tx, all[0].ID, int64(300_000+i*20_000))
		})
		if err != nil {
			s.T.Fatal(err)
		}
	}
	s.Drain()
	return out
}

// look checks a page at both gates' windows, and keeps pictures where CANDOR_SHOTS says.
func look(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	phone := browser.Phone
	phone.Dark = true
	p.Look(phone)
	p.Axe()
	if wide := p.Value(`String(document.documentElement.scrollWidth > document.documentElement.clientWidth)`); wide != "false" {
		t.Errorf("%s is wider than a phone", name)
	}
	p.Look(browser.Desk)
	p.Axe()
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(filepath.Clean(dir), name)
		p.Look(browser.Desk)
	}
}

// A screening is sorted and filtered, the filter kept, and twenty are declined, each with words of their own.
func TestTwentyDeclinedEachInTheirOwnWords(t *testing.T) {
	s := serve(t)
	all := s.screened(24)
	s.Invite("Zoe Priem", "zoe@mail.example")
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(s.server.URL + "/in/rui")
	list := s.server.URL + "/o/" + s.Org.ID + "/openings/" + string(s.Opening)
	p.Go(list)

	p.Value(`String(fetch(location.pathname + "/results/csv", {method: "POST"}).then((r) => r.text()).then((t) => {window.csv = t}))`)
	p.Until(`window.csv?.includes("Amara Okafor,p00@mail.example") && window.csv.trim().split("\n").length === 26`)

	p.Press("/")
	p.Until(`document.activeElement.id === "q"`)
	p.Value(`String(document.activeElement.blur())`)
	p.Press("j", "j", "x", "k", "x") // the second row, then the first
	p.Until(`document.querySelectorAll("input[name=pick]:checked").length === 2`)
	p.Until(`document.querySelector("[data-bulk-count]").textContent === "2 selected"`)
	p.Go(list + "?q=zoe")
	p.Until(`document.querySelector("[data-bulk-count]").textContent === "2 selected, 2 on other pages"`)
	p.Click("[data-forget]")
	p.Until(`document.querySelector("[data-bulk]").hidden`)
	p.Click(".keylist summary")
	p.Click("[data-keys-switch] input")
	p.Press("j", "x")
	p.Until(`document.querySelectorAll("input[name=pick]:checked").length === 0`)
	p.Click("[data-keys-switch] input")

	p.Go(list + "?below=70&sort=mark")
	p.Until(`document.querySelectorAll("[data-row]").length === 20 && document.querySelector("th[aria-sort=descending]").textContent.includes("Auto mark")`)
	p.Click(".tools .push > details > summary")
	p.Type("#view-name", "Under seventy")
	p.Follow("form[action$='/views'] .btn")
	p.Sees("The view is kept.")
	p.Go(list)
	p.Click(".tools .push > details > summary")
	look(t, p, "board")
	p.Go(list)
	p.Click(".tools .push > details > summary")
	p.Follow(".view a")
	p.Until(`document.querySelectorAll("[data-row]").length === 20`)

	p.Click("thead input[type=checkbox]")
	p.Until(`document.querySelector("[data-bulk-count]").textContent === "20 selected"`)
	p.Follow("button[value=tag]")
	p.Sees("Tag: 20 candidates")
	p.Type("#tag", "Second look")
	look(t, p, "bulk")
	p.Follow("form[action$='/bulk/do'] .primary")
	p.Sees("Done for 20 candidates.")

	p.Go(list + "?tag=second+look")
	p.Until(`document.querySelectorAll(".tag").length >= 20`)
	p.Click("thead input[type=checkbox]")
	p.Follow("button[value=decline]")
	p.Sees("Decline 20 candidates")
	p.Value(`String([...document.querySelectorAll("textarea[name^='b.']")].slice(1).forEach((t) => {t.value = "Words for " + t.name.slice(2); t.dispatchEvent(new Event("input", {bubbles: true}))}))`)
	p.Type("textarea[name^='b.']", " And for you alone.")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	p.Type("textarea[name^='b.']", " Others went further.")
	p.Until(`document.querySelectorAll(".letter .note").length === 1 && document.querySelector(".letter [id^=read-]").textContent.includes("Others went further.")`)
	p.Follow("button[formaction$='/decline/save']")
	p.Sees("Drafts saved.") // every draft is on the server
	p.Until(`[...document.querySelectorAll("textarea[name^='b.']")].slice(1).every((t) => t.value === "Words for " + t.name.slice(2))`)
	look(t, p, "decline")
	p.Type("#reason", "Others went further.")
	p.Follow("form[action$='/decline'] .primary")
	p.Sees("Done for 20 candidates.")
	look(t, p, "declined")
	p.Follow("form[action$='/undo'] .btn")
	p.Sees("20 candidates taken back.")

	p.Go(list + "?tag=second+look")
	p.Click("thead input[type=checkbox]")
	p.Follow("button[value=decline]")
	p.Type("#reason", "Others went further.")
	p.Follow("form[action$='/decline'] .primary")
	p.Sees("Done for 20 candidates.")
	s.Tick.Add(24 * time.Hour) // past nine of the next day where they are
	s.Drain()
	err := s.DB.Read(ctx, s.Org.ID, func(tx db.Tx) error {
		own := map[string]bool{}
		for i, a := range all {
			said, err := s.boards.Feedbacks.Of(ctx, tx, a)
			if err != nil {
				return err
			}
			if want := i < 20; (len(said) == 1) != want {
				t.Errorf("candidate %d got %d replies", i, len(said))
				continue
			}
			for _, r := range said {
				own[r.Body] = true
			}
		}
		if len(own) != 20 {
			t.Errorf("%d different replies; want 20", len(own))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Somebody is invited again to something else, three are advanced until one day, and the opening is closed with words for everybody.
func TestAgainAndClosedKindly(t *testing.T) {
	s := serve(t)
	all := s.screened(3)
	zoe, yan := s.Invite("Zoe Priem", "zoe@mail.example"), s.Invite("Yan Ito", "yan@mail.example")
	s.Begin(s.Enter(yan), "quiz")
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(s.server.URL + "/in/rui")
	list := s.server.URL + "/o/" + s.Org.ID + "/openings/" + string(s.Opening)

	p.Go(s.server.URL + "/o/" + s.Org.ID + "/applications/" + string(yan.Application))
	p.Follow("a[href$='/again']")
	p.Sees("A part runs now.")
	look(t, p, "again")
	p.Type("#words", "You told us that you write Python.")
	p.Type("#reason", "Wrong language.")
	p.Follow("form[action$='/again'] .primary")
	p.Sees("Talk to them first, then tick this.")
	look(t, p, "again-refused")
	p.Click("input[name=agreed]")
	p.Follow("form[action$='/again'] .primary")
	p.Sees("Invited again.")
	p.Sees("what was done by that link is kept")
	p.Sees("Invited to the stage again")

	p.Go(list)
	p.Value(`String([...document.querySelectorAll("input[name=pick]")].filter((i) => ` + fmt.Sprintf("%q", fmt.Sprint(all)) + `.includes(i.value)).forEach((i) => i.click()))`)
	p.Follow("button[value=advance]")
	p.Sees("Advance: 3 candidates")
	p.Type("#reason", "Clear throughout.")
	p.Value(`document.querySelector("#finish_by").value = "` + s.DB.Now().AddDate(0, 0, 20).Format(opening.LocalForm) + `"`)
	look(t, p, "advance")
	p.Follow("form[action$='/bulk/do'] .primary")
	p.Sees("Done for 3 candidates.")

	p.Go(list + "/close")
	p.Sees("2 candidates, nothing begun")
	p.Sees("3 candidates, decided")
	look(t, p, "close")
	p.Follow("form[action$='/close'] .primary")
	p.Sees("Say why it closes")
	p.Type("#reason", "Filled.")
	p.Follow("form[action$='/close'] .primary")
	p.Sees("Done for 2 candidates.")
	p.Go(list)
	p.Sees("5 candidates still under way.")
	s.Tick.Add(96 * time.Hour)
	s.Drain()
	for a, want := range map[opening.ApplicationID]opening.Status{zoe.Application: opening.Declined, yan.Application: opening.Declined, all[0]: opening.Active} {
		got, err := s.Openings.LoadApplication(ctx, s.Owner, a)
		if err != nil || got.Status != want {
			t.Errorf("%s is %s, %v; want %s", got.Name, got.Status, err, want)
		}
	}
}
