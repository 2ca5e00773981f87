package feedback_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

type world struct {
	*reviewtest.World
	f    *feedback.Feedbacks
	told *[]feedback.ReleasedNote
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(feedback.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), told: &[]feedback.ReleasedNote{}}
		w.f = &feedback.Feedbacks{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews}
		w.f.Listen(w.Jobs)
		job.Listen(w.Jobs, feedback.Released, "test.told", job.Mail, func(_ context.Context, n feedback.ReleasedNote) error {
			*w.told = append(*w.told, n)
			return nil
		})
		fn(t, w)
	})
}

// rated gives a candidate's application with both cards filed, and the candidate.
func (w world) rated(t *testing.T, name, email string) (review.Round, actor.Actor) {
	t.Helper()
	who, a := w.Submit(name, email)
	w.Drain()
	n := w.Round(string(a.ID))
	w.File(w.Mina, n, reviewtest.Card(3, 1))
	w.File(w.Jun, n, reviewtest.Card(2, 2))
	w.Drain()
	return n, who
}

func TestDecidedAndToldInOneAct(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.rated(t, "Amara Okafor", "amara@mail.example")
		table, err := w.f.Table(ctx, w.Rosa, n.Application)
		if err != nil {
			t.Fatal(err)
		}
		if list, _, _, err := w.Reviews.ToDecide(ctx, w.Rosa, ""); err != nil || len(list) != 1 || list[0].Code != n.Code {
			t.Errorf("to decide = %v, %v; want the one", list, err)
		}
		d := table.Draft
		if !strings.Contains(d.Body, "You kept to what you knew.") || strings.Contains(d.Body, "private-canary") || len(d.Lines) != 2 || d.Lines[0].Level != "Between partly and solid" {
			t.Errorf("composed draft = %+v", d)
		}
		d.Outcome, d.Reason = review.Reject, "Others went further."
		if _, _, err := w.f.Decide(ctx, w.Mina, n.Application, d, false); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer deciding: %v; want ErrRole", err)
		}
		if _, at, err := w.f.Decide(ctx, w.Rosa, n.Application, d, false); err != nil || at != w.DB.Now() {
			t.Fatalf("deciding at ten in Lagos: told at %v, %v; want at once", at, err)
		}
		if list, _, _, err := w.Reviews.ToDecide(ctx, w.Rosa, ""); err != nil || len(list) != 0 {
			t.Errorf("to decide afterwards = %v, %v", list, err)
		}
		w.Drain()
		got, err := w.f.ForCandidate(ctx, who)
		if err != nil || len(got) != 1 || got[0].Outcome != review.Reject || len(*w.told) != 1 {
			t.Fatalf("the candidate reads %+v, %v; mails %d", got, err, len(*w.told))
		}
		app, err := w.Openings.LoadApplication(ctx, w.Owner, n.Application)
		if err != nil || app.Status != opening.Declined {
			t.Errorf("application = %s, %v; want declined", app.Status, err)
		}
		_ = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			owed, err := w.Promises.Of(ctx, tx, string(n.Application))
			if err != nil || len(owed) != 1 || owed[0].Kept.IsZero() {
				t.Errorf("promise = %+v, %v; want kept", owed, err)
			}
			return nil
		})
		if _, _, err := w.f.Decide(ctx, w.Kit, n.Application, d, false); !errors.Is(err, opening.ErrMoved) {
			t.Errorf("deciding twice: %v; want ErrMoved", err)
		}
		if _, err := w.f.Undo(ctx, w.Rosa, got[0].Decision, "A slip."); !errors.Is(err, review.ErrSettled) {
			t.Errorf("taking back what was told: %v; want ErrSettled", err)
		}
	})
}

func TestAtNightItWaitsAndCanBeTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.rated(t, "Amara Okafor", "amara@mail.example")
		w.Tick.Set(time.Date(2026, 11, 27, 21, 0, 0, 0, time.UTC)) // Friday, 22:00 in Lagos
		d := feedback.Draft{Outcome: review.Advance, Reason: "Clear throughout.", Body: "Thank you."}
		dec, at, err := w.f.Decide(ctx, w.Rosa, n.Application, d, false)
		monday := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC) // 8:00 in Lagos
		if err != nil || !at.Equal(monday) {
			t.Fatalf("told at %v, %v; want Monday %v", at, err, monday)
		}
		w.Drain()
		if got, err := w.f.ForCandidate(ctx, who); err != nil || len(got) != 0 {
			t.Errorf("before the release the candidate reads %v, %v", got, err)
		}
		app, _ := w.Openings.LoadApplication(ctx, w.Owner, n.Application)
		if app.Stage != n.Stage {
			t.Error("the application moved before the candidate was told")
		}
		if _, err := w.f.Undo(ctx, w.Mina, dec.ID, "A slip."); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer taking back: %v; want ErrRole", err)
		}
		w.Tick.Add(2 * review.Slip)
		if _, err := w.f.Undo(ctx, w.Rosa, dec.ID, " "); !errors.Is(err, review.ErrReason) {
			t.Errorf("taking back later without a reason = %v; want ErrReason", err)
		}
		if _, err := w.f.Undo(ctx, w.Rosa, dec.ID, "Noor found the missing test."); err != nil {
			t.Fatal(err)
		}
		if why := reasons(t, w, string(n.Application), "decision.undo"); !slices.Contains(why, "Noor found the missing test.") {
			t.Errorf("the record says %q", why)
		}
		if list, _, _, err := w.Reviews.ToDecide(ctx, w.Rosa, ""); err != nil || len(list) != 1 {
			t.Errorf("to decide after the undo = %v, %v", list, err)
		}
		w.Tick.Set(monday)
		w.Drain()
		if got, _ := w.f.ForCandidate(ctx, who); len(got) != 0 || len(*w.told) != 0 {
			t.Fatalf("a decision that was taken back was told: %v", got)
		}
		table, err := w.f.Table(ctx, w.Rosa, n.Application)
		if err != nil || table.Draft.Body != "Thank you." || table.Waiting != nil {
			t.Errorf("after the undo the draft is %+v, %v", table.Draft, err)
		}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, d, true); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if len(*w.told) != 0 {
			t.Error("told although ten minutes were asked for")
		}
		w.Tick.Add(feedback.Pause)
		w.Drain()
		app, _ = w.Openings.LoadApplication(ctx, w.Owner, n.Application)
		if len(*w.told) != 1 || app.Stage == n.Stage || app.Status != opening.Active {
			t.Errorf("after the pause: told %d, stage moved %v", len(*w.told), app.Stage != n.Stage)
		}
	})
}

func TestFinishedWorkIsAnsweredInWords(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, _ := w.rated(t, "Amara Okafor", "amara@mail.example")
		_, _, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Reject, Reason: "No."}, false)
		if !errors.Is(err, feedback.ErrEmpty) {
			t.Errorf("a bare no: %v; want ErrEmpty", err)
		}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Reject, Body: "Thank you."}, false); !errors.Is(err, review.ErrReason) {
			t.Errorf("without reasons: %v; want ErrReason", err)
		}
		if _, at, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Hold, Reason: "One more is coming on Friday."}, false); err != nil || !at.IsZero() {
			t.Errorf("hold: %v, %v", at, err)
		}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Reject, Reason: "No.", Body: "Thank you."}, false); err != nil {
			t.Errorf("deciding after a hold: %v", err)
		}
	})
}

// Warnings stand in nobody's way. How many a reply was sent with is kept, its words are not.
func TestWarnedAndSentAllTheSame(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, _ := w.rated(t, "Amara Okafor", "amara@mail.example")
		d := feedback.Draft{Outcome: review.Reject, Reason: "No.", Body: "You are not a good fit. Others went further; others were faster.\n\nKeep in touch.",
			Lines: []feedback.Line{{Key: "clear", Title: "Clear", Level: "Solid", Text: "At your age."}, {Key: "right", Title: "Right"}}}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, d, false); err != nil {
			t.Fatalf("with warnings: %v; want it sent", err)
		}
		if err := audit.Seal(ctx, w.DB, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			sent, err := w.f.Of(ctx, tx, n.Application)
			if err != nil || len(sent) != 1 || len(sent[0].Lines) != 1 {
				t.Fatalf("sent %+v, %v; want it without the criterion that says nothing", sent, err)
			}
			if shown := feedback.Letter(d, sent[0].Final); shown.Body != sent[0].Body || !slices.Equal(shown.Lines, sent[0].Lines) || shown.Outcome != sent[0].Outcome {
				t.Errorf("the preview was %+v, the candidate reads %+v", shown, sent[0])
			}
			lines, err := audit.Of(ctx, tx, sent[0].ID, 10)
			i := slices.IndexFunc(lines, func(l audit.Line) bool { return l.Verb == "feedback.warned" })
			if err != nil || i < 0 || !maps.Equal(lines[i].Facts, audit.Facts{"compares": "2", "protected": "1", "empty": "2"}) || lines[i].Actor.ID != w.Rosa.ID {
				t.Errorf("kept of it: %+v, %v; want the counts and who sent it", lines, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestNoDecisionWhileACardIsOpen(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(3, 1))
		d := feedback.Draft{Outcome: review.Reject, Reason: "No.", Body: "Thank you."}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, d, false); !errors.Is(err, review.ErrOpenCards) {
			t.Errorf("deciding with a card open: %v; want ErrOpenCards", err)
		}
	})
}

