package app

import (
	"context"
	"errors"
	"strings"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/upload"
)

// ownAttempt is the attempt whose uploads a candidate's are.
func (a *App) ownAttempt(ctx context.Context, who actor.Actor) (string, error) {
	t, err := a.Attempts.Mine(ctx, who)
	return string(t.ID), err
}

// accepts asks the kind of the item what may be uploaded; a candidate uploads for their own attempt only. What members upload belongs to a question of
// an interview or of an assessment, or is their greeting on an opening's page.
func (a *App) accepts(ctx context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
	switch {
	case strings.HasPrefix(s.Owner, "app_"): // what is said in its conversation
		return a.Threads.Accepts(who, s), nil
	case assessment.IsPrompt(s.Owner): // a question of an assessment
		return a.Assessments.Accepts(ctx, who, s)
	case who.Kind == actor.Member:
		if accepting, ok := a.Openings.AcceptsGreeting(who, s); ok {
			return accepting, nil
		}
		return a.Interviews.Accepts(who, s), nil
	}
	if own, err := a.ownAttempt(ctx, who); err != nil || own != s.Owner {
		return nil, errors.Join(err, upload.ErrMissing)
	}
	it, ref, err := a.Attempts.Place(ctx, who.Org, attempt.ID(s.Owner), s.Item)
	if err != nil && !errors.Is(err, attempt.ErrMissing) {
		return nil, err
	}
	k, ok := it.Kind.(item.Uploader)
	if !ok {
		return nil, upload.ErrPurpose
	}
	return func(ctx context.Context, tx db.Tx) (upload.Accept, error) {
		return k.Accepts(ctx, tx, who, ref, it.Spec, s.Purpose)
	}, nil
}

// uploaded tells the kind of the item.
func (a *App) uploaded(ctx context.Context, n upload.Note) error {
	it, ref, err := a.Attempts.Place(ctx, n.Org, attempt.ID(n.Owner), n.Item)
	if errors.Is(err, attempt.ErrMissing) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	k, ok := it.Kind.(item.Uploader)
	if !ok {
		return nil
	}
	return a.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		u, err := a.Uploads.In(ctx, tx, n.Upload)
		if errors.Is(err, upload.ErrMissing) {
			return nil
		}
		if err != nil {
			return err
		}
		return k.Uploaded(ctx, tx, ref, it.Spec, u)
	})
}
