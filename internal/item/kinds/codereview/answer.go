package codereview

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web/ui/diff"
)

// Keeps: the viewed marks are in the answer.
func (Kind) Keeps() []item.Keeps { return []item.Keeps{item.KeepsViewed} }

// answer is a body: a review as it stands, what is still being typed included. Summary and Verdict always stand in it, so that it is
// never taken for a posted form.
type answer struct {
	Verdict  string    `json:"verdict"`
	Summary  string    `json:"summary"`
	Comments []comment `json:"comments,omitempty"`
	Drafts   []comment `json:"drafts,omitempty"` // an ID is of the comment that is being changed; "" is a new one
	Viewed   []string  `json:"viewed,omitempty"` // paths
	Split    bool      `json:"split,omitempty"`  // both sides beside each other
}

// comment is a remark on a line.
type comment struct {
	ID   string `json:"id,omitempty"`
	File string `json:"file"`
	Side string `json:"side,omitempty"` // "old", or "" for the new one
	Line int    `json:"line"`
	Tone string `json:"tone"`
	Text string `json:"text"`
}

// The words of an answer.
var (
	tones    = []string{"must", "question", "idea", "praise"}
	verdicts = []string{"approve", "comment", "changes"}
)

// What a review has room for.
const (
	maxComments = 300
	maxText     = 20_000 // characters of a comment or the summary
)

var (
	errMany = problem.New(problem.TooLarge, "codereview_many", "That is more than 300 comments. Put some together; everything saved before is safe.")
	errLong = problem.New(problem.TooLarge, "codereview_long", "A comment or the summary is longer than 20,000 characters. Shorten it; everything saved before is safe.")
)

func (c comment) side() diff.Side {
	if c.Side == "old" {
		return diff.Old
	}
	return diff.New
}

func (c comment) at() diff.At { return diff.At{Side: c.side(), Line: c.Line} }

// claims says whether a comment says that something is not right; praise does not.
func (c comment) claims() bool { return c.Tone != "praise" }

// short is a comment in a line of a list.
func (c comment) short() string {
	first, _, more := strings.Cut(strings.TrimSpace(c.Text), "\n")
	if r := []rune(first); len(r) > 70 {
		return string(r[:70]) + "…"
	}
	if more {
		return first + " …"
	}
	return first
}

// Blank is a review without anything.
func (Kind) Blank(item.Spec) []byte { return encode(answer{}) }

func encode(a answer) []byte {
	raw, err := json.Marshal(a)
	if err != nil {
		return []byte("{}") // strings and numbers only
	}
	return raw
}

// parse reads a body as far as it can be read.
func parse(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return answer{}
	}
	return a
}

var idShape = regexp.MustCompile(`^[a-z0-9]{1,24}$`)

// Check refuses what no page could have sent.
func (Kind) Check(s item.Spec, body []byte) error {
	q := s.(*spec)
	var a answer
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil || d.More() {
		return item.ErrBody
	}
	if a.Verdict != "" && !slices.Contains(verdicts, a.Verdict) || len(a.Viewed) > len(q.files) {
		return item.ErrBody
	}
	if len(a.Comments) > maxComments || len(a.Drafts) > maxComments {
		return errMany
	}
	if utf8.RuneCountInString(a.Summary) > maxText {
		return errLong
	}
	ids := map[string]bool{}
	for _, c := range a.Comments {
		if !idShape.MatchString(c.ID) || ids[c.ID] {
			return item.ErrBody
		}
		ids[c.ID] = true
		if err := q.takes(c); err != nil {
			return err
		}
	}
	for _, c := range a.Drafts {
		if err := q.takes(c); err != nil {
			return err
		}
	}
	for _, name := range a.Viewed {
		if _, ok := q.file(name); !ok {
			return item.ErrBody
		}
	}
	return nil
}

// takes says whether a comment can stand where it stands.
func (q *spec) takes(c comment) error {
	f, ok := q.file(c.File)
	if !ok || !slices.Contains(tones, c.Tone) || c.Side != "" && c.Side != "old" || c.ID != "" && !idShape.MatchString(c.ID) || !f.has(c.at()) {
		return item.ErrBody
	}
	if utf8.RuneCountInString(c.Text) > maxText {
		return errLong
	}
	return nil
}

// Fields of the form. The island writes the whole body into fieldAnswer; without script it is not sent, and the others count.
const (
	fieldAnswer  = "answer"
	fieldSummary = "summary"
	fieldVerdict = "verdict"
	fieldListed  = "listed" // a file whose Viewed box is on the page
	fieldViewed  = "viewed"
	fieldDraftAt = "draft-at" // FILE:L27, with ":ID" where a comment is being changed
	fieldDraft   = "draft-text"
	fieldTone    = "draft-tone"
	fieldDo      = "do" // add, cancel, delete:ID, split, unified
)

