package design_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/item"
	"candor/internal/item/kinds/design"
	"candor/internal/markdown"
	"candor/internal/media"
	"candor/internal/problem"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
	"candor/internal/web/locale"
)

var (
	anna = actor.Actor{Kind: actor.Candidate, ID: "inv_1", Org: "org_a", Subject: "can_1"}
	hers = item.Ref{Org: "org_a", Owner: "att_1", Item: "ferries"}
)

const pdf = "%PDF-1.7\n1 0 obj\n<</Author (Amara Okafor)>>\nendobj\nstartxref\n9\n%%EOF\n"

// picture is a PNG of noise, which is as many bytes as it has.
func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(rand.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func keeping(t *testing.T, d *db.DB) design.Kind {
	return design.New(markdown.New(3), "", uploadtest.New(t, d, t.TempDir()))
}

func words(key string, pairs ...any) string { return locale.For("en").T(key, pairs...) }

// read is the page of a body as somebody reads it, and ask the page of whoever writes it.
func read(t *testing.T, k design.Kind, s item.Spec, ref item.Ref, body []byte, v item.ReadView) string {
	t.Helper()
	whole, err := k.Fetch(t.Context(), ref, s, body)
	if err != nil {
		t.Fatal(err)
	}
	if v.Blind {
		whole = k.Redact(s, whole, []string{"Amara Okafor"})
	}
	v.Body, v.Ref = whole, ref
	v.Link = func(u upload.Upload, f upload.Form) string { return k.Uploads.Link(anna, u, f) }
	var b bytes.Buffer
	if err := k.Read(s, v).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ask(t *testing.T, k design.Kind, s item.Spec, body []byte) string {
	t.Helper()
	whole, err := k.Fetch(t.Context(), hers, s, body)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	v := item.AskView{Ref: hers, Body: whole, Text: words, Files: "/files", Link: func(u upload.Upload, f upload.Form) string { return k.Uploads.Link(anna, u, f) }}
	if err := k.Ask(s, v).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A picture and a PDF are part of the answer from when they are added until they are taken out, and even then they can be put back; a reader who must not know
// whose they are gets the picture and, of the PDF, what its writer says.
func TestFilesOfADocument(t *testing.T) {
	dbtest.Each(t, uploadtest.Schemas, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		k, s := keeping(t, d), spec(t)
		body, err := k.Form(s, nil, url.Values{"text-context": {"Typed."}, "text-parts": {""}})
		if err != nil {
			t.Fatal(err)
		}
		attach := func(place, name string, data []byte) {
			t.Helper()
			after, err := k.Attach(t.Context(), anna, hers, s, body, place, item.File{Name: name, Data: data})
			if err != nil || k.Check(s, after) != nil || !strings.Contains(string(after), "Typed.") {
				t.Fatalf("Attach(%s) = %s, %v, %v", name, after, err, k.Check(s, after))
			}
			body = after
		}
		attach("parts", "a.png", picture(t, 30, 20))
		attach("parts", `C:\Users\Amara\Okafor’s costs.pdf`, []byte(pdf))
		if !k.Answered(s, body) || !k.Answered(s, []byte(regexp.MustCompile(`"text-[a-z]+":\["[^"]*"\],?`).ReplaceAllString(string(body), ""))) {
			t.Error("files alone are no answer")
		}
		whole, err := k.Fetch(t.Context(), hers, s, body)
		if err != nil || k.Check(s, whole) == nil {
			t.Errorf("Fetch = %v; what it tells of files is taken from a page: %v", err, k.Check(s, whole))
		}
		for anchor, want := range map[string]string{"s-parts.f1": "The parts, picture 1", "s-parts.f2": "The parts, PDF 2", "s-parts.f3": "", "s-parts.f01": "", "s-parts.f": "", "s-parts.f1.370-624": "The parts, picture 1, 37 % across, 62 % down", "s-parts.f1.0-1000": "The parts, picture 1, 0 % across, 100 % down",
			"s-parts.f1.1001-0": "", "s-parts.f1.01-0": "", "s-parts.f1.-1-0": "", "s-parts.f1.1": "", "s-parts.f1.": "", "s-parts.f2.1-1": "", "s-parts.f3.1-1": "", "s-parts.1.1-1": "", "s-context.f1": ""} {
			if got, ok := k.Label(s, whole, anchor); got != want || ok != (want != "") {
				t.Errorf("Label(%s) = %q, %v; want %q", anchor, got, ok, want)
			}
		}
		if q, ok := k.Quote(hers, s, whole, "s-parts.f2"); !ok || q.Text != "Okafor’s costs" {
			t.Errorf("Quote of the PDF = %+v, %v", q, ok)
		}
		if got := k.Lacks(s, whole, words); !slices.Equal(got, []string{words("design.lacks_alt", "section", "The parts")}) {
			t.Errorf("Lacks = %q", got)
		}

		page := ask(t, k, s, body)
		ids := regexp.MustCompile(`name="(alt-parts\.upl_[0-9a-f]{32})"`).FindAllStringSubmatch(page, -1)
		if len(ids) != 2 || !strings.Contains(page, `width="30" height="20"`) || strings.Count(page, "/-/file/org_a/") != 3 {
			t.Fatalf("the candidate's page has %v", ids)
		}
		blind := read(t, k, s, hers, body, item.ReadView{Blind: true})
		if strings.Count(blind, "/-/file/org_a/") != 2 || strings.Contains(blind, "Okafor") || !strings.Contains(blind, "<img") || !strings.Contains(blind, "[name]’s costs") {
			t.Errorf("a blind reader is given %s", blind)
		}
		if filed := read(t, k, s, hers, body, item.ReadView{}); strings.Count(filed, "/-/file/org_a/") != 3 || !strings.Contains(filed, `id="s-parts.f1"`) || !strings.Contains(filed, "Save it") {
			t.Errorf("whoever may know is given %s", filed)
		}

		// What a browser sends is what is kept; a button takes one out, and another puts it back.
		form := url.Values{"text-context": {"Typed."}, "text-parts": {""}, ids[0][1]: {"Two boxes"}, ids[1][1]: {""}}
		out := url.Values{"drop": {strings.TrimPrefix(ids[0][1], "alt-")}}
		gone := "out-" + out.Get("drop")
		back := url.Values{"put": out["drop"], "text-context": {"More."}, ids[1][1]: {""}, gone: {"Two boxes"}}
		for name, v := range form {
			out[name] = v
		}
		sent, _ := k.Form(s, nil, form)
		if want := `{"text-context":["Typed."],"text-parts":[""],"` + ids[0][1] + `":["Two boxes"],"` + ids[1][1] + `":[""]}`; string(sent) != want {
			t.Errorf("Form = %s; want %s", sent, want)
		}
		without, err := k.Form(s, nil, out)
		if page := ask(t, k, s, without); err != nil || strings.Contains(page, `name="`+ids[0][1]+`"`) || !strings.Contains(page, `name="put" value="`+back.Get("put")+`"`) ||
			!strings.Contains(string(without), `"`+gone+`":["Two boxes"]`) || strings.Contains(read(t, k, s, hers, without, item.ReadView{}), "Two boxes") {
			t.Errorf("taken out: %s, %v", without, err)
		}
		if again, err := k.Form(s, nil, back); err != nil || !strings.Contains(string(again), `"`+ids[0][1]+`":["Two boxes"]`) || strings.Contains(string(again), gone) {
			t.Errorf("put back: %s, %v", again, err)
		}
		if still := read(t, k, s, hers, sent, item.ReadView{}); !strings.Contains(still, `alt="Two boxes"`) {
			t.Errorf("an earlier state lost what was taken out later: %s", still)
		}

		// Of somebody else's files nothing is shown, whatever a body says.
		other := hers
		other.Owner = "att_2"
		if stolen := read(t, k, s, other, body, item.ReadView{}); strings.Contains(stolen, "/-/file/") || strings.Contains(stolen, "<img") || strings.Contains(stolen, "s-parts.f1") {
			t.Errorf("somebody else's files show: %s", stolen)
		}
		for _, bad := range []string{`{"alt-other.` + ids[0][1][10:] + `":["a"]}`, `{"alt-parts.x":["a"]}`, `{"alt-parts.upl_":["a"]}`,
			`{"` + ids[0][1] + `":["a"],"` + strings.Replace(ids[0][1], "parts", "context", 1) + `":["a"]}`, `{"held":["{}"]}`, `{"held":["x"]}`} {
			if err := k.Check(s, []byte(bad)); !errors.Is(err, item.ErrBody) {
				t.Errorf("Check(%s) = %v; want ErrBody", bad, err)
			}
		}
	})
}

// What cannot be taken is refused with a sentence, leaves nothing behind and takes nothing away.
func TestABadFileIsRefused(t *testing.T) {
	dbtest.Each(t, uploadtest.Schemas, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		k, s := keeping(t, d), spec(t)
		body := []byte(`{"text-context":["Typed."]}`)
		for name, c := range map[string]struct {
			place string
			data  []byte
			want  error
		}{
			"a script":        {"parts", []byte("<script>alert(1)</script>"), design.ErrSort},
			"an SVG":          {"parts", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), design.ErrSort},
			"a zip":           {"parts", []byte("PK\x03\x04 and more"), design.ErrSort},
			"a film":          {"parts", []byte("\x1a\x45\xdf\xa3 webm"), design.ErrSort},
			"nothing":         {"parts", nil, design.ErrSize},
			"too large":       {"parts", append([]byte("%PDF-1.7"), make([]byte, design.MaxFile)...), design.ErrSize},
			"half a PDF":      {"parts", []byte(pdf[:30]), media.ErrPDF},
			"half a picture":  {"parts", picture(t, 40, 40)[:200], media.ErrPicture},
			"another section": {"other", picture(t, 4, 4), item.ErrBody},
		} {
			after, err := k.Attach(t.Context(), anna, hers, s, body, c.place, item.File{Name: "drawing.png", Data: c.data})
			if !errors.Is(err, c.want) || string(after) != string(body) {
				t.Errorf("%s: %s, %v; want %v and the body as it was", name, after, err, c.want)
			}
		}
		var left int
		err := k.Uploads.Blobs.List(t.Context(), "org_a", blob.Recording, func(blob.Hash, int64) error { left++; return nil })
		if err != nil || left > 0 {
			t.Errorf("%d files are left of what was refused, %v", left, err)
		}
	})
}

