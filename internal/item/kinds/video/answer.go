package video

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/recording"
	"candor/internal/upload"
)

// answer is a body: how somebody answers, and which take is the answer. Fetch lays the takes into it.
type answer struct {
	Way   string                  `json:"way,omitempty"` // of spec.ways; "" while nobody chose: video
	Take  recording.ID            `json:"take,omitempty"`
	Text  string                  `json:"text,omitempty"`
	Said  map[recording.ID]string `json:"said,omitempty"` // transcripts as the candidate wrote or corrected them
	Notes string                  `json:"notes,omitempty"`
	Held  *held                   `json:"held,omitempty"` // never kept
}

// held is what stands beside the body.
type held struct {
	Agreed bool   `json:"agreed,omitempty"`
	Terms  string `json:"terms,omitempty"` // as they were read
	Takes  []take `json:"takes,omitempty"`
}

// take is a recording with its bytes and what a machine made of it.
type take struct {
	recording.Take
	File  *upload.Upload `json:"file,omitempty"`  // nil before the first byte
	Plays bool           `json:"plays,omitempty"` // there is something of it to play
	Made  captions       `json:"made,omitempty"`  // captions made by a machine
}

// link is the address of a form of its file; "" where there is none yet.
func (t take) link(l item.Link, f upload.Form) string {
	if t.File == nil || l == nil || !t.Plays {
		return ""
	}
	u := *t.File
	u.Media.State = upload.Ready // what could be kept of a damaged one plays, which a body does not say
	return l(u, f)
}

// maxText is the longest written answer, in characters; of notes too.
const maxText = 100_000

var (
	errLong  = problem.New(problem.TooLarge, "video_long", "This text is longer than we can keep (100,000 characters). It stays on this device: shorten it, and it is saved by itself.")
	takeID   = regexp.MustCompile(`^rec_[a-z2-7]{26}$`)
	maxTakes = 40 // as many as are ever kept
)

// Blank is nothing.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

// read is a body as far as it can be read.
func read(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return answer{}
	}
	return a
}

func (a answer) write() ([]byte, error) {
	a.Held = nil
	return json.Marshal(a)
}

// whole is a body with what stands beside it.
func (a answer) whole() ([]byte, error) { return json.Marshal(a) }

// Check refuses what no page could have sent.
func (Kind) Check(s item.Spec, body []byte) error {
	var a answer
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil || d.More() || a.Held != nil {
		return item.ErrBody
	}
	if a.Way != "" && !slices.Contains(s.(*spec).ways(), a.Way) || a.Take != "" && !takeID.MatchString(string(a.Take)) || len(a.Said) > maxTakes {
		return item.ErrBody
	}
	long := utf8.RuneCountInString(a.Text) > maxText || utf8.RuneCountInString(a.Notes) > maxText
	for id, text := range a.Said {
		if !takeID.MatchString(string(id)) {
			return item.ErrBody
		}
		long = long || utf8.RuneCountInString(text) > maxSaid
	}
	if long {
		return errLong
	}
	return nil
}

// Fields of the form. What is not on the page stays as it was.
const (
	fieldTo    = "to" // the button that changes the way
	fieldTake  = "take"
	fieldText  = "text"
	fieldNotes = "notes"
	fieldSaid  = "said-" // and a take's id
)

// Form makes a body of a posted page.
func (Kind) Form(s item.Spec, before []byte, form url.Values) ([]byte, error) {
	a := read(before)
	for field, to := range map[string]*string{fieldTo: &a.Way, fieldText: &a.Text, fieldNotes: &a.Notes} {
		if form.Has(field) {
			*to = lf(form.Get(field))
		}
	}
	if form.Has(fieldTake) {
		a.Take = recording.ID(form.Get(fieldTake))
	}
	said := maps.Clone(a.Said)
	for field := range form {
		if id, ok := strings.CutPrefix(field, fieldSaid); ok {
			if said == nil {
				said = map[recording.ID]string{}
			}
			said[recording.ID(id)] = lf(form.Get(field))
		}
	}
	a.Said = said
	body, err := a.write()
	if err != nil {
		return nil, err
	}
	return body, Kind{}.Check(s, body)
}

func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// way is how somebody answers.
func (a answer) way() string {
	if a.Way == "" {
		return string(recording.Video)
	}
	return a.Way
}

// Answered says whether there is something to read or a take that is the answer. A body without its takes does not know of those that nobody chose:
// Touched does.
func (Kind) Answered(_ item.Spec, body []byte) bool {
	a := read(body)
	if a.Way == written {
		return strings.TrimSpace(a.Text) != ""
	}
	_, held := a.chosen()
	return held || a.Take != "" || strings.TrimSpace(a.Text) != ""
}

// takes are those that are not deleted.
func (a answer) takes() (out []take) {
	if a.Held == nil {
		return nil
	}
	for _, t := range a.Held.Takes {
		if t.State != recording.Dropped {
			out = append(out, t)
		}
	}
	return out
}

// chosen is the take that is the answer; ok is false where there is none, or the answer is written.
func (a answer) chosen() (out take, ok bool) {
	if a.Held == nil || a.Way == written {
		return out, false
	}
	var list []recording.Take
	for _, t := range a.Held.Takes {
		list = append(list, t.Take)
	}
	c, ok := recording.Chosen(list, a.Take)
	if !ok {
		return out, false
	}
	return a.Held.Takes[slices.IndexFunc(list, func(t recording.Take) bool { return t.ID == c.ID })], true
}

// transcript is what is said in a take: the candidate's words where there are any, else a machine's.
func (a answer) transcript(t take) captions {
	if text := a.Said[t.ID]; strings.TrimSpace(text) != "" {
		return readSaid(text)
	}
	return t.Made
}

// length is how long a take is: as it was measured here, else as the device told.
func (t take) length() time.Duration {
	if t.File != nil && t.File.Media.Length > 0 {
		return t.File.Media.Length
	}
	return t.Length
}

// Redact strikes names from what was written and said. Notes are the candidate's own and go; of the takes only the one that is the answer stays,
// without its times.
func (Kind) Redact(_ item.Spec, body []byte, names []string) []byte {
	a := read(body)
	a.Text, a.Notes = item.Strike(a.Text, names), ""
	said := map[recording.ID]string{}
	for id, text := range a.Said {
		said[id] = item.Strike(text, names)
	}
	a.Said = said
	if t, ok := a.chosen(); ok {
		t.Started = time.Time{}
		if t.File != nil {
			f := *t.File
			f.Created, f.Touched, f.Finished = time.Time{}, time.Time{}, time.Time{}
			t.File = &f
		}
		t.Made = slices.Clone(t.Made)
		for i := range t.Made {
			t.Made[i].Text = item.Strike(t.Made[i].Text, names)
		}
		a.Take, a.Held = t.ID, &held{Takes: []take{t}}
	} else {
		a.Held = nil
	}
	out, err := json.Marshal(a)
	if err != nil {
		return []byte("{}")
	}
	return out
}

// Label names a range of the recording: "0:12 to 0:18".
func (Kind) Label(_ item.Spec, body []byte, anchor string) (string, bool) {
	p, ok := parsePlace(anchor)
	if !ok || read(body).Way == written {
		return "", false
	}
	return p.words(), true
}
