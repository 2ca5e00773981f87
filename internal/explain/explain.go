// Package explain asks people about their own work after they sent it: explain-back. What they are asked comes from the work itself, by rules
// that are written out (see the package probe) and that an author can word or switch off; where that is too little, questions that everybody
// can be asked fill up. An opening asks everybody who begins one of its stages, or nobody; whoever was told nothing of it when they began is
// not asked. The answers are a part of the attempt, scored blind on one criterion like everything, and nothing follows from them, or from
// their absence, by itself.
package explain

import (
	"context"
	"errors"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/probe"
)

// Explain asks.
type Explain struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Assessments *assessment.Assessments
	Openings    *opening.Openings
	Attempts    *attempt.Attempts
}

// Listen registers the work.
func (e *Explain) Listen() {
	job.Listen(e.Jobs, attempt.Submitted, "explain.ask", job.Housekeeping, e.Ask)
}

// Ask asks the person of a submission, once. Nothing where no questions were announced to them, or where they are out of the opening by now.
func (e *Explain) Ask(ctx context.Context, n attempt.SubmittedNote) error {
	var a attempt.Attempt
	var sub attempt.Submission
	active := false
	err := e.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		if sub, err = e.Attempts.Submission(ctx, tx, attempt.ID(n.Attempt)); err != nil {
			return err
		}
		a = sub.Attempt
		app, err := e.Openings.ApplicationIn(ctx, tx, a.Application)
		active = app.Status == opening.Active
		return err
	})
	if errors.Is(err, attempt.ErrMissing) || errors.Is(err, opening.ErrMissing) || err == nil && (!active || a.Questions == 0 || !a.Asked.IsZero()) {
		return nil
	}
	if err != nil {
		return err
	}
	v, err := e.Assessments.Version(ctx, n.Org, a.Version)
	if err != nil {
		return err
	}
	list, err := e.questions(ctx, n.Org, v, sub)
	if err != nil {
		return err
	}
	return e.DB.Write(ctx, n.Org, func(tx db.Tx) error { return e.Attempts.AskAbout(ctx, tx, a, list) })
}

// questions are those about a submission: as many as were announced.
func (e *Explain) questions(ctx context.Context, o string, v *assessment.Version, sub attempt.Submission) ([]attempt.Question, error) {
	var keys []string
	var found, fill [][]probe.Probe
	err := e.DB.Read(ctx, o, func(tx db.Tx) error {
		for _, p := range v.Parts {
			for _, it := range p.Items {
				keys = append(keys, it.Key)
				fill = append(fill, it.Explain.Everybody())
				list, err := e.probes(ctx, tx, o, it, sub)
				if err != nil {
					return err
				}
				found = append(found, it.Explain.Applied(list))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []attempt.Question
	keys = append(keys, "") // of the work as a whole
	for _, from := range [][][]probe.Probe{found, fill, append(make([][]probe.Probe, len(found)), Anybody)} {
		for _, c := range probe.Choose(from, sub.Attempt.Questions-len(out)) {
			out = append(out, attempt.Question{Item: keys[c.Of], Rule: string(c.Rule), Text: c.Text, Why: c.Why, File: c.File, Line: c.Line, Code: c.Code})
		}
	}
	return out, nil
}

// probes are those of one answer.
func (e *Explain) probes(ctx context.Context, tx db.Tx, o string, it assessment.PartItem, sub attempt.Submission) ([]probe.Probe, error) {
	k, ok := it.Kind.(item.Prober)
	body := sub.Items[it.Key].Body
	if !ok || body == nil {
		return nil, nil
	}
	return k.Probes(ctx, tx, item.Ref{Org: o, Owner: string(sub.Attempt.ID), Version: string(sub.Attempt.Version), Item: it.Key}, it.Spec, body)
}

// Anybody are the questions that anybody can be asked about their own work, where it gives too little for others.
var Anybody = func() []probe.Probe {
	const why = "Everybody can be asked this. It fills up where a work is too short for a question of its own."
	return []probe.Probe{
		{Rule: "doubt", Name: "doubt", Why: why, Text: "Of what you sent, what are you least sure of? How would you find out whether it holds?"},
		{Rule: "other", Name: "other", Why: why, Text: "Name one other way that you thought of, and say why you did not take it."},
		{Rule: "hour", Name: "hour", Why: why, Text: "With one more hour, what would you change first, and why that?"},
		{Rule: "teach", Name: "teach", Why: why, Text: "A colleague takes over what you sent. What would they get wrong first, and what do you tell them?"},
	}
}()
