package review_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item/kinds/codereview"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// pull is an assessment with one pull request in which two things are wrong.
var pull = fstest.MapFS{
	"assessment.yaml": {Data: []byte(`candor: 1
title: Reading
about: One pull request.
ai: {policy: allowed}
rubric:
  - {key: tone, title: Tone, weight: 1, about: As a teammate?, items: [pull], levels: [{name: Not yet, anchor: Verdicts without reasons.}, {name: Solid, anchor: Says why and what would do.}]}
parts:
  - {key: reading, title: Reading, about: One pull request., minutes: 20, items: [{item: pull}]}
`)},
	"items/pull/item.yaml":    {Data: []byte("kind: codereview\ntitle: Pull\nminutes: 10\nauthor: Ines Duarte\nstatement: Jobs go to the nearest robot.\n")},
	"items/pull/base/a.go":    {Data: []byte("package a\n")},
	"items/pull/change/a.go":  {Data: []byte("package a\n\nvar x = 1\n\n\n\n\nvar y = 2\n\n\n\n\nvar z = 3\n")},
	"items/pull/defects.yaml": {Data: []byte("defects:\n  - {id: one, file: a.go, lines: 3, severity: must, class: logic, title: One, why: It is two.}\n  - {id: two, file: a.go, lines: 8, severity: must, class: logic, title: Two, why: It is three.}\n")},
}

// withPull makes an opening on it, read by Mina and Jun.
func withPull(t *testing.T, w *reviewtest.World) assessment.VersionID {
	t.Helper()
	w.Assessments.Kinds = append(w.Assessments.Kinds, codereview.Kind{})
	v, findings, err := w.Assessments.Import(ctx, w.Owner, pull, "")
	if err != nil {
		t.Fatal(err, findings)
	}
	if _, err = w.Assessments.Publish(ctx, w.Owner, v, nil); err != nil {
		t.Fatal(err)
	}
	if w.Opening, err = w.Openings.Create(ctx, w.Owner, opening.Opening{Title: "Platform engineer", Team: "Bookings", ReplyDays: 5},
		[]opening.Stage{{Title: "Reading", Reviewers: 2, Window: 7, Format: "assessment", Ref: string(v)}}); err != nil {
		t.Fatal(err)
	}
	for who, role := range map[string]opening.Role{w.Mina.ID: opening.Reviewer, w.Jun.ID: opening.Reviewer, w.Rosa.ID: opening.Manager} {
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, who, role, true); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// reviewed is somebody who found the first defect, and says something about the third line.
func reviewed(t *testing.T, w *reviewtest.World, name string) review.Round {
	t.Helper()
	who := w.Enter(w.Invite(name, strings.ToLower(strings.Fields(name)[0])+"@mail.example"))
	s := w.Begin(who, "reading")
	w.Save(who, s, 1, "pull", `{"verdict":"changes","summary":"","comments":[{"id":"c1","file":"a.go","line":3,"tone":"must","text":"Two, says `+name+`"},{"id":"c2","file":"a.go","line":13,"tone":"must","text":"And z?"}]}`)
	if _, err := w.Attempts.Send(ctx, who, "reading"); err != nil {
		t.Fatal(err)
	}
	w.Drain()
	v, err := w.Attempts.View(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	return w.Round(string(v.Attempt.ID))
}

func mark(t *testing.T, w *reviewtest.World, n review.Round) attempt.MarkState {
	t.Helper()
	var out attempt.MarkState
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		s, err := w.Attempts.Submission(ctx, tx, attempt.ID(n.Attempt))
		out = s.Marks["pull"]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRulings(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		withPull(t, w)
		n := reviewed(t, w, "Amara Okafor")
		if m := mark(t, w, n); m.Share != .5 || !m.Provisional {
			t.Fatalf("before anybody ruled: %+v", m)
		}
		rule := func(who actor.Actor, claim, ruling string) {
			t.Helper()
			if err := w.Reviews.Rule(ctx, who, n.Code, "pull", claim, ruling); err != nil {
				t.Fatal(err)
			}
		}
		seen := func(who actor.Actor) string {
			t.Helper()
			s, err := w.Reviews.Load(ctx, who, n.Code)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(s.Work.Answers["pull"].Body), "Amara") {
				t.Error("the blind answer names its author")
			}
			return s.Work.Answers["pull"].Mark.Why
		}
		for _, c := range []struct {
			what   string
			claim  string
			ruling string
			want   error
		}{{"a defect that is not seeded", "c1", "three", attempt.ErrRuling}, {"a comment that nobody made", "c9", "one", attempt.ErrRuling}} {
			if err := w.Reviews.Rule(ctx, w.Mina, n.Code, "pull", c.claim, c.ruling); !errors.Is(err, c.want) {
				t.Errorf("%s: %v; want %v", c.what, err, c.want)
			}
		}
		if err := w.Reviews.Rule(ctx, w.Rosa, n.Code, "pull", "c1", "one"); !errors.Is(err, review.ErrMissing) {
			t.Errorf("a manager who does not read it rules: %v", err)
		}

		// Mina's ruling is in the mark; Jun, whose card is open, reads his own only.
		rule(w.Mina, "c1", "=false")
		if m := mark(t, w, n); m.Share != 0 || m.Why != "Found 0 of 2 defects, 1 false alarm." {
			t.Errorf("the mark is %+v", m)
		}
		if got := seen(w.Jun); got != "Found 1 of 2 defects." {
			t.Errorf("Jun reads %q before his card is sent", got)
		}
		// Jun sees it otherwise; of as many, what was said first counts, until somebody takes it back.
		rule(w.Jun, "c1", "one")
		if m := mark(t, w, n); m.Share != 0 {
			t.Errorf("one against one: %+v", m)
		}
		rule(w.Mina, "c1", "")
		rule(w.Jun, "c2", "=none")
		if m := mark(t, w, n); m.Share != .5 || m.Provisional {
			t.Errorf("taken back: %+v; want half, and confirmed", m)
		}
	})
}

