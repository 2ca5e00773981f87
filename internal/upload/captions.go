package upload

import (
	"context"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/media/vtt"
	"candor/internal/problem"
	"candor/internal/upload/internal/query"
)

// Source is where captions come from.
type Source string

// The sources, the one that counts first.
const (
	Typed     Source = "typed" // a person wrote or corrected them here
	Sent      Source = "sent"  // a file
	ByCommand Source = "made"  // the operator's command heard them
)

// Captions of a recording.
type Captions struct {
	Source   Source
	Language string // BCP 47, "en"; "" is not known
	Cues     []vtt.Cue
	At       time.Time
}

// ErrNoCaptions: there are none.
var ErrNoCaptions = problem.New(problem.Missing, "captions_missing", "There are no captions of this recording yet.")

// Captions are those that count: what a person typed, else what was sent, else what a command made. ErrNoCaptions.
func (us *Uploads) Captions(ctx context.Context, tx db.Tx, i ID) (Captions, error) {
	rows, err := query.New(tx).Captions(ctx, tx.Org, string(i))
	if err != nil {
		return Captions{}, err
	}
	for _, s := range []Source{Typed, Sent, ByCommand} {
		for _, r := range rows {
			if Source(r.Source) != s {
				continue
			}
			cues, err := vtt.Parse([]byte(r.Text))
			return Captions{Source: s, Language: r.Language, Cues: cues, At: clock.Time(r.MadeAt)}, err
		}
	}
	return Captions{}, ErrNoCaptions
}

// Caption keeps captions in the place of those of the same source; whether who may is the caller's business. The upload's row is the guarding write.
// ErrMissing; vtt.ErrInvalid where they are more than a file may hold.
func (us *Uploads) Caption(ctx context.Context, tx db.Tx, who actor.Actor, i ID, c Captions) error {
	q := query.New(tx)
	n, err := q.Want(ctx, tx.Org, string(i))
	if err == nil && n == 0 || who.Org != tx.Org {
		err = ErrMissing
	}
	if err != nil {
		return err
	}
	text := vtt.Format(c.Cues)
	if _, err := vtt.Parse([]byte(text)); err != nil {
		return err
	}
	if len(c.Language) > 35 { // RFC 5646, section 4.4.1
		c.Language = ""
	}
	return q.PutCaptions(ctx, query.PutCaptionsParams{OrgID: tx.Org, UploadID: string(i), Source: string(c.Source), Language: c.Language, Text: text, MadeAt: clock.Milli(us.DB.Now())})
}
