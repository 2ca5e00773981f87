package attempt

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/response"
)

// Disclosure is what a candidate says about how an answer was made. Their own saves are all that makes one; it is never computed from anything,
// and no mark, order or queue is computed from it. It is kept as an answer beside the item's: with states, late ones and the same retention.
type Disclosure struct {
	Used       []string // Nothing alone, or some of Uses; nil: that is not said
	Words      string
	Transcript string // of a conversation with a tool: plain text, Markdown or JSON
}

// Nothing says that no AI tool was used.
const Nothing = "nothing"

// Uses are what one can have been used for, in the order of the form.
var Uses = []string{"ideas", "explanations", "code", "text", "tests", "other"}

const (
	// MaxSaid is the longest text of a disclosure in characters, without the transcript.
	MaxSaid = 4000
	// MaxTranscript is the longest transcript in bytes.
	MaxTranscript = 1_000_000
)

var (
	// ErrSaid: the text of a disclosure is too long.
	ErrSaid = problem.Field("words", "This is longer than 4,000 characters. It stays here: make it shorter, or put some of it into the transcript.")
	// ErrTranscript: the transcript is too large.
	ErrTranscript = problem.New(problem.TooLarge, "transcript_large", "This transcript is larger than 1 MB. It stays here: leave out what does not belong to this task.")
	// ErrDecided: nobody reads any more.
	ErrDecided = problem.New(problem.Conflict, "disclosure_decided", "This was decided already, so nothing is added any more. Write to the person who invited you.")
)

// said follows an item's key in that of its disclosure; no key of an item has a slash.
const said = "/said"

// DisclosureKey is under which item a save is a disclosure about an item's answer.
func DisclosureKey(itemKey string) string { return itemKey + said }

// about is the item whose disclosure a key is.
func about(key string) (itemKey string, ok bool) { return strings.CutSuffix(key, said) }

// AboutItem is the item that a saved key belongs to: its own, or that whose disclosure it is.
func AboutItem(key string) string {
	if of, ok := about(key); ok {
		return of
	}
	return key
}

// Body is a disclosure as it is saved: the form's fields, as item forms are sent.
func (d Disclosure) Body() []byte {
	raw, _ := json.Marshal(url.Values{"used": append([]string{}, d.Used...), "words": {d.Words}, "transcript": {d.Transcript}}) // strings cannot fail
	return raw
}

// Empty says that nothing was said.
func (d Disclosure) Empty() bool { return len(d.Used) == 0 && d.Words == "" && d.Transcript == "" }

// ReadDisclosure reads a saved one. Where uses are ticked beside Nothing, they are what is said. item.ErrBody, ErrSaid, ErrTranscript.
func ReadDisclosure(body []byte) (Disclosure, error) {
	var f map[string][]string
	if err := json.Unmarshal(body, &f); err != nil {
		return Disclosure{}, item.ErrBody
	}
	var d Disclosure
	for name, values := range f {
		switch {
		case name == "used":
			for _, u := range append(slices.Clone(Uses), Nothing) {
				if slices.Contains(values, u) && (u != Nothing || len(d.Used) == 0) {
					d.Used = append(d.Used, u)
				}
			}
		case len(values) > 1 || name != "words" && name != "transcript":
			return Disclosure{}, item.ErrBody
		case len(values) == 0:
		case name == "words":
			d.Words = strings.TrimSpace(values[0])
		default:
			d.Transcript = strings.TrimSpace(values[0])
		}
	}
	if len([]rune(d.Words)) > MaxSaid {
		return d, ErrSaid
	}
	if len(d.Transcript) > MaxTranscript {
		return d, ErrTranscript
	}
	return d, nil
}

// Strike takes names out of it.
func (d Disclosure) Strike(names []string) Disclosure {
	d.Words, d.Transcript = item.Strike(d.Words, names), item.Strike(d.Transcript, names)
	return d
}

// Told is a disclosure as readers get it.
type Told struct {
	Disclosure
	Late bool // said after the part was sent
}

// Saying is what the asking candidate said about an answer so far.
type Saying struct {
	Disclosure              // the newest
	Said       bool         // there is one
	Late       bool         // it came after the part was sent
	Elsewhere  []Disclosure // what a device that had lost the takeover had written, where it differs
	Closed     bool         // it was decided: nothing is added any more
}

