package interview

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/upload"
)

// A question can be said aloud too: whoever asks records it, its text and what is said in it stand beside it. The recordings belong to the interview and to its
// question, and go with it; those that were not asked go when it is, and when somebody else asks.

const (
	// MaxAloud is how many seconds a recorded question may have.
	MaxAloud = 300
	// MaxSaid is how many characters what is said in it may have.
	MaxSaid = 20_000
)

// None says of a question that it is asked in its text alone.
const None upload.ID = "none"

// Owner is whose the recordings of an interview are. It tells nothing of when.
func Owner(c Code) string { return "itv-" + string(c) }

// QuestionKey names the n-th question.
func QuestionKey(n int) string { return fmt.Sprintf("question_%d", n) }

// Accepts says what whoever asks may upload for the question that is theirs to ask next. upload.ErrMissing for everybody else.
func (is *Interviews) Accepts(who actor.Actor, s upload.Subject) upload.Accepting {
	return func(ctx context.Context, tx db.Tx) (upload.Accept, error) {
		c, ok := strings.CutPrefix(s.Owner, "itv-")
		if !ok {
			return upload.Accept{}, upload.ErrMissing
		}
		v, _, err := is.loadIn(ctx, tx, who, Code(c))
		if errors.Is(err, ErrMissing) || err == nil && (v.Member != who.ID || v.State != Ours || s.Item != QuestionKey(v.Turn+1)) {
			err = upload.ErrMissing
		}
		return upload.Accept{Types: upload.Recordings, Most: (MaxAloud + 60) * upload.PerSecond}, err
	}
}

// say makes a recording the question's: all of it is here, it plays, and what is said in it is written. Everything else that was recorded for the question goes.
// "" where it is asked in its text alone. ErrInvalid on recording and said.
func (is *Interviews) say(ctx context.Context, tx db.Tx, who actor.Actor, v Interview, x Question) (upload.ID, error) {
	if is.Uploads == nil {
		return "", nil
	}
	keep := x.Recording
	if keep == None {
		keep = ""
	}
	if keep != "" {
		u, err := is.Uploads.In(ctx, tx, keep)
		if err != nil && !errors.Is(err, upload.ErrMissing) {
			return "", err
		}
		if u.Owner != Owner(v.Code) || u.Item != QuestionKey(v.Turn+1) {
			u = upload.Upload{}
		}
		if err := is.Uploads.Say(ctx, tx, who, u, x.Said, MaxSaid); err != nil {
			return "", err
		}
	}
	return keep, is.unsay(ctx, tx, v, keep)
}

// unsay removes what was recorded for the next question, but one.
func (is *Interviews) unsay(ctx context.Context, tx db.Tx, v Interview, keep upload.ID) error {
	if is.Uploads == nil {
		return nil
	}
	_, err := is.Uploads.RemoveAll(ctx, tx, Owner(v.Code), QuestionKey(v.Turn+1), keep)
	return err
}

// forget removes all recordings of the interview about an attempt.
func (is *Interviews) forget(ctx context.Context, tx db.Tx, v Interview) error {
	if is.Uploads == nil {
		return nil
	}
	_, err := is.Uploads.RemoveAll(ctx, tx, Owner(v.Code), "", "")
	return err
}

// DropAloud throws a recording away that whoever asks has made and not asked. ErrMissing, ErrRole, ErrMoved.
func (is *Interviews) DropAloud(ctx context.Context, who actor.Actor, c Code, i upload.ID) error {
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		v, _, err := is.loadIn(ctx, tx, who, c)
		if err != nil {
			return err
		}
		if v.Member != who.ID {
			return ErrRole
		}
		u, err := is.Uploads.In(ctx, tx, i)
		if errors.Is(err, upload.ErrMissing) || err == nil && (u.Owner != Owner(c) || u.Item != QuestionKey(v.Turn+1)) {
			return ErrMoved
		}
		if err != nil {
			return err
		}
		return is.Uploads.Remove(ctx, tx, i)
	})
}
