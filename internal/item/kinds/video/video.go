// Package video is the item kind for answers that are recorded: with the camera, of the screen, or in sound alone. To answer in writing is an
// equal choice, and the only one that needs no device and no script.
//
// Nothing is recorded before the candidate agreed to words that say who sees it and how long it is kept. The device keeps every slice of a second
// before it sends it; takes are announced, and their bytes may come days later, in any order of pages and restarts. The candidate chooses the take
// that is the answer and may correct what was said. Readers read first; they see the picture when their own scorecard is filed.
package video

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/recording"
	"candor/internal/upload"

	"github.com/a-h/templ"
)

// Kind is the kind. Without Recordings and Uploads (lint, preview) nothing can be recorded.
type Kind struct {
	MD         *markdown.Markdown
	Recordings *recording.Recordings
	Uploads    *upload.Uploads
}

var _ interface {
	item.Kind
	item.Holder
	item.Follower
	item.Recorder
	item.Uploader
	item.Keeper
	item.Anchorer
	item.Schemer
	item.Teller
} = Kind{}

// Name is the word.
func (Kind) Name() string { return "video" }

// Keeps: takes.
func (Kind) Keeps() []item.Keeps { return []item.Keeps{item.KeepsRecordings} }

func of(ref item.Ref) recording.Of { return recording.Of{Owner: ref.Owner, Item: ref.Item} }

// Touched says whether a take is there that can be the answer.
func (k Kind) Touched(ctx context.Context, tx db.Tx, ref item.Ref) (bool, error) {
	if k.Recordings == nil {
		return false, nil
	}
	list, err := k.Recordings.List(ctx, tx, of(ref))
	_, ok := recording.Chosen(list, "")
	return ok, err
}

