package slack_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/notify/channels/slack"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

// An owner connects a workspace with a wrong secret, then a right one, gives an opening its channel and ends it.
func TestTheSettingsInTheBrowser(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		mux := web.New(web.Config{Clock: w.World.DB.Clock, Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
			Staff: func(context.Context, string, string) (web.Session, error) {
				who := w.Owner
				who.Session = "ses_owner"
				return web.Session{Actor: who, Name: "Ada", Zone: "Europe/Lisbon", Org: web.Org{ID: who.Org, Path: who.Org, Name: "Tideway"}}, nil
			}}})
		(&slack.Pages{Bridges: w.Bridges, URL: "https://candor.example"}).Routes(mux)
		mux.Handle(web.Route{Pattern: "GET /in", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead}, func(rw http.ResponseWriter, r *http.Request) error {
			http.SetCookie(rw, &http.Cookie{Name: web.StaffCookie, Value: "x", Path: "/", Secure: true, HttpOnly: true})
			_, err := rw.Write([]byte("<!doctype html><html lang=en><title>in</title><link rel=icon href='" + web.Asset("icon.svg") + "'><h1>in</h1>"))
			return err
		})
		if err := mux.Start(); err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		p := browser.New(t)
		p.Look(browser.Desk)
		shot := func(name string) {
			p.Axe()
			if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
				p.Shots(dir, name)
				p.Look(browser.Desk)
			}
		}
		p.Go(server.URL + "/in")
		p.Go(server.URL + "/o/" + w.Owner.Org + "/bridge/slack")
		shot("slack-none")
		p.Type("input[name=token]", "xoxb-1")
		p.Type("input[name=secret]", "short")
		p.Follow("#connect ~ form .primary, form:has(input[name=token]) .primary")
		p.Sees("Paste the signing secret of the app; it has 32 characters.")
		p.Axe()
		p.Type("input[name=token]", "xoxb-1")
		p.Type("input[name=secret]", signing)
		p.Follow("form:has(input[name=token]) .primary")
		p.Sees("Connected. Give an opening its channel now.")
		p.Type("input[name=room]", "no room")
		p.Follow("form:has(input[name=room]) button")
		p.Sees("Paste its id, such as")
		shot("slack-connected")
		p.Value(`document.querySelector("input[name=room]").value = ""`)
		p.Type("input[name=room]", room)
		p.Follow("form:has(input[name=room]) button")
		p.Until(`document.querySelector("input[name=room]").value === "` + room + `"`)
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		p.Go(server.URL + "/o/" + w.Owner.Org + "/bridge/slack/applications/" + string(inv.Application))
		p.Type("input[name=room]", "no room")
		p.Follow("form:has(input[name=room]) button")
		p.Sees("Paste its id, such as")
		shot("slack-own")
		p.Value(`document.querySelector("input[name=room]").value = ""`)
		p.Type("input[name=room]", strings.TrimSuffix(room, room[len(room)-1:])+"Z")
		p.Follow("form:has(input[name=room]) button")
		p.Go(server.URL + "/o/" + w.Owner.Org + "/bridge/slack")
		p.Follow("form[action$='/disconnect'] button")
		p.Sees("Connect a workspace")
	})
}