// TestTakenUpAndMarkedAnew: what nobody seeded is a defect of the next version, and everybody's mark is made anew by it, shown first.
func TestTakenUpAndMarkedAnew(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		v := withPull(t, w)
		first, second := reviewed(t, w, "Amara Okafor"), reviewed(t, w, "Ben Carter")
		if err := w.Reviews.Rule(ctx, w.Mina, first.Code, "pull", "c2", "=valid"); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Rule(ctx, w.Mina, second.Code, "pull", "c2", "=false"); err != nil {
			t.Fatal(err)
		}
		marks, err := w.Attempts.MarksOf(ctx, w.Owner, v, "pull")
		if err != nil || len(marks) != 2 {
			t.Fatalf("MarksOf = %v, %v", marks, err)
		}
		for _, m := range marks {
			if strings.Contains(string(m.Detail), "Amara") || strings.Contains(string(m.Detail), "Carter") {
				t.Errorf("the author reads a name: %s", m.Detail)
			}
		}
		version, err := w.Assessments.Version(ctx, w.Org.ID, v)
		if err != nil {
			t.Fatal(err)
		}
		next := maps.Clone(pull)
		next["items/pull/defects.yaml"] = &fstest.MapFile{Data: append([]byte{}, string(pull["items/pull/defects.yaml"].Data)+"  - {id: zed, file: a.go, lines: 13, severity: must, class: logic, title: Z, why: It is four., taken_up: true}\n"...)}
		by, findings, err := w.Assessments.Import(ctx, w.Owner, next, version.Assessment)
		if err != nil {
			t.Fatal(err, findings)
		}
		list, err := w.Attempts.Remarks(ctx, w.Owner, v, by, "pull")
		if err != nil || len(list) != 2 || !list[0].Differs() || !list[1].Differs() {
			t.Fatalf("Remarks = %+v, %v; want both to change", list, err)
		}
		if m := mark(t, w, first); m.Share != .5 {
			t.Errorf("looking changed the mark: %+v", m)
		}
		if n, err := w.Attempts.Remark(ctx, w.Owner, v, by, "pull"); n != 2 || err != nil {
			t.Fatalf("Remark = %d, %v", n, err)
		}
		want := map[string]string{first.Attempt: "Found 2 of 3 defects.", second.Attempt: "Found 1 of 3 defects, 1 false alarm."}
		for _, n := range []review.Round{first, second} {
			if m := mark(t, w, n); m.Why != want[n.Attempt] || m.By != by {
				t.Errorf("the mark is %q by %s; want %q by %s", m.Why, m.By, want[n.Attempt], by)
			}
		}
		// Who rules now rules on what is seeded now.
		if err := w.Reviews.Rule(ctx, w.Jun, second.Code, "pull", "c1", "zed"); err != nil {
			t.Fatal(err)
		}
		if m := mark(t, w, second); m.By != by || !strings.HasPrefix(m.Why, "Found 1 of 3") {
			t.Errorf("after a ruling the mark is %+v", m)
		}

		// Another change is another task.
		other := maps.Clone(pull)
		other["items/pull/base/b.go"] = &fstest.MapFile{Data: []byte("package a\n")}
		another, _, err := w.Assessments.Import(ctx, w.Owner, other, version.Assessment)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Attempts.Remarks(ctx, w.Owner, v, another, "pull"); !errors.Is(err, attempt.ErrOtherTask) {
			t.Errorf("another task marks: %v", err)
		}
		if _, err := w.Attempts.Remark(ctx, w.Mina, v, by, "pull"); err == nil {
			t.Error("a reviewer makes marks anew")
		}
	})
}