func TestDaytime(t *testing.T) {
	lagos, _ := time.LoadLocation("Africa/Lagos")
	berlin, _ := time.LoadLocation("Europe/Berlin")
	for _, c := range []struct {
		name     string
		at, want string
		zone     *time.Location
	}{
		{"morning", "2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z", lagos},
		{"before eight", "2026-11-24T05:00:00Z", "2026-11-24T07:00:00Z", lagos},
		{"eight sharp", "2026-11-24T07:00:00Z", "2026-11-24T07:00:00Z", lagos},
		{"nineteen sharp", "2026-11-24T18:00:00Z", "2026-11-25T07:00:00Z", lagos},
		{"Friday night", "2026-11-27T22:30:00Z", "2026-11-30T07:00:00Z", lagos},
		{"Saturday noon", "2026-11-28T12:00:00Z", "2026-11-30T07:00:00Z", lagos},
		{"Sunday early", "2026-11-29T01:00:00Z", "2026-11-30T07:00:00Z", lagos},
		{"after the clocks changed", "2026-03-28T12:00:00Z", "2026-03-30T06:00:00Z", berlin},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		if got := feedback.Daytime(at, c.zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: Daytime(%s) = %s; want %s", c.name, c.at, got, c.want)
		}
	}
}

// Feedback that was promised comes with every reply, also with one that goes on; declining finished work without a word was never possible.
func TestPromisedFeedbackComesWithTheReply(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.Openings.SetPromises(ctx, w.Owner, opening.Opening{ID: w.Opening, ReplyDays: 5, ReviewDays: 3, FeedbackDays: 5, MostLate: 3}); err != nil {
			t.Fatal(err)
		}
		n, _ := w.rated(t, "Amara Okafor", "amara@mail.example")
		for outcome, want := range map[review.Outcome]error{review.Advance: feedback.ErrOwed, review.Reject: feedback.ErrEmpty} {
			if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: outcome, Reason: "Clear throughout.", Body: " \n"}, false); !errors.Is(err, want) {
				t.Errorf("%s without words = %v; want %v", outcome, err, want)
			}
		}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Advance, Reason: "Clear throughout.", Body: "You kept to what you measured."}, false); err != nil {
			t.Fatal(err)
		}
		_ = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			list, err := w.Promises.Of(ctx, tx, string(n.Application))
			for _, p := range list {
				if p.Kept.IsZero() || p.Late(w.DB.Now()) {
					t.Errorf("%s = %+v; want it kept in time", p.Kind, p)
				}
			}
			if err != nil || len(list) != 3 {
				t.Errorf("promises = %+v, %v; want reading, reply and feedback", list, err)
			}
			return nil
		})
	})
}

// The next stage's window and a line with its invitation are part of the decision, and hold when it is told.
func TestTheNextInvitationIsDecidedWithTheReply(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, _ := w.rated(t, "Amara Okafor", "amara@mail.example")
		soon := feedback.Draft{Outcome: review.Advance, Reason: "Clear.", Next: opening.Next{By: w.DB.Now().Add(2 * time.Hour)}}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, soon, true); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("two hours for the next stage = %v; want a refusal", err)
		}
		d := feedback.Draft{Outcome: review.Advance, Reason: "Clear.", Next: opening.Next{By: w.DB.Now().Add(20 * 24 * time.Hour).Truncate(time.Minute), Note: " After your holiday. "}}
		if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, d, true); err != nil {
			t.Fatal(err)
		}
		w.Tick.Add(96 * time.Hour)
		w.Drain()
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			all, err := w.Openings.InvitationsOf(ctx, tx, n.Application)
			if len(all) != 2 || !all[0].FinishBy.Equal(d.Next.By) || all[0].Note != "After your holiday." {
				t.Errorf("invited on: %+v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// reasons are those that the record gives for an act.
func reasons(t *testing.T, w world, subject, verb string) (out []string) {
	t.Helper()
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		list, err := audit.Of(ctx, tx, subject, 100)
		for _, l := range list {
			if l.Verb != verb {
				continue
			}
			why, err := audit.ReasonText(ctx, tx, l.Facts["reason"])
			if err != nil {
				return err
			}
			out = append(out, why)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
