package integrity

import (
	"context"
	"maps"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/response"
)

const (
	// PasteSize is from how many new characters between two saved states a passage is more than somebody can have typed: the fastest of 168,000
	// people in Dhakal et al. ("Observations on Typing from 136 Million Keystrokes", CHI 2018) type about 10 characters a second (120 words a
	// minute), and browsers save every 2 to 15 seconds while somebody types: 150 characters, and some for what was under way.
	PasteSize = 200
	// fastest is how many characters somebody types in a second at most. It counts where a page was posted by a button: that has no interval.
	fastest = 10
	// mostJumps is how many are shown of one answer.
	mostJumps = 50
)

// Jump is a passage that came into an answer at once, between two saved states. It proves nothing: people paste from their own editor.
type Jump struct {
	Title  string // the item's
	File   string
	At     time.Time     // when the state with it was saved
	After  time.Duration // since the state before; 0: it was the first
	Chars  int           // new ones, without space
	Before string        // the file as it was saved before
	Now    string        // and with the passage
}

// Jumps are computed from the saved states of the answers that a case is about when somebody looks, and never kept. They are for those alone who
// can talk about them: the candidate, whoever opened the case and whoever decides it. What was in an earlier state, in the starter or in the
// task is no jump, wherever it is put. Names are struck for members. ErrCaseMissing, ErrNotYours; review.ErrOpenCards as Load.
func (in *Integrity) Jumps(ctx context.Context, who actor.Actor, id CaseID) ([]Jump, Case, error) {
	var c Case
	var out []Jump
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		c, err = in.discusses(ctx, tx, who, id)
		return err
	})
	if err != nil {
		return nil, c, err
	}
	at, err := in.attemptOf(ctx, who.Org, c)
	if err != nil {
		return nil, c, err
	}
	v, err := in.Assessments.Version(ctx, who.Org, at.Version)
	if err != nil {
		return nil, c, err
	}
	keys := map[string]bool{}
	for _, f := range c.Facts {
		keys[f.Item] = true
	}
	err = in.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out = nil
		app, err := in.Openings.ApplicationIn(ctx, tx, c.Application)
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			it, _, ok := v.Item(key)
			k, can := it.Kind.(item.Fingerprinter)
			if !ok || !can {
				continue
			}
			w := newWalk(k, it.Spec, it.Head, it.Kind.Blank(it.Spec))
			if err := response.Walk(ctx, tx, c.Attempt, key, w.step); err != nil {
				return err
			}
			for _, j := range w.jumps {
				if who.Kind != actor.Candidate {
					names := []string{app.Name, app.Email}
					j.Before, j.Now = item.Strike(j.Before, names), item.Strike(j.Now, names)
				}
				out = append(out, j)
			}
		}
		return nil
	})
	return out, c, err
}

// discusses loads a case for its candidate, for whoever opened it and for whoever decides it. ErrCaseMissing, ErrNotYours.
func (in *Integrity) discusses(ctx context.Context, tx db.Tx, who actor.Actor, id CaseID) (Case, error) {
	if who.Kind == actor.Candidate {
		return in.asked(ctx, tx, who, id)
	}
	c, part, err := in.loadFor(ctx, tx, who, id)
	if err == nil && part != Decides && who.ID != c.OpenedBy {
		return Case{}, ErrNotYours.Saying("This is for the candidate, for whoever opened the case, and for whoever decides it.")
	}
	return c, err
}

func (in *Integrity) attemptOf(ctx context.Context, o string, c Case) (at attempt.Attempt, err error) {
	err = in.DB.Read(ctx, o, func(tx db.Tx) error {
		at, err = in.Attempts.In(ctx, tx, attempt.ID(c.Attempt))
		return err
	})
	return at, err
}

// walk looks for jumps along the states of one answer.
type walk struct {
	kind  item.Fingerprinter
	spec  item.Spec
	title string
	last  time.Time
	files map[string]string // of the state before
	seen  passages
	jumps []Jump
}

func newWalk(k item.Fingerprinter, s item.Spec, h item.Head, blank []byte) *walk {
	w := &walk{kind: k, spec: s, title: h.Title, files: k.Documents(s, blank), seen: passages{}}
	w.seen.add(words(h.Statement))
	for _, text := range w.files {
		w.seen.add(words(text))
	}
	for _, src := range k.Sources(s) {
		for _, text := range src.Files {
			if src.Role == item.Starter {
				w.seen.add(words(text))
			}
		}
	}
	return w
}

func (w *walk) step(s response.Step) error {
	now := w.kind.Documents(w.spec, s.Body)
	since := time.Duration(0)
	if !w.last.IsZero() {
		since = s.Received.Sub(w.last)
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		n := w.seen.fresh(w.files[name], now[name])
		typed := s.Posted && float64(n) <= fastest*since.Seconds()
		// A first page that was posted by a button says nothing about how long somebody wrote on it.
		if n < PasteSize || typed || s.Posted && since == 0 || s.Standing != response.OnTime || s.Received.IsZero() || len(w.jumps) == mostJumps {
			continue
		}
		w.jumps = append(w.jumps, Jump{w.title, name, s.Received, since, n, w.files[name], now[name]})
	}
	for name, text := range now {
		w.seen.change(w.files[name], text)
	}
	if s.Standing == response.OnTime {
		w.files, w.last = now, s.Received
	}
	return nil
}
