package assessmentweb_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/archive"
	"candor/internal/web"
)

var ctx = context.Background()

// exported is a version's folder as somebody gets it who presses Export.
func exported(t *testing.T, address, cookie, version string) map[string]string {
	t.Helper()
	r, err := http.NewRequest("GET", address+"/versions/"+version+"/export", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: cookie})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res.Status, err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// TestOneQuestionIsEdited: somebody changes one question in the browser, sees what changes, saves, and the exported folder differs in these lines and
// nothing else; a wrong file is not kept, what somebody else saved meanwhile is not passed over, and a copy is an assessment of its own.
func TestOneQuestionIsEdited(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	a, err := app.Open(ctx, app.Config{Data: t.TempDir(), URL: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	mux, err := a.Mux()
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = mux
	server.Start()
	t.Cleanup(server.Close)
	o, m, err := a.Orgs.Found(ctx, "Tideway", "ada@tideway.example", "Ada Reyes", "Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	ada := actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	tree, err := archive.Copy(os.DirFS("../../app/demo/_content/frontend-screen"))
	if err != nil {
		t.Fatal(err)
	}
	first, findings, err := a.Assessments.Import(ctx, ada, tree, "")
	if err != nil {
		t.Fatal(findings, err)
	}
	link, err := a.Accounts.AdminLink(ctx, "ada@tideway.example")
	if err != nil {
		t.Fatal(err)
	}
	p := browser.New(t)
	look := func(name string) {
		for _, v := range []browser.View{browser.Desk, {Width: browser.Phone.Width, Height: browser.Phone.Height, Touch: true, Dark: true}} {
			p.Look(v)
			p.Axe()
			if p.Value(`String(document.documentElement.scrollWidth > document.documentElement.clientWidth)`) != "false" {
				t.Errorf("%s scrolls sideways at %d px", name, v.Width)
			}
		}
		if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
			p.Shots(dir, name)
		}
		p.Look(browser.Desk)
	}
	p.Go(address + "/sign-in/" + link)
	p.Follow("main form button")
	cookie := p.Cookies(address)[web.StaffCookie]
	base := address + "/o/" + o.ID
	p.Go(base + "/versions/" + string(first))
	p.Follow(`a[href$="/files"]`)
	p.Sees("The folder is the assessment")
	look("edit-files")
	p.Follow(`a[href$="/items/jumping-page/item.yaml"]`)
	p.Sees("Options › 1")
	look("edit-question")
	set := func(label, was, now string) {
		t.Helper()
		ok := p.Value(`String((e => { if (!e) return false; e.value = ` + "`" + now + "`" + `; return true })([...document.querySelectorAll("main input, main textarea")].find(e => e.value.includes(` + "`" + was + "`" + `))))`)
		if !strings.Contains(ok, "true") {
			t.Fatalf("no field holds %q", was)
		}
	}
	set("Title", "The page jumps", "The list jumps: why?")
	set("Text", "Make the photos smaller files", "Make the photos smaller")
	p.Value(`String(document.querySelector("main form textarea").dispatchEvent(new Event("input", {bubbles: true})))`) // it is checked when typing rests
	p.Until(`document.querySelector("live-check").textContent.includes("Checked: nothing is wrong.")`)
	p.Follow(`button[value="look"]`)
	p.Sees("What changes")
	look("edit-look")
	p.Follow(`button[value="save"]`)
	p.Sees("Saved as version 2, a draft.")
	second := strings.Split(strings.Trim(p.Value(`location.pathname`), `"`), "/")[4]
	before, after := exported(t, base, cookie, string(first)), exported(t, base, cookie, second)
	if len(before) != len(after) {
		t.Errorf("%d files are now %d", len(before), len(after))
	}
	for name, data := range before {
		want := data
		if strings.HasSuffix(name, "items/jumping-page/item.yaml") {
			want = strings.NewReplacer("title: The page jumps\n", "title: \"The list jumps: why?\"\n", "text: Make the photos smaller files\n", "text: Make the photos smaller\n").Replace(data)
			if want == data {
				t.Error("the file does not hold what is edited")
			}
		}
		if after[name] != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, after[name], want)
		}
	}
	p.Go(base + "/versions/" + second + "/diff")
	p.Sees("From version 1 to version 2")
	look("edit-difference")

	p.Go(base + "/versions/" + second + "/files/items/undo-history/submissions/wrong_answer/javascript/keeps-redo/history.mjs")
	p.Sees("Text of the file")
	look("edit-text")

	// The file itself, with a mistake, then without; meanwhile somebody else saves.
	p.Allow("422")
	p.Allow("409")
	p.Go(base + "/versions/" + second + "/files/items/jumping-page/item.yaml?as=file")
	typed := func(was, now string) {
		p.Value(`String((t => { t.value = t.value.replace("` + was + `", "` + now + `"); t.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("#text")))`)
	}
	typed("type: single", "type: sinlge")
	p.Until(`/Checked: 1 mistake to mend.*item[.]yaml\s*:[0-9]+:[0-9]+/s.test(document.querySelector("live-check").textContent)`)
	p.Axe()
	typed("type: sinlge", "type: single")
	p.Until(`document.querySelector("live-check").textContent.includes("Checked: nothing is wrong.") && !document.querySelector("live-check .card")`)
	typed("type: single", "type: sinlge")
	p.Until(`document.querySelector("live-check .card") !== null`)
	look("edit-live")
	p.Follow(`button[value="save"]`)
	p.Sees("has mistakes that have to be mended first")
	look("edit-wrong")
	if _, versions, err := a.Assessments.Versions(ctx, ada, "ase"); err == nil {
		t.Errorf("%v", versions)
	}
	q := p.Tab()
	q.Go(base + "/versions/" + second + "/files/assessment.yaml")
	q.Sees("Title")
	q.Value(`[...document.querySelectorAll("main textarea")][0].value += " Really."`)
	q.Follow(`button[value="save"]`)
	q.Sees("Saved as version 3")
	p.Value(`document.querySelector("#text").value = document.querySelector("#text").value.replace("type: sinlge", "type: single") + "# mine\n"`)
	p.Follow(`button[value="save"]`)
	p.Sees("Somebody saved a newer version meanwhile")
	if got := p.Value(`String(document.querySelector("#text").value.includes("# mine"))`); !strings.Contains(got, "true") {
		t.Error("what was typed is gone")
	}
	p.Go(base + "/versions/" + second)
	p.Follow(`form[action$="/duplicate"] button`)
	p.Sees("A copy. Give it a title of its own.")
}
