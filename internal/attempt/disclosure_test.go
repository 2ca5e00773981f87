package attempt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/response"
)

// disclose says how an answer was made, received now.
func disclose(w *attempttest.World, who actor.Actor, s attempt.Sitting, key string, seq int64, d attempt.Disclosure) (response.Kept, error) {
	return w.Attempts.Disclose(ctx, who, key, d, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(), Saves: []response.Save{{Client: "c1", Seq: seq}}})
}

// TestADisclosureIsKeptAsAnswersAre: it goes with the part, is in its receipt, can be added to afterwards and is marked then, and ends with the
// decision. It is no late work, and no answer.
func TestADisclosureIsKeptAsAnswersAre(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("Amara Osei", "amara@mail.example"))
		quiz, writing := w.Begin(who, "quiz"), w.Begin(who, "writing")
		w.Save(who, writing, 1, "tell-us", `{"text":["The queue delivered again because the provider was slow."]}`)
		first := attempt.Disclosure{Used: []string{"ideas"}, Words: "Asked for an outline."}
		second := attempt.Disclosure{Used: []string{"ideas", "text"}, Words: "Asked for an outline; wrote it anew.", Transcript: "me: outline?\nit: one, two"}
		for i, one := range []attempt.Disclosure{first, second} {
			if k, err := disclose(w, who, writing, "tell-us", int64(i+1), one); err != nil || k.Standing != response.OnTime || k.N != int64(i+1) {
				t.Fatalf("Disclose = %+v, %v", k, err)
			}
		}
		if v, err := w.Attempts.View(ctx, who); err != nil || v.Answered(v.Version.Parts[0]) != 0 {
			t.Errorf("a disclosure counts as an answer: %v", err)
		}
		if _, err := w.Attempts.Send(ctx, who, "writing"); err != nil {
			t.Fatal(err)
		}
		sent, err := w.Attempts.Sent(ctx, who)
		if err != nil || !slices.ContainsFunc(sent, func(s attempt.SubmittedItem) bool {
			return s.Key == attempt.DisclosureKey("tell-us") && s.SHA256 == response.Hash(second.Body())
		}) {
			t.Errorf("the receipt has no disclosure: %+v, %v", sent, err)
		}
		w.Tick.Add(time.Hour)
		late := attempt.Disclosure{Used: []string{"ideas", "text", "explanations"}, Words: "I forgot the glossary."}
		if k, err := disclose(w, who, writing, "tell-us", 3, late); err != nil || k.Standing != response.Late {
			t.Fatalf("after sending: Disclose = %+v, %v; want late", k, err)
		}
		if got, err := w.Attempts.Saying(ctx, who, "tell-us"); err != nil || got.Words != late.Words || !got.Late || got.Closed {
			t.Errorf("Saying = %+v, %v", got, err)
		}
		v, err := w.Attempts.View(ctx, who)
		if err != nil || len(v.Late) != 0 {
			t.Errorf("a disclosure is late work: %+v, %v", v.Late, err)
		}
		if _, err := w.Attempts.Send(ctx, who, "quiz"); err != nil {
			t.Fatal(err)
		}
		s := submission(t, w, v.Attempt.ID)
		told := s.Said["tell-us"]
		if len(told) != 2 || told[0].Late || told[0].Transcript != second.Transcript || !told[1].Late || told[1].Words != late.Words || len(s.Said) != 1 || len(s.Items) != 3 {
			t.Errorf("the submission tells %+v of %d items", s.Said, len(s.Items))
		}
		if err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			return w.Openings.End(ctx, tx, w.Owner, v.Attempt.Application, opening.Declined)
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := disclose(w, who, quiz, "pick", 1, first); !errors.Is(err, attempt.ErrDecided) {
			t.Errorf("after the decision: %v; want %v", err, attempt.ErrDecided)
		}
		if got, err := w.Attempts.Saying(ctx, who, "tell-us"); err != nil || !got.Closed || got.Words != late.Words {
			t.Errorf("after the decision Saying = %+v, %v", got, err)
		}
	})
}

// TestADisclosureIsRefusedOnlyForItsSizeAndShape, and never for what it says.
func TestADisclosureIsRefusedOnlyForItsSizeAndShape(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       error
		used       []string
	}{
		{"nothing", `{"used":[],"words":[""],"transcript":[""]}`, nil, nil},
		{"uses beside nothing", `{"used":["nothing","code"]}`, nil, []string{"code"}},
		{"nothing used", `{"used":["nothing"]}`, nil, []string{"nothing"}},
		{"a use of tomorrow", `{"used":["dreams"]}`, nil, nil},
		{"the largest", `{"words":["` + strings.Repeat("é", attempt.MaxSaid) + `"],"transcript":["` + strings.Repeat("x", attempt.MaxTranscript) + `"]}`, nil, nil},
		{"long words", `{"words":["` + strings.Repeat("é", attempt.MaxSaid+1) + `"]}`, attempt.ErrSaid, nil},
		{"a large transcript", `{"transcript":["` + strings.Repeat("x", attempt.MaxTranscript+1) + `"]}`, attempt.ErrTranscript, nil},
		{"two texts", `{"words":["a","b"]}`, item.ErrBody, nil},
		{"another field", `{"score":["1"]}`, item.ErrBody, nil},
		{"no object", `[1]`, item.ErrBody, nil},
	} {
		d, err := attempt.ReadDisclosure([]byte(c.body))
		if !errors.Is(err, c.want) || !slices.Equal(d.Used, c.used) {
			t.Errorf("%s: ReadDisclosure = %v, %v; want %v, %v", c.name, d.Used, err, c.used, c.want)
		}
	}
}

// TestADisclosureIsOfOnesOwnItem: not of another part's, and not of another candidate's sitting.
func TestADisclosureIsOfOnesOwnItem(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, other := w.Enter(w.Invite("Amara Osei", "amara@mail.example")), w.Enter(w.Invite("Ben Roy", "ben@mail.example"))
		mine, theirs := w.Begin(who, "quiz"), w.Begin(other, "quiz")
		for _, c := range []struct {
			sitting attempt.Sitting
			item    string
		}{{mine, "tell-us"}, {mine, "pick/said"}, {theirs, "pick"}} {
			if _, err := disclose(w, who, c.sitting, c.item, 1, attempt.Disclosure{Words: "x"}); !errors.Is(err, attempt.ErrMissing) {
				t.Errorf("%s: %v; want %v", c.item, err, attempt.ErrMissing)
			}
		}
	})
}
