package review_test

import (
	"errors"
	"strings"
	"testing"

	"candor/internal/actor"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// A phrase is its owner's or everybody's: who else changes it is refused, and who else's it is, nobody sees.
func TestPhrases(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		add := func(who actor.Actor, p review.Phrase) review.PhraseID {
			t.Helper()
			i, err := w.Reviews.AddPhrase(ctx, who, p)
			if err != nil {
				t.Fatal(err)
			}
			return i
		}
		texts := func(who actor.Actor) (out []string) {
			t.Helper()
			list, err := w.Reviews.Phrases(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				out = append(out, p.Text)
			}
			return out
		}
		want := func(who actor.Actor, all ...string) {
			t.Helper()
			if got := strings.Join(texts(who), "; "); got != strings.Join(all, "; ") {
				t.Errorf("%s has %q; want %q", who.ID, got, all)
			}
		}
		own := add(w.Mina, review.Phrase{Criterion: " Clear ", Text: " Say first what is known. "})
		if _, err := w.Reviews.AddPhrase(ctx, w.Mina, review.Phrase{Shared: true, Text: "For all."}); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer keeps one for everybody: %v", err)
		}
		all := add(w.Owner, review.Phrase{Shared: true, Text: "Names the case."})
		want(w.Mina, "Names the case.", "Say first what is known.")
		want(w.Jun, "Names the case.")
		for what, err := range map[string]error{
			"somebody else's": w.Reviews.ChangePhrase(ctx, w.Jun, review.Phrase{ID: own, Text: "Mine."}),
			"a removed one":   w.Reviews.RemovePhrase(ctx, w.Jun, own),
			"none":            w.Reviews.RemovePhrase(ctx, w.Jun, "phr_0"),
		} {
			if !errors.Is(err, review.ErrPhrase) {
				t.Errorf("%s: %v; want that it is missing", what, err)
			}
		}
		if err := w.Reviews.ChangePhrase(ctx, w.Mina, review.Phrase{ID: all, Text: "Mine."}); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer changes everybody's: %v", err)
		}
		if err := w.Reviews.RemovePhrase(ctx, w.Mina, all); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer removes everybody's: %v", err)
		}
		for field, bad := range map[string]review.Phrase{"text": {Text: " "}, "text ": {Text: strings.Repeat("x", review.MaxPhrase+1)}, "criterion": {Text: "x", Criterion: strings.Repeat("x", review.MaxTitle+1)}} {
			_, err := w.Reviews.AddPhrase(ctx, w.Mina, bad)
			if p, ok := problem.As(err); !ok || p.Fields[strings.TrimSpace(field)] == "" {
				t.Errorf("%s: %v; want it named", field, err)
			}
		}
		if err := w.Reviews.ChangePhrase(ctx, w.Mina, review.Phrase{ID: own, Shared: true, Criterion: "Right", Text: "Show a case."}); err != nil {
			t.Fatal(err)
		}
		want(w.Jun, "Names the case.") // it did not become everybody's
		list, err := w.Reviews.Phrases(ctx, w.Mina)
		if err != nil || !list[0].Fits("Anything") || list[0].Changes || !list[1].Fits("right") || list[1].Fits("Clear") || !list[1].Changes {
			t.Errorf("the phrases are %+v, %v", list, err)
		}
		if err := w.Reviews.RemovePhrase(ctx, w.Mina, own); err != nil {
			t.Fatal(err)
		}
		want(w.Mina, "Names the case.")
		for range review.MostPhrases {
			add(w.Mina, review.Phrase{Text: "Again."})
		}
		if _, err := w.Reviews.AddPhrase(ctx, w.Mina, review.Phrase{Text: "One more."}); !errors.Is(err, review.ErrManyPhrases) || len(texts(w.Mina)) != review.MostPhrases+1 {
			t.Errorf("one more than there is room for: %v, %d", err, len(texts(w.Mina)))
		}
	})
}