// However many are sent at once, a document never holds more than it may.
func TestADocumentHoldsSoMuch(t *testing.T) {
	dbtest.Each(t, uploadtest.Schemas, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		k, s := keeping(t, d), spec(t)
		large := append(append([]byte(pdf), make([]byte, design.MaxFile-len(pdf)-len("%%EOF"))...), "%%EOF"...)
		var wait sync.WaitGroup
		var mu sync.Mutex
		kept := 0
		for range 9 {
			wait.Go(func() {
				_, err := k.Attach(context.Background(), anna, hers, s, []byte("{}"), "parts", item.File{Name: "a.pdf", Data: large})
				mu.Lock()
				defer mu.Unlock()
				if p, ok := problem.As(err); err != nil && (!ok || p.Code != "design_room") {
					t.Errorf("Attach = %v; want design_room", err)
				}
				if err == nil {
					kept++
				}
			})
		}
		wait.Wait()
		if kept != design.MaxFiles/design.MaxFile {
			t.Errorf("%d files of 10 MB are kept; want 6", kept)
		}
		small := hers
		small.Owner = "att_3"
		dot := picture(t, 1, 1)
		for n := range design.MostFiles + 1 {
			_, err := k.Attach(t.Context(), anna, small, s, []byte("{}"), "parts", item.File{Name: "a.png", Data: dot})
			if want := n < design.MostFiles; (err == nil) != want || !want && !errors.Is(err, design.ErrFiles) {
				t.Fatalf("file %d: %v", n+1, err)
			}
		}
	})
}
