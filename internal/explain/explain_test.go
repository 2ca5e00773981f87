package explain_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/explain"
	"candor/internal/item"
	"candor/internal/item/kinds/choice"
	"candor/internal/item/kinds/freetext"
	"candor/internal/opening"
	"candor/internal/probe"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

// asking is a written answer whose probes are its words, so that they depend on it alone.
type asking struct{ freetext.Kind }

func (k asking) Probes(_ context.Context, _ db.Tx, _ item.Ref, _ item.Spec, body []byte) ([]probe.Probe, error) {
	for i, word := range strings.Fields(string(body)) {
		if word == "provider" {
			return []probe.Probe{{Rule: probe.Structure, Name: word, File: "amara-okafor.go", Line: i, Code: "provider := 1 // Amara", Text: "Why a provider?", Why: "You wrote it."}}, nil
		}
	}
	return nil, nil
}

func each(t *testing.T, fn func(t *testing.T, w *reviewtest.World)) {
	dbtest.Each(t, reviewtest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := reviewtest.Make(t, d, tick)
		probed := &assessment.Assessments{DB: d, Blobs: w.Assessments.Blobs, Kinds: item.Kinds{choice.Kind{}, asking{}}}
		(&explain.Explain{DB: d, Jobs: w.Jobs, Assessments: probed, Openings: w.Openings, Attempts: w.Attempts}).Listen()
		fn(t, w)
	})
}

func view(t *testing.T, w *reviewtest.World, who actor.Actor) *attempt.View {
	t.Helper()
	v, err := w.Attempts.View(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func texts(v *attempt.View) (out []string) {
	p, _ := v.Version.Part(attempt.ExplainPart)
	for _, i := range p.Items {
		first, _, _ := strings.Cut(i.Head.Statement, "\n")
		out = append(out, first)
	}
	return out
}

func TestEverybodyWhoWasToldIsAskedAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		before := w.Enter(w.Invite("Ben Early", "ben@mail.example"))
		w.Questions(3)
		amara, _ := w.Submit("Amara Okafor", "amara@mail.example")
		chen, _ := w.Submit("Chen Wei", "chen@mail.example")
		w.Questions(0)
		after, _ := w.Submit("Dana Late", "dana@mail.example")
		if v := view(t, w, amara); v.Version.Minutes != 25+9 || len(v.Version.Parts) != 2 || v.Version.Rubric[2].Key != attempt.Owns {
			t.Errorf("before the questions are made: %d minutes, %d parts", v.Version.Minutes, len(v.Version.Parts))
		}
		w.Drain()
		w.Drain()
		for _, who := range []actor.Actor{amara, chen} {
			v := view(t, w, who)
			got := texts(v)
			if len(got) != 3 || got[0] != "Why a provider?" || got[1] != explain.Anybody[0].Text {
				t.Errorf("questions are %q", got)
			}
			s := v.Sittings[attempt.ExplainPart]
			if left := s.Clock.FinishBy.Sub(v.Attempt.Asked); left < attempt.ExplainWindow || v.Invitation.FinishBy.Before(s.Clock.FinishBy) {
				t.Errorf("%v to answer them, link open until %v", left, v.Invitation.FinishBy)
			}
		}
		for name, who := range map[string]actor.Actor{"who began before": before, "who began after": after} {
			if v := view(t, w, who); v.Attempt.Questions != 0 || len(v.Version.Parts) != 2 || len(v.Version.Rubric) != 2 || v.Version.Minutes != 25 {
				t.Errorf("%s is shown %d questions and %d criteria", name, v.Attempt.Questions, len(v.Version.Rubric))
			}
		}
	})
}

func answered(s *review.Sheet, key string) bool {
	i, _, ok := s.Rubric.Item(key)
	return ok && i.Kind.Answered(i.Spec, s.Work.Answers[key].Body)
}

func answer(t *testing.T, w *reviewtest.World, who actor.Actor, n int) {
	t.Helper()
	s := w.Begin(who, attempt.ExplainPart)
	for i := range n {
		w.Save(who, s, int64(i+1), attempt.Question{N: i + 1}.Key(), `{"text":["Because Amara Okafor measured it."]}`)
	}
	if _, err := w.Attempts.Send(ctx, who, attempt.ExplainPart); err != nil {
		t.Fatal(err)
	}
}

