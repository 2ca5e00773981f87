package review

import (
	"context"
	"strconv"
	"time"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
)

// Work is a submission as a round needs it. At, and the ids, tell time: no page of a reviewer shows them.
type Work struct {
	Application opening.ApplicationID
	Version     assessment.VersionID
	Seed        string
	At          time.Time
	Answers     map[string]Answer         // by item
	Afterwords  map[string]string         // by part: what was added after the time, and marked so
	Said        map[string][]attempt.Told // by item: what the candidate says about how an answer was made
}

// Answer is one item of a submission.
type Answer struct {
	Body   []byte     // nil: nothing was saved
	Mark   *item.Mark // nil: none, or not there yet
	Coming bool       // the mark is being made
	Failed bool       // it could not be made, by our fault
	Done   []item.Event

	Spec    item.Spec         // by which the mark was made, where it is another version's; nil is the version's own
	Rulings map[string]string // the asker's own, of a kind whose claims people rule on
	by      assessment.VersionID
}

func (rs *Reviews) work(ctx context.Context, tx db.Tx, a string) (Work, error) {
	s, err := rs.Attempts.Submission(ctx, tx, attempt.ID(a))
	if err != nil {
		return Work{}, err
	}
	w := Work{s.Application, s.Attempt.Version, s.Attempt.Seed, s.At, map[string]Answer{}, s.Afterwords, s.Said}
	for key, i := range s.Items {
		w.Answers[key] = Answer{Body: i.Body}
	}
	for key, m := range s.Marks {
		answer := w.Answers[key]
		answer.Coming, answer.Failed, answer.by = m.State == "pending", m.State == "failed", m.By
		if m.State == "done" {
			answer.Mark = &m.Mark
		}
		w.Answers[key] = answer
	}
	return w, nil
}

// done adds what the candidate did on items that can be tried (runs), newest first, without times and without ids, which tell time.
func (rs *Reviews) done(ctx context.Context, o string, n Round, v *assessment.Version, w Work) error {
	return rs.DB.Read(ctx, o, func(tx db.Tx) error {
		for _, p := range v.Parts {
			for _, i := range p.Items {
				doer, ok := i.Kind.(item.Doer)
				if !ok {
					continue
				}
				events, err := doer.Events(ctx, tx, item.Ref{Org: o, Owner: n.Attempt, Version: string(v.ID), Item: i.Key}, i.Spec)
				if err != nil {
					return err
				}
				for k := range events {
					events[k].At, events[k].ID = 0, strconv.Itoa(len(events)-k)
				}
				answer := w.Answers[i.Key]
				answer.Done = events
				w.Answers[i.Key] = answer
			}
		}
		return nil
	})
}

// fetch lays what stands in repositories into the answers.
func (rs *Reviews) fetch(ctx context.Context, o string, n Round, v *assessment.Version, w Work) error {
	for _, p := range v.Parts {
		for _, i := range p.Items {
			answer := w.Answers[i.Key]
			body, err := item.Fetched(ctx, i.Kind, i.Spec, item.Ref{Org: o, Owner: n.Attempt, Version: string(w.Version), Item: i.Key}, answer.Body)
			if err != nil {
				return err
			}
			if answer.Body = body; body != nil {
				w.Answers[i.Key] = answer
			}
		}
	}
	return nil
}
