package app_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/candidate"
	"candor/internal/notify"
)

// about are the mails of a topic on one subject, the oldest first.
func (w *world) about(topic, subject string) []notify.Mail {
	w.t.Helper()
	list, err := w.app.Notify.Outbox(ctx, w.here.as("owner"), notify.Mail{})
	w.must(err)
	list = slices.DeleteFunc(list, func(m notify.Mail) bool { return m.About != topic || !strings.HasPrefix(m.SubjectID, subject) })
	slices.Reverse(list)
	return list
}

// A wish reaches those who recruit for the opening and read nobody's work in it, without the words and the name, once; the answer reaches the
// candidate. What was answered before the mail was written is not asked again.
func TestAWishReachesSomebodyWhoMayGrantIt(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, w *world) {
		p := w.here.busy
		w.tick.Add(time.Hour)
		wish := p.who.Subject + " "
		ask := func(words string) {
			t.Helper()
			if got := w.visit("POST", "/c/adjust/ask", p.cookie, url.Values{"wish": {words}}); got.status != http.StatusSeeOther {
				t.Fatalf("asking = %d %s", got.status, got.body)
			}
		}
		if err := w.app.Attempts.Answer(ctx, w.here.as("recruiter"), candidate.ID(p.who.Subject), true); err != nil && !errors.Is(err, candidate.ErrMissing) {
			t.Fatal(err)
		}
		w.drain()
		before := len(w.about("attempt.answered", wish))
		ask("A screen reader and a quiet week, please.")
		w.drain()
		ask("A screen reader and two quiet weeks, please.") // in place of the first; those who were told read it on the page
		w.drain()
		mails := slices.DeleteFunc(w.about("attempt.asked", wish), func(m notify.Mail) bool { return m.Created.Before(w.tick.Now()) })
		if len(mails) == 0 {
			t.Fatal("nobody is told of a wish")
		}
		to := map[string]int{}
		for _, m := range mails {
			to[m.ToEmail]++
			if text := m.Subject + m.Text(); strings.Contains(text, "screen reader") || strings.Contains(text, p.name) || !strings.Contains(text, "/candidates/") {
				t.Errorf("the mail says %q; want a link, and neither the words nor the name", text)
			}
		}
		if to[w.here.address("recruiter")] != 1 || to[w.here.address("reviewer")] != 0 || to[w.here.address("author")] != 0 {
			t.Errorf("asked are %v; want the recruiter once, and nobody who only reads or writes", to)
		}
		all := len(w.about("attempt.asked", wish))
		w.must(w.app.Attempts.Answer(ctx, w.here.as("recruiter"), candidate.ID(p.who.Subject), true))
		w.drain()
		if got := w.about("attempt.answered", wish); len(got) != before+1 || !strings.Contains(got[before].Text(), "Yes: we do what you asked for.") {
			t.Errorf("the candidate is told %+v; want the answer", got)
		}
		w.tick.Add(time.Second)
		ask("And a longer break.")
		w.must(w.app.Attempts.Answer(ctx, w.here.as("recruiter"), candidate.ID(p.who.Subject), false))
		w.drain()
		if got := w.about("attempt.asked", wish); len(got) != all {
			t.Errorf("%d mails ask after a wish that was answered at once; want %d", len(got), all)
		}
		if got := w.about("attempt.answered", wish); len(got) != before+2 || !strings.Contains(got[before+1].Text(), "We could not do") {
			t.Errorf("the candidate is told %+v; want that answer too", got)
		}
	})
}