func TestTheRestIsSentBlindAndTheLastCriterionOpensWithTheAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		w.Questions(2)
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		n := w.Round(string(a.ID))
		early := reviewtest.Card(3, 2)
		early.Ratings[attempt.Owns] = review.Rating{Level: 4}
		w.File(w.Mina, n, early)
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Mine.State != review.Assigned || s.Mine.Rest.IsZero() || !s.Blind || len(s.Others) != 0 || s.Mine.Card.Ratings[attempt.Owns].Level != review.Unrated {
			t.Fatalf("after the rest was sent: %+v, blind %v, %v", s.Mine, s.Blind, err)
		}
		if err := w.Reviews.File(ctx, w.Mina, n.Code, early); !errors.Is(err, review.ErrWaits) {
			t.Errorf("File again = %v; want ErrWaits", err)
		}
		list, _, _, err := w.Reviews.Queue(ctx, w.Mina, "")
		if err != nil || len(list) != 1 || !list[0].Rest || !list[0].Waits {
			t.Errorf("the queue says %+v, %v", list, err)
		}
		for _, p := range s.Rubric.Parts {
			for _, i := range p.Items {
				if strings.Contains(i.Head.Statement, "Amara") || strings.Contains(i.Head.Statement, "okafor") {
					t.Errorf("a question names its author: %s", i.Head.Statement)
				}
			}
		}
		answer(t, w, who, 1)
		s, err = w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Explains != attempt.Explained || strings.Contains(string(s.Work.Answers["question_1"].Body), "Amara") || answered(s, "question_2") {
			t.Fatalf("with the answers: %q, %v", s.Work.Answers["question_1"].Body, err)
		}
		if list, _, _, err = w.Reviews.Queue(ctx, w.Mina, ""); err != nil || list[0].Waits {
			t.Errorf("the queue still waits: %+v, %v", list, err)
		}
		late := reviewtest.Card(1, 1)
		if err := w.Reviews.File(ctx, w.Mina, n.Code, late); !errors.Is(err, review.ErrIncomplete) {
			t.Errorf("File without the criterion = %v; want ErrIncomplete", err)
		}
		late.Ratings[attempt.Owns] = review.Rating{Level: 3}
		w.File(w.Mina, n, late)
		s, err = w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Mine.State != review.Filed || s.Mine.Card.Ratings["clear"].Level != 3 || s.Mine.Card.Ratings[attempt.Owns].Level != 3 {
			t.Errorf("the card is %+v, %v; want what was sent first, and the last criterion", s.Mine, err)
		}
		full := reviewtest.Card(2, 2)
		full.Ratings[attempt.Owns] = review.Rating{Level: 2}
		w.File(w.Jun, n, full)
		if w.Round(string(a.ID)).Closed.IsZero() {
			t.Error("with both cards in the round is open")
		}
	})
}

func TestNotAnsweredInTimeIsKeptAsWhatItIsAndCanBeOpenedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		w.Questions(2)
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		if err := w.Attempts.NotClear(ctx, who, "question_2", "This is not my code."); err != nil {
			t.Fatal(err)
		}
		sit := w.Begin(who, attempt.ExplainPart)
		w.Save(who, sit, 1, "question_1", `{"text":["Because it is saved, it counts."]}`)
		by := view(t, w, who).Sittings[attempt.ExplainPart].Clock.FinishBy
		w.Tick.Set(by.Add(attempt.Grace + attempt.Settle + time.Second))
		if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		n := w.Round(string(a.ID))
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Explains != attempt.Explained || !answered(s, "question_1") || answered(s, "question_2") {
			t.Fatalf("after the window: %v, %+v, %v", s.Explains, s.Work.Answers, err)
		}
		if i, _, _ := s.Rubric.Item("question_2"); !strings.Contains(i.Head.Statement, "This is not my code.") {
			t.Errorf("the reader is not told that it is unclear: %s", i.Head.Statement)
		}
		if err := w.Attempts.NotClear(ctx, who, "question_1", "late"); !errors.Is(err, attempt.ErrQuestionOver) {
			t.Errorf("NotClear after the window = %v", err)
		}
		parts, err := w.Attempts.PartsOf(ctx, w.Owner, a.Application)
		if err != nil || !slices.ContainsFunc(parts, func(p attempt.Part) bool { return p.Key == attempt.ExplainPart && p.State == attempt.Ended }) {
			t.Errorf("parts for the recruiter: %v, %v", parts, err)
		}
		if err := w.Attempts.Reopen(ctx, w.Owner, a.Application, attempt.ExplainPart, 1, "You were ill."); err != nil {
			t.Fatal(err)
		}
		if s, err = w.Reviews.Load(ctx, w.Mina, n.Code); err != nil || s.Explains != attempt.Waiting {
			t.Errorf("opened again: %v, %v", s.Explains, err)
		}
		answer(t, w, who, 2)
		if s, err = w.Reviews.Load(ctx, w.Mina, n.Code); err != nil || !answered(s, "question_2") {
			t.Errorf("answered after all: %v, %v", s.Work.Answers, err)
		}
	})
}

func TestNothingIsAskedOfWhoeverLeft(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		w.Questions(4)
		who, _ := w.Submit("Amara Okafor", "amara@mail.example")
		if err := w.Attempts.Withdraw(ctx, who); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if v := view(t, w, who); !v.Attempt.Asked.IsZero() {
			t.Error("who left is asked about their work")
		}
		if err := w.Openings.SaveStage(ctx, w.Owner, w.Opening, opening.Stage{Title: "One", Reviewers: 1, Window: 7, Format: "assessment", Ref: string(w.Version), Questions: 1}); err == nil {
			t.Error("one question can be asked; 2 to 4 are")
		}
	})
}
