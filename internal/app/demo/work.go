package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/response"
)

// enter opens an invitation's link.
func (f *filler) enter(inv opening.Invitation) (actor.Actor, error) {
	cookie, err := f.Openings.Enter(f.ctx, f.Openings.Secret(inv), "")
	if err != nil {
		return actor.Actor{}, err
	}
	who, _, err := f.Openings.CandidateSession(f.ctx, cookie)
	return who, err
}

// stage goes through one stage: the work, the scorecards, the decision, as far as the story goes.
func (f *filler) stage(who actor.Actor, app opening.ApplicationID, s story) error {
	if err := f.work(who, s); err != nil {
		return err
	}
	if err := f.Jobs.Drain(f.ctx); err != nil || s.until == working {
		return err
	}
	if err := f.voice(who, s); err != nil {
		return err
	}
	if !s.slow {
		if err := f.explain(who, s); err != nil {
			return err
		}
	}
	f.at(s.worked-1, 14)
	if err := f.read(app, s); err != nil {
		return err
	}
	if err := f.interview(who, app, s.name); err != nil || s.until < decided && !s.slow {
		return err
	}
	if s.slow {
		return f.explain(who, s)
	}
	f.at(s.worked-2, 11)
	return f.decide(app, s)
}

// work goes through the parts in order with the story's answers, up to the part that the story still works on.
func (f *filler) work(who actor.Actor, s story) error {
	v, err := f.Attempts.View(f.ctx, who)
	if err != nil {
		return err
	}
	last := len(v.Version.Parts) - 1
	for i, part := range v.Version.Parts {
		still := s.until == working && (part.Key == s.part || i == last)
		if still && part.Timed > 0 {
			f.clock.set(time.Now().Add(-part.Timed / 3)) // its clock runs while one looks
		}
		sit, err := f.Attempts.Begin(f.ctx, who, part.Key)
		if err != nil {
			return err
		}
		for n, it := range part.Items {
			f.pass(time.Duration(90+40*n) * time.Second)
			if err := f.commits(who, v.Attempt.ID, it, s, ""); err != nil {
				return fmt.Errorf("%s: %w", it.Key, err)
			}
			if err := f.design(who, v, sit, it, s); err != nil {
				return fmt.Errorf("%s: %w", it.Key, err)
			}
			drafts, err := s.drafts(it.Key)
			if err != nil {
				return err
			}
			for n, d := range drafts {
				before, err := f.ponder(who, v, sit, it, s, d)
				if err != nil {
					return fmt.Errorf("%s: %w", it.Key, err)
				}
				if err := f.save(who, v, sit, it, before+int64(n+1), d); err != nil {
					return fmt.Errorf("%s: %w", it.Key, err)
				}
			}
		}
		if still {
			return nil
		}
		f.pass(3 * time.Minute)
		if _, err := f.Attempts.Send(f.ctx, who, part.Key); err != nil {
			return err
		}
		for _, it := range part.Items {
			f.pass(5 * time.Minute)
			if err := f.commits(who, v.Attempt.ID, it, s, "late"); err != nil {
				return fmt.Errorf("%s: %w", it.Key, err)
			}
		}
	}
	return nil
}

// explain answers the questions about the candidate's own work.
func (f *filler) explain(who actor.Actor, s story) error {
	if len(s.explained) == 0 {
		return nil
	}
	f.pass(5 * time.Hour)
	sit, err := f.Attempts.Begin(f.ctx, who, attempt.ExplainPart)
	if err != nil {
		return err
	}
	for n, text := range s.explained {
		f.pass(3 * time.Minute)
		body, err := json.Marshal(map[string][]string{"text": {text}})
		if err != nil {
			return err
		}
		_, err = f.Attempts.Save(f.ctx, who, attempt.SaveRequest{Sitting: sit.ID, Epoch: 1, Received: f.DB.Now(),
			Saves: []response.Save{{Item: attempt.Question{N: n + 1}.Key(), Client: "c_demo", Seq: int64(n + 1), Body: body}}})
		if err != nil {
			return err
		}
	}
	if _, err := f.Attempts.Send(f.ctx, who, attempt.ExplainPart); err != nil {
		return err
	}
	return f.Jobs.Drain(f.ctx)
}

// save keeps a draft and, where Run was pressed, runs it: what the candidate's page does.
func (f *filler) save(who actor.Actor, v *attempt.View, sit attempt.Sitting, it assessment.PartItem, seq int64, d draft) error {
	_, err := f.Attempts.Save(f.ctx, who, attempt.SaveRequest{Sitting: sit.ID, Epoch: 1, Received: f.DB.Now(),
		Saves: []response.Save{{Item: it.Key, Client: "c_demo", Seq: seq, Body: d.body}}})
	if err != nil || !d.run {
		return err
	}
	doer, ok := it.Kind.(item.Doer)
	if !ok {
		return fmt.Errorf("%s has nothing to run", it.Kind.Name())
	}
	ref := item.Ref{Org: who.Org, Owner: string(v.Attempt.ID), Version: string(v.Attempt.Version), Item: it.Key, Sitting: string(sit.ID)}
	err = f.DB.Write(f.ctx, who.Org, func(tx db.Tx) error {
		_, err := doer.Do(f.ctx, tx, who, ref, it.Spec, "run", d.body, nil)
		return err
	})
	if err != nil {
		return err
	}
	f.pass(3 * time.Minute)
	return f.Jobs.Drain(f.ctx)
}

// pass lets time go by, never beyond the present.
func (f *filler) pass(d time.Duration) {
	if f.clock.offset.Load() < -int64(d) {
		f.clock.offset.Add(int64(d))
	}
}
