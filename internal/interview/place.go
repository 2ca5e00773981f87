package interview

import (
	"context"
	"errors"
	"maps"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
)

// fetched are the answers of a submission by item, with all that belongs to them.
func fetched(ctx context.Context, o string, v *assessment.Version, sub attempt.Submission) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, p := range v.Parts {
		for _, it := range p.Items {
			body, err := item.Fetched(ctx, it.Kind, it.Spec, item.Ref{Org: o, Owner: string(sub.Attempt.ID), Version: string(v.ID), Item: it.Key}, sub.Items[it.Key].Body)
			if err != nil {
				return nil, err
			}
			if body != nil {
				out[it.Key] = body
			}
		}
	}
	return out, nil
}

// quote is a place of the work, as somebody writes it or as its page names it; zero where nothing is named. ErrInvalid on item and anchor.
func quote(o string, v *assessment.Version, bodies map[string][]byte, itemKey, place string) (q item.Quote, err error) {
	if itemKey == "" && place == "" {
		return q, nil
	}
	it, part, ok := v.Item(itemKey)
	if !ok || attempt.IsTurn(part.Key) {
		return q, problem.Field("item", "Choose one of their answers.")
	}
	if place == "" {
		return q, nil
	}
	k, quotes := it.Kind.(item.Quoter)
	if quotes {
		if q, ok = k.Quote(item.Ref{Org: o, Version: string(v.ID), Item: itemKey}, it.Spec, bodies[itemKey], place); ok {
			return q, nil
		}
	}
	a, named := it.Kind.(item.Anchorer) // a test has a name and no lines
	if named {
		if label, ok := a.Label(it.Spec, bodies[itemKey], place); ok {
			return item.Quote{Place: place, At: place, Label: label}, nil
		}
	}
	if !quotes && !named {
		return q, problem.Field("anchor", "Answers to this task have no places to point to. Leave this empty.")
	}
	return q, problem.Field("anchor", "This place is not in their answer. Write it as limiter.go:12-18 for lines, or 1:05-1:20 for a time in a recording.")
}

// Quote is a place of what was sent, as the reader of t may see it. ErrInvalid on item and anchor.
func (t *Talk) Quote(itemKey, place string) (item.Quote, error) {
	seen := map[string][]byte{}
	for key := range t.bodies {
		seen[key] = t.Work.Items[key].Body // of which names are struck
	}
	return quote(t.org, t.Version, seen, itemKey, place)
}

// laid are the items of a submission with their whole bodies.
func laid(items map[string]attempt.SubmittedItem, bodies map[string][]byte) map[string]attempt.SubmittedItem {
	out := map[string]attempt.SubmittedItem{}
	maps.Copy(out, items)
	for key, body := range bodies {
		s := out[key]
		s.Key, s.Body = key, body
		out[key] = s
	}
	return out
}

// Asking says where a member may ask about the work of an attempt: in the interview that there is, while it is their turn to ask in it; or by opening one,
// where none is. Neither for everybody else.
func (is *Interviews) Asking(ctx context.Context, who actor.Actor, a attempt.ID) (c Code, opens opening.ApplicationID, err error) {
	err = is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		at, err := is.Attempts.In(ctx, tx, a)
		if err != nil {
			return err
		}
		v, err := is.Of(ctx, tx, a)
		if err == nil {
			if v.Member == who.ID && v.State == Ours && v.Turn < v.Rounds {
				if _, err := is.mayOf(ctx, tx, who, v); err == nil {
					c = v.Code
				}
			}
			return nil
		}
		if !errors.Is(err, ErrMissing) {
			return err
		}
		app, err := is.runs(ctx, tx, who, at.Application)
		if errors.Is(err, ErrMissing) || errors.Is(err, ErrRole) {
			return nil
		}
		if err != nil {
			return err
		}
		newest, err := is.work(ctx, tx, app)
		if err == nil && newest.ID == a {
			opens = app.ID
		}
		if errors.Is(err, ErrNoWork) {
			err = nil
		}
		return err
	})
	return c, opens, err
}