// Fetch lays the takes into a body, each with its upload and a machine's captions.
func (k Kind) Fetch(ctx context.Context, ref item.Ref, _ item.Spec, body []byte) ([]byte, error) {
	if k.Recordings == nil || body == nil {
		return body, nil
	}
	a, h := read(body), held{}
	err := k.Recordings.DB.Read(ctx, ref.Org, func(tx db.Tx) error {
		agreed, err := k.Recordings.Consent(ctx, tx, of(ref))
		if err != nil && !errors.Is(err, recording.ErrConsent) {
			return err
		}
		h.Agreed, h.Terms = err == nil, agreed.Text
		list, err := k.Recordings.List(ctx, tx, of(ref))
		if err != nil {
			return err
		}
		files, err := k.Uploads.Of(ctx, tx, ref.Owner, ref.Item)
		if err != nil {
			return err
		}
		for _, t := range list {
			x := take{Take: t}
			for _, f := range files {
				if f.Purpose == string(t.ID) {
					x.File, x.Plays = &f, f.State == upload.Complete && f.Media.Playable()
				}
			}
			if x.File != nil {
				if to, ok := t.State.Next(recording.Arrive); ok && x.File.State == upload.Complete {
					x.State = to // its row says so as soon as the job that is told has run
				}
				made, err := k.Uploads.Captions(ctx, tx, x.File.ID)
				if err != nil && !errors.Is(err, upload.ErrNoCaptions) {
					return err
				}
				x.Made = made.Cues
			}
			h.Takes = append(h.Takes, x)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.Held = &h
	return a.whole()
}

// Agree keeps what the candidate agreed to.
func (k Kind) Agree(ctx context.Context, tx db.Tx, ref item.Ref, terms, lang string) error {
	if k.Recordings == nil {
		return item.ErrAction
	}
	return k.Recordings.Agree(ctx, tx, of(ref), terms, lang)
}

// Actions of the page, beside item.Agree.
const (
	begin    = "begin"    // _take, _way
	stop     = "stop"     // _take, _ms, and _cut=1 when the page went away in the middle
	fail     = "fail"     // _take, _reason
	drop     = "drop"     // _take
	withdraw = "withdraw" // the consent, and with it all takes
)

// Follows: a take is announced and stopped whenever the device gets through.
func (Kind) Follows(action string) bool { return action == begin || action == stop || action == fail }

// Do announces takes and what happens to them. Problems: those of recording.Begin, recording.ErrMissing, item.ErrAction.
func (k Kind) Do(ctx context.Context, tx db.Tx, _ actor.Actor, ref item.Ref, s item.Spec, action string, _ []byte, input url.Values) (item.Event, error) {
	if k.Recordings == nil {
		return item.Event{}, item.ErrAction
	}
	id := recording.ID(input.Get("_take"))
	switch action {
	case begin:
		_, err := k.Recordings.Begin(ctx, tx, of(ref), id, recording.Way(input.Get("_way")), s.(*spec).Takes, ref.Late(ref.Received))
		return item.Event{}, err
	case stop:
		return item.Event{}, k.stop(ctx, tx, ref, id, input)
	case fail:
		_, err := k.Recordings.Move(ctx, tx, of(ref), id, recording.Fail, recording.Take{Reason: reason(input.Get("_reason"))})
		return item.Event{}, err
	case drop:
		if _, err := k.Recordings.Move(ctx, tx, of(ref), id, recording.Drop, recording.Take{}); err != nil {
			return item.Event{}, err
		}
		return item.Event{}, k.remove(ctx, tx, ref, id)
	case withdraw:
		gone, err := k.Recordings.Withdraw(ctx, tx, of(ref))
		for _, t := range gone {
			err = errors.Join(err, k.remove(ctx, tx, ref, t.ID))
		}
		return item.Event{}, err
	}
	return item.Event{}, item.ErrAction
}

// stop ends a take. It is late when it went on after the part: what is judged is the time of recording, never that of the upload.
func (k Kind) stop(ctx context.Context, tx db.Tx, ref item.Ref, id recording.ID, input url.Values) error {
	ms, err := strconv.ParseInt(input.Get("_ms"), 10, 64)
	if err != nil || ms < 0 || ms > (24*time.Hour).Milliseconds() {
		return item.ErrBody
	}
	t, err := k.Recordings.Take(ctx, tx, of(ref), id)
	if err != nil {
		return err
	}
	e, told := recording.Stop, recording.Take{Length: time.Duration(ms) * time.Millisecond}
	if input.Get("_cut") == "1" {
		e = recording.Cut
	}
	told.Late = ref.Late(t.Started.Add(told.Length))
	_, err = k.Recordings.Move(ctx, tx, of(ref), id, e, told)
	return err
}

// reason is a code of a failure that pages have words for.
func reason(s string) string {
	switch s {
	case "empty", "device", "damaged":
		return s
	}
	return "device"
}

// remove takes a take's bytes away.
func (k Kind) remove(ctx context.Context, tx db.Tx, ref item.Ref, id recording.ID) error {
	files, err := k.Uploads.Of(ctx, tx, ref.Owner, ref.Item)
	for _, f := range files {
		if f.Purpose == string(id) {
			err = errors.Join(err, k.Uploads.Remove(ctx, tx, f.ID))
		}
	}
	return err
}

// Events are none: what was done stands in the takes.
func (Kind) Events(context.Context, db.Tx, item.Ref, item.Spec) ([]item.Event, error) {
	return nil, nil
}

// Accepts takes the bytes of a take that was announced, however late. Problems: recording.ErrConsent, recording.ErrMissing.
func (k Kind) Accepts(ctx context.Context, tx db.Tx, _ actor.Actor, ref item.Ref, s item.Spec, purpose string) (upload.Accept, error) {
	if _, err := k.Recordings.Consent(ctx, tx, of(ref)); err != nil {
		return upload.Accept{}, err
	}
	t, err := k.Recordings.Take(ctx, tx, of(ref), recording.ID(purpose))
	if err != nil {
		return upload.Accept{}, err
	}
	if t.State == recording.Failed || t.State == recording.Dropped {
		return upload.Accept{}, recording.ErrMissing
	}
	return upload.Accept{Types: upload.Recordings, Most: int64(s.(*spec).Length+60) * upload.PerSecond}, nil
}

// Uploaded moves the take: its bytes are here, or nothing in them can be played.
func (k Kind) Uploaded(ctx context.Context, tx db.Tx, ref item.Ref, _ item.Spec, u upload.Upload) error {
	e, told := recording.Arrive, recording.Take{}
	if u.Media.State == upload.Damaged && !u.Media.Playable() {
		e, told.Reason = recording.Fail, "damaged"
	}
	_, err := k.Recordings.Move(ctx, tx, of(ref), recording.ID(u.Purpose), e, told)
	if errors.Is(err, recording.ErrMissing) {
		return nil // erased meanwhile
	}
	return err
}

// Ask is the question with the recorder, or with a text area.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	return ask(page{spec: s.(*spec), AskView: v, md: k.MD, a: read(v.Body)})
}

// After is what is still on its way from this device.
func (Kind) After(s item.Spec, v item.AskView) templ.Component {
	return after(page{spec: s.(*spec), AskView: v, a: read(v.Body)})
}

// Read is the answer: what was said before who says it.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	return show(reading{spec: s.(*spec), ReadView: v, md: k.MD, a: read(v.Body)})
}

// Author is the question with what is allowed.
func (k Kind) Author(s item.Spec) templ.Component { return author(k.MD, s.(*spec)) }

// Turn is a recording of up to four minutes; as everywhere it may be in writing instead.
func (Kind) Turn() item.Turn {
	return item.Turn{Way: "As a recording, or in writing if they like that better", Fields: map[string]any{"length": 240, "screen": true}}
}
