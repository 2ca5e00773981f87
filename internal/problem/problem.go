// Package problem is what a person may read when something did not work: a kind, a stable code and one calm sentence that
// says what to do. Everything else that goes wrong is a fault of ours and is logged, not shown.
package problem

import (
	"errors"
	"maps"
)

// Kind is the sort of problem; only web/status.go knows which HTTP status that is.
type Kind string

const (
	Invalid     Kind = "invalid"     // what was sent does not fit; Fields says where
	Missing     Kind = "missing"     // not there, or not for this person
	Conflict    Kind = "conflict"    // not in this state
	Forbidden   Kind = "forbidden"   // there, visible, but not for this role
	SignIn      Kind = "sign_in"     // the session is over
	TooMany     Kind = "too_many"    // slow down
	TooLarge    Kind = "too_large"   // more than the limit
	Unavailable Kind = "unavailable" // part of the installation is down; nothing was lost
	Full        Kind = "full"        // no room on the disk
)

// Problem is comparable by its code with errors.Is, also after With and On made a copy of it.
type Problem struct {
	Kind   Kind
	Code   string            // stable, snake_case; the key of its translation
	Text   string            // one sentence in English
	Fields map[string]string // field name -> what is wrong with it
	Facts  map[string]string // machine-readable details, never secret
}

// New makes the problem that a package keeps in a variable.
func New(kind Kind, code, text string) *Problem {
	return &Problem{Kind: kind, Code: code, Text: text}
}

// Error gives the code and the sentence.
func (p *Problem) Error() string { return p.Code + ": " + p.Text }

// Is makes errors.Is compare codes.
func (p *Problem) Is(target error) bool {
	var q *Problem
	return errors.As(target, &q) && q.Code == p.Code
}

// On is a copy that says what is wrong with one field.
func (p *Problem) On(field, text string) *Problem {
	c := *p
	c.Fields = maps.Clone(p.Fields)
	if c.Fields == nil {
		c.Fields = map[string]string{}
	}
	c.Fields[field] = text
	return &c
}

// At is what is wrong with one field; "" nothing, also of no problem at all.
func (p *Problem) At(field string) string {
	if p == nil {
		return ""
	}
	return p.Fields[field]
}

// With is a copy with a machine-readable fact.
func (p *Problem) With(key, value string) *Problem {
	c := *p
	c.Facts = maps.Clone(p.Facts)
	if c.Facts == nil {
		c.Facts = map[string]string{}
	}
	c.Facts[key] = value
	return &c
}

// Saying is a copy with another sentence.
func (p *Problem) Saying(text string) *Problem {
	c := *p
	c.Text = text
	return &c
}

// ErrInvalid is the problem for input that does not fit; use On to say where.
var ErrInvalid = New(Invalid, "invalid", "Some of this needs another look. Nothing was lost.")

// Field is ErrInvalid about one field.
func Field(field, text string) *Problem { return ErrInvalid.On(field, text) }

// Shown is the problem of an error that a page shows beside its fields; nil where there is none. A fault comes back as it is.
func Shown(err error) (*Problem, error) {
	p, ok := As(err)
	if err != nil && !ok {
		return nil, err
	}
	return p, nil
}

// As finds the problem in an error; ok is false when it is a fault.
func As(err error) (p *Problem, ok bool) {
	ok = errors.As(err, &p)
	return p, ok
}