// Saying is what the asking candidate said about the answer to an item. ErrMissing.
func (as *Attempts) Saying(ctx context.Context, who actor.Actor, itemKey string) (Saying, error) {
	var out Saying
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		if out.Closed, err = as.decided(ctx, tx, a); err != nil {
			return err
		}
		body, err := response.Body(ctx, tx, string(a.ID), DisclosureKey(itemKey))
		if err != nil {
			return err
		}
		if body != nil {
			out.Said = true
			out.Disclosure, _ = ReadDisclosure(body) // it was read before it was kept
		}
		strays, err := as.strays(ctx, tx, a)
		for _, s := range strays[itemKey] {
			d, _ := ReadDisclosure(s.Body)
			switch {
			case s.Standing == response.Late:
				out.Disclosure, out.Said, out.Late = d, true, true
			case !slices.Equal(s.Body, body):
				out.Elsewhere = append(out.Elsewhere, d)
			}
		}
		return err
	})
	return out, err
}

// strays are the newest late disclosure of each item of an attempt, and the newest of a device that had lost the takeover, by item.
func (as *Attempts) strays(ctx context.Context, tx db.Tx, a Attempt) (map[string][]response.Revision, error) {
	list, err := response.Stray(ctx, tx, string(a.ID))
	if err != nil {
		return nil, err
	}
	type place struct {
		item     string
		standing response.Standing
	}
	seen := map[place]bool{}
	out := map[string][]response.Revision{}
	for _, r := range list { // of each item the newest first
		key, ok := about(r.Item)
		at := place{key, r.Standing}
		if !ok || seen[at] {
			continue
		}
		seen[at] = true
		r, err := response.Load(ctx, tx, string(a.ID), r.ID)
		if err != nil {
			return nil, err
		}
		out[key] = append(out[key], r)
	}
	return out, nil
}

// decided says whether the application went on or ended since the invitation to this attempt.
func (as *Attempts) decided(ctx context.Context, tx db.Tx, a Attempt) (bool, error) {
	app, err := as.Openings.ApplicationIn(ctx, tx, a.Application)
	if err != nil {
		return false, err
	}
	inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
	return app.Status != opening.Active || app.Stage != inv.Stage, err
}

// Disclose is Save of one disclosure by a page that can say what is wrong: it refuses what is decided. ErrDecided, and the problems of Save.
func (as *Attempts) Disclose(ctx context.Context, who actor.Actor, itemKey string, d Disclosure, r SaveRequest) (response.Kept, error) {
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		closed, err := as.decided(ctx, tx, a)
		if err == nil && closed {
			err = ErrDecided
		}
		return err
	})
	if err != nil {
		return response.Kept{}, err
	}
	for i := range r.Saves {
		r.Saves[i].Item, r.Saves[i].Body = DisclosureKey(itemKey), d.Body()
	}
	out, err := as.Save(ctx, who, r)
	if err != nil {
		return response.Kept{}, err
	}
	return out.Kept[0], nil
}

// told are what the candidate said about each answer of a submission: what went with it, then what was said later.
func (as *Attempts) told(ctx context.Context, tx db.Tx, a Attempt, sent []SubmittedItem) (map[string][]Told, error) {
	out := map[string][]Told{}
	for _, s := range sent {
		if d, err := ReadDisclosure(s.Body); s.Body != nil && err == nil && !d.Empty() {
			key, _ := about(s.Key)
			out[key] = append(out[key], Told{Disclosure: d})
		}
	}
	strays, err := as.strays(ctx, tx, a)
	for key, list := range strays {
		for _, r := range list {
			if d, err := ReadDisclosure(r.Body); r.Standing == response.Late && err == nil && !d.Empty() {
				out[key] = append(out[key], Told{Disclosure: d, Late: true})
			}
		}
	}
	return out, err
}

// sendSaid makes what was said about an answer part of the submission.
func (as *Attempts) sendSaid(ctx context.Context, tx db.Tx, a Attempt, part, itemKey string, answers map[string]response.Revision) error {
	r, ok := answers[DisclosureKey(itemKey)]
	if !ok {
		return nil
	}
	return as.count(ctx, tx, a, part, r.Item, r)
}
