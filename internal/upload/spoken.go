package upload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/media/vtt"
	"candor/internal/problem"
)

// PerSecond is more than a second of any recording of ours has, in bytes: 1 Mbit/s of picture, 128 kbit/s of sound, and what wraps them, twice.
const PerSecond = 300_000

// Spoken is a recording in which somebody says something to others: a question, a greeting. Its words stand beside it.
type Spoken struct {
	Upload   Upload
	Words    []vtt.Cue
	Language string // BCP 47; "" is not known
}

// Spoken reads one; the zero value where it is gone.
func (us *Uploads) Spoken(ctx context.Context, tx db.Tx, i ID) (Spoken, error) {
	u, err := us.In(ctx, tx, i)
	if errors.Is(err, ErrMissing) {
		return Spoken{}, nil
	}
	if err != nil {
		return Spoken{}, err
	}
	c, err := us.Captions(ctx, tx, i)
	if errors.Is(err, ErrNoCaptions) {
		err = nil
	}
	return Spoken{u, c.Cues, c.Language}, err
}

// SpokenOf reads those of an owner's item, the newest first.
func (us *Uploads) SpokenOf(ctx context.Context, tx db.Tx, owner, item string) (out []Spoken, err error) {
	all, err := us.Of(ctx, tx, owner, item)
	for _, u := range slices.Backward(all) {
		if err != nil {
			return nil, err
		}
		var s Spoken
		if s, err = us.Spoken(ctx, tx, u.ID); s.Upload.ID != "" {
			out = append(out, s)
		}
	}
	return out, err
}

// Said are the words of a recording as somebody typed them, at most so many characters, once all of it is here and plays. ErrInvalid on recording
// and said.
func (u Upload) Said(typed string, most int) ([]vtt.Cue, error) {
	switch {
	case u.ID == "":
		return nil, problem.Field("recording", "This recording is not here any more. Record it once more.")
	case u.State != Complete:
		return nil, problem.Field("recording", "Your recording is still on its way. Press again when the page says that it is here.")
	case !u.Media.Playable():
		return nil, problem.Field("recording", "What arrived cannot be played. Record it once more.")
	case strings.TrimSpace(typed) == "":
		return nil, problem.Field("said", "Not everybody can hear it: write what you say, or put in its captions.")
	case len([]rune(typed)) > most:
		return nil, problem.Field("said", fmt.Sprintf("This is longer than %d,000 characters.", most/1000))
	}
	cues, err := vtt.Written(typed, u.Media.Length)
	if p, ok := problem.As(err); ok && p.Fields["captions"] != "" {
		err = problem.Field("said", p.Fields["captions"])
	}
	return cues, err
}

// Say puts words to a recording: Said, and kept beside it.
func (us *Uploads) Say(ctx context.Context, tx db.Tx, who actor.Actor, u Upload, typed string, most int) error {
	cues, err := u.Said(typed, most)
	if err != nil {
		return err
	}
	return us.Caption(ctx, tx, who, u.ID, Captions{Source: Typed, Cues: cues})
}
