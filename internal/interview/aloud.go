package interview

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/media/vtt"
	"candor/internal/problem"
	"candor/internal/upload"
)

// A question can be said aloud too: whoever asks records it, its text and what is said in it stand beside it. The recordings belong to the interview and to its
// question, and go with it; those that were not asked go when it is, and when somebody else asks.

const (
	// MaxAloud is how many seconds a recorded question may have.
	MaxAloud = 300
	// MaxSaid is how many characters what is said in it may have.
	MaxSaid = 20_000
	// perSecond is more than a second of any recording of ours has, in bytes.
	perSecond = 300_000
)

// None says of a question that it is asked in its text alone.
const None upload.ID = "none"

// Aloud is a recorded question.
type Aloud struct {
	Upload   upload.Upload
	Words    []vtt.Cue
	Language string
}

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
		return upload.Accept{Types: upload.Recordings, Most: (MaxAloud + 60) * perSecond}, err
	}
}

// aloud reads a recording with its words.
func (is *Interviews) aloud(ctx context.Context, tx db.Tx, i upload.ID) (Aloud, error) {
	u, err := is.Uploads.In(ctx, tx, i)
	if errors.Is(err, upload.ErrMissing) {
		return Aloud{}, nil
	}
	if err != nil {
		return Aloud{}, err
	}
	c, err := is.Uploads.Captions(ctx, tx, i)
	if errors.Is(err, upload.ErrNoCaptions) {
		err = nil
	}
	return Aloud{u, c.Cues, c.Language}, err
}

// takes are what whoever asks has recorded for the next question, newest first.
func (is *Interviews) takes(ctx context.Context, tx db.Tx, v Interview) (out []Aloud, err error) {
	all, err := is.Uploads.Of(ctx, tx, Owner(v.Code), QuestionKey(v.Turn+1))
	for k := len(all) - 1; k >= 0 && err == nil; k-- {
		var a Aloud
		if a, err = is.aloud(ctx, tx, all[k].ID); err == nil && a.Upload.ID != "" {
			out = append(out, a)
		}
	}
	return out, err
}

// say makes a recording the question's: all of it is here, it plays, and what is said in it is written. Everything else that was recorded for the question goes.
// "" where it is asked in its text alone. ErrInvalid on recording and said.
func (is *Interviews) say(ctx context.Context, tx db.Tx, who actor.Actor, v Interview, x Question) (upload.ID, error) {
	if is.Uploads == nil {
		return "", nil
	}
	all, err := is.takes(ctx, tx, v)
	if err != nil {
		return "", err
	}
	keep := upload.ID("")
	for _, a := range all {
		if a.Upload.ID != x.Recording {
			continue
		}
		switch {
		case a.Upload.State != upload.Complete:
			return "", problem.Field("recording", "Your recording is still on its way. Nothing was asked; ask it when the page says that it is here.")
		case !a.Upload.Media.Playable():
			return "", problem.Field("recording", "What arrived cannot be played. Record it once more, or ask in words alone.")
		case strings.TrimSpace(x.Said) == "":
			return "", problem.Field("said", "Not everybody can hear it: write what you say, or put in its captions.")
		case len([]rune(x.Said)) > MaxSaid:
			return "", problem.Field("said", "This is longer than 20,000 characters.")
		}
		cues, err := vtt.Written(x.Said, a.Upload.Media.Length)
		if p, ok := problem.As(err); ok && p.Fields["captions"] != "" {
			return "", problem.Field("said", p.Fields["captions"])
		}
		if err != nil {
			return "", err
		}
		if err := is.Uploads.Caption(ctx, tx, who, a.Upload.ID, upload.Captions{Source: upload.Typed, Cues: cues}); err != nil {
			return "", err
		}
		keep = a.Upload.ID
	}
	if keep == "" && x.Recording != "" && x.Recording != None {
		return "", problem.Field("recording", "This recording is not here any more. Record it once more, or ask in words alone.")
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
