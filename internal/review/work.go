package review

import (
	"context"
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
	Answers     map[string]Answer // by item
	Afterwords  map[string]string // by part: what was added after the time, and marked so
}

// Answer is one item of a submission.
type Answer struct {
	Body   []byte     // nil: nothing was saved
	Mark   *item.Mark // nil: none, or not there yet
	Coming bool       // the mark is being made
	Failed bool       // it could not be made, by our fault
}

func (rs *Reviews) work(ctx context.Context, tx db.Tx, a string) (Work, error) {
	s, err := rs.Attempts.Submission(ctx, tx, attempt.ID(a))
	if err != nil {
		return Work{}, err
	}
	w := Work{s.Application, s.Attempt.Version, s.Attempt.Seed, s.At, map[string]Answer{}, s.Afterwords}
	for key, i := range s.Items {
		w.Answers[key] = Answer{Body: i.Body}
	}
	for key, m := range s.Marks {
		answer := w.Answers[key]
		answer.Coming, answer.Failed = m.State == "pending", m.State == "failed"
		if m.State == "done" {
			answer.Mark = &m.Mark
		}
		w.Answers[key] = answer
	}
	return w, nil
}