// Form makes a body of a posted page. What is not on the page stays as it was.
func (Kind) Form(s item.Spec, before []byte, form url.Values) ([]byte, error) {
	q := s.(*spec)
	a := parse(before)
	if raw := form.Get(fieldAnswer); raw != "" {
		if err := (Kind{}).Check(s, []byte(raw)); err != nil {
			return nil, err
		}
		a = parse([]byte(raw))
	} else {
		if form.Has(fieldSummary) {
			a.Summary = lf(form.Get(fieldSummary))
		}
		if form.Has(fieldVerdict) {
			a.Verdict = form.Get(fieldVerdict)
		}
		for _, name := range form[fieldListed] {
			a.Viewed = slices.DeleteFunc(a.Viewed, func(v string) bool { return v == name })
			if slices.Contains(form[fieldViewed], name) {
				a.Viewed = append(a.Viewed, name)
			}
		}
		if err := q.draft(&a, form); err != nil {
			return nil, err
		}
	}
	what, id, _ := strings.Cut(form.Get(fieldDo), ":")
	switch what {
	case "delete":
		a.Comments = slices.DeleteFunc(a.Comments, func(c comment) bool { return c.ID == id })
		a.Drafts = slices.DeleteFunc(a.Drafts, func(c comment) bool { return c.ID == id })
	case "split", "unified":
		a.Split = what == "split"
	}
	body := encode(a)
	return body, Kind{}.Check(s, body)
}

func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// draft takes the comment form of a page: as a draft, or as a comment when Add was pressed.
func (q *spec) draft(a *answer, form url.Values) error {
	at := form.Get(fieldDraftAt)
	if at == "" {
		return nil
	}
	c, ok := q.parseAt(at)
	if !ok {
		return item.ErrBody
	}
	c.Tone, c.Text = form.Get(fieldTone), lf(form.Get(fieldDraft))
	if c.Tone == "" {
		c.Tone = tones[0]
	}
	do := form.Get(fieldDo)
	a.Drafts = slices.DeleteFunc(a.Drafts, func(d comment) bool {
		return d.File == c.File && d.at() == c.at() && d.ID == c.ID
	})
	switch {
	case do == "cancel" || strings.TrimSpace(c.Text) == "":
	case do == "add":
		a.put(c)
	default:
		a.Drafts = append(a.Drafts, c)
	}
	return nil
}

// put adds a comment, or changes the one it is of.
func (a *answer) put(c comment) {
	for i := range a.Comments {
		if a.Comments[i].ID == c.ID {
			a.Comments[i] = c
			return
		}
	}
	for n := len(a.Comments) + 1; c.ID == "" || slices.ContainsFunc(a.Comments, func(o comment) bool { return o.ID == c.ID }); n++ {
		c.ID = "c" + strconv.Itoa(n)
	}
	a.Comments = append(a.Comments, c)
}

// parseAt reads an address of a comment form, "3L27" or "3L27:c1": the number of the file, side and line, and the comment that is changed.
func (q *spec) parseAt(s string) (comment, bool) {
	s, id, _ := strings.Cut(s, ":")
	i := strings.IndexAny(s, "LR")
	if i < 1 {
		return comment{}, false
	}
	n, err := strconv.Atoi(s[:i])
	line, err2 := strconv.Atoi(s[i+1:])
	if err != nil || err2 != nil || n < 0 || n >= len(q.files) {
		return comment{}, false
	}
	c := comment{ID: id, File: q.files[n].path, Line: line, Tone: tones[0]}
	if s[i] == byte(diff.Old) {
		c.Side = "old"
	}
	return c, q.takes(c) == nil
}

// Answered says whether something is said.
func (Kind) Answered(_ item.Spec, body []byte) bool {
	a := parse(body)
	return len(a.Comments) > 0 || a.Verdict != "" || strings.TrimSpace(a.Summary) != ""
}

// Redact strikes the names from what was written; drafts are the candidate's own and go.
func (Kind) Redact(_ item.Spec, body []byte, names []string) []byte {
	a := parse(body)
	a.Summary, a.Drafts = item.Strike(a.Summary, names), nil
	a.Comments = slices.Clone(a.Comments)
	for i := range a.Comments {
		a.Comments[i].Text = item.Strike(a.Comments[i].Text, names)
	}
	return encode(a)
}

// Label names a line ("f0L27") or a comment ("c-c1").
func (Kind) Label(s item.Spec, body []byte, anchor string) (string, bool) {
	q := s.(*spec)
	if id, ok := strings.CutPrefix(anchor, "c-"); ok {
		for _, c := range parse(body).Comments {
			if c.ID == id {
				return toneWord(c.Tone) + ", " + base(c.File) + " " + strconv.Itoa(c.Line), true
			}
		}
		return "", false
	}
	c, ok := q.parseAt(strings.TrimPrefix(anchor, "f"))
	if !ok || c.ID != "" || !strings.HasPrefix(anchor, "f") {
		return "", false
	}
	return base(c.File) + " line " + strconv.Itoa(c.Line), true
}

func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// toneWord is a tone on staff pages; candidates' are message keys.
func toneWord(t string) string {
	return map[string]string{"must": "Must fix", "question": "Question", "idea": "Idea", "praise": "Praise"}[t]
}

func verdictWord(v string) string {
	return map[string]string{"approve": "Approve", "comment": "Comment only", "changes": "Ask for changes", "": "No verdict"}[v]
}
