package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"candor/internal/integrity"
)

// Whoever a case waits for is told by mail, once: the candidate without a word of blame, whoever decides without a name. The candidate's own
// pages and the opening say the same.
func TestACaseReachesThoseItWaitsFor(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p := w.here.read
	mine, name := w.here.word("mail", p.name)+"@mail.example", w.here.word("name", p.name)
	key := integrity.CaseID(p.question)
	cases, err := w.app.Integrity.Mine(ctx, w.here.as("plain"))
	w.must(err)
	if len(cases) != 1 {
		t.Fatalf("%d cases are plain's to decide; want one", len(cases))
	}
	told := map[string]int{}
	wants := func(topic, to string, words ...string) {
		t.Helper()
		w.drain()
		list := w.about(topic, p.question+"#")
		if told[topic]++; len(list) != told[topic] {
			t.Fatalf("%d mails of %s; want %d", len(list), topic, told[topic])
		}
		m := list[len(list)-1]
		if m.ToEmail != to {
			t.Errorf("%s went to %s; want %s", topic, m.ToEmail, to)
		}
		text := m.Subject + "\n" + m.Text()
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s says %q; want %q", topic, text, word)
			}
		}
		for _, word := range []string{"cheat", "plagiar", "fraud", "suspic"} {
			if strings.Contains(strings.ToLower(text), word) {
				t.Errorf("%s says %q", topic, word)
			}
		}
		if to != mine && (strings.Contains(text, name) || strings.Contains(text, string(p.code))) {
			t.Errorf("%s names the candidate: %q", topic, text)
		}
	}
	decider, third := w.here.address("plain"), w.here.address("author")
	wants(string(integrity.Asked), mine, "Until then nothing is decided", "/i/")
	wants(string(integrity.Named), decider, "without a name", "/cases/"+p.question)
	wants(string(integrity.Heard), decider, "The candidate has answered")

	w.must(w.app.Integrity.Settle(ctx, w.here.as("plain"), key, integrity.Found, "Nine of ten lines are in it."))
	wants(string(integrity.Told), mine, "It decides nothing about your application by itself", "Nine of ten lines are in it.", "a third person decides")
	if got := w.visit("GET", "/c", p.cookie, nil); got.status != http.StatusOK || !strings.Contains(got.body, "/c/questions/"+p.question) {
		t.Errorf("the candidate's page = %d, without the question", got.status)
	}
	w.tick.Add(time.Hour)
	w.must(w.app.Integrity.Appeal(ctx, p.who, key, "I can show each step."))
	wants(string(integrity.Heard), w.here.address("filed reviewer"), "name a third person")
	w.must(w.app.Integrity.Hand(ctx, w.here.as("filed reviewer"), key, "", "", w.here.members["author"].ID))
	wants(string(integrity.Named), third, "/cases/"+p.question)
	w.must(w.app.Integrity.Rule(ctx, w.here.as("author"), key, integrity.Lifted, "The steps are there."))
	wants(string(integrity.Told), mine, "The finding is taken back", "The steps are there.")
}
