package notify_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"candor/internal/appeal"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/mail"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// Of a second look those hear who run or decide the opening, without a name, whoever reads, without a name, and the candidate, with the answer.
func TestWhoHearsOfASecondLook(t *testing.T) {
	dbtest.Each(t, append(slices.Clone[[]fs.FS](schemas), appeal.Schema), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := build(t, d, tick)
		f := &feedback.Feedbacks{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews}
		f.Listen(w.Jobs)
		as := &appeal.Appeals{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews, Feedbacks: f}
		as.Listen()
		w.n.Feedbacks, w.n.Appeals = f, as
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		n := w.Round(string(a.ID))
		w.File(w.Mina, n, reviewtest.Card(1, 1))
		w.File(w.Jun, n, reviewtest.Card(2, 2))
		if _, _, err := f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Reject, Reason: "No.", Body: "The middle is hard to follow."}, false); err != nil {
			t.Fatal(err)
		}
		sam := w.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		w.Drain()
		heard := func(what string, want map[string]string) {
			t.Helper()
			w.Drain()
			for to, words := range want {
				i := slices.IndexFunc(w.post.got, func(l mail.Letter) bool { return l.ToEmail == to && strings.Contains(l.Text, words) })
				if i < 0 {
					t.Errorf("%s: %s does not hear %q", what, to, words)
				}
			}
			for _, l := range w.post.got {
				if l.ToEmail != "amara@mail.example" && strings.Contains(l.Text+l.Subject, "Amara") {
					t.Errorf("%s: a mail to %s names her", what, l.ToEmail)
				}
			}
			w.post.got = nil
		}
		w.post.got = nil
		if err := as.Ask(ctx, who, "The second answer was read as the third."); err != nil {
			t.Fatal(err)
		}
		heard("asked", map[string]string{"rosa@tideway.example": "asks for a second look", "kit@tideway.example": "asks for a second look", "sam@tideway.example": "A submission was assigned to you."})
		if err := w.Reviews.FileLook(ctx, sam, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 2}, "right": {Level: 1}}}); err != nil {
			t.Fatal(err)
		}
		heard("looked", map[string]string{"rosa@tideway.example": "The second look that a candidate asked for is in."})
		if _, err := as.Decide(ctx, w.Rosa, n.Application, appeal.Draft{Outcome: appeal.Uphold, Why: "It stands.", Answer: "The end is not clear."}); err != nil {
			t.Fatal(err)
		}
		heard("answered", map[string]string{"amara@mail.example": "The end is not clear."})
	})
}
