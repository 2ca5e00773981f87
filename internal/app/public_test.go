package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"candor/internal/notify"
)

// However often somebody types an address, in whatever case, it gets one mail in ten minutes; the answer on the page is the same for an address
// that is known, whose mail leads to the place it has and holds nothing that confirms.
func TestAPublicLinkFillsNobodysBox(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	at := w.tick.Now().Truncate(10 * time.Minute).Add(10 * time.Minute)
	w.tick.Set(at)
	apply := func(address string) string {
		t.Helper()
		got := w.visit("POST", "/apply/"+w.secrets["apply"], "", url.Values{"name": {"Kim Lee"}, "email": {address}})
		if got.status != http.StatusSeeOther {
			t.Fatalf("applying = %d %s", got.status, got.body)
		}
		w.drain()
		return got.header.Get("Location")
	}
	mails := func(address string) (out []notify.Mail) {
		t.Helper()
		for _, m := range w.about("opening.applied", "") {
			if strings.EqualFold(m.ToEmail, address) {
				out = append(out, m)
			}
		}
		return out
	}
	first := apply("kim@mail.example")
	apply("kim@mail.example")
	apply("Kim@Mail.Example")
	if got := mails("kim@mail.example"); len(got) != 1 || !strings.Contains(got[0].Link, "/apply/") {
		t.Fatalf("three presses sent %d mails; want one, with the link that confirms", len(got))
	}
	w.tick.Set(at.Add(10 * time.Minute))
	apply("kim@mail.example")
	confirm := mails("kim@mail.example")
	if len(confirm) != 2 {
		t.Fatalf("ten minutes later there are %d mails; want two", len(confirm))
	}
	if got := w.visit("POST", strings.TrimPrefix(confirm[1].Link, "http://example.com"), "", nil); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/i/") {
		t.Fatalf("confirming = %d to %q", got.status, got.header.Get("Location"))
	}
	w.tick.Set(at.Add(20 * time.Minute))
	if again := apply("kim@mail.example"); again != first {
		t.Errorf("a known address leads to %s, an unknown one to %s; want the same", again, first)
	}
	if got := mails("kim@mail.example"); len(got) != 3 || !strings.Contains(got[2].Link, "/i/") || strings.Contains(got[2].Text(), "/apply/") {
		t.Errorf("a known address has %d mails, the last with %q; want the link of their own place", len(got), got[len(got)-1].Link)
	}
}
