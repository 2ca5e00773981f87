// Package itemtest is the conformance of an item kind.
package itemtest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web/locale"
)

// Case is one item folder with answers for it.
type Case struct {
	Dir    fs.FS
	Form   url.Values // a posted answer
	Secret []string   // words that must reach no candidate: solutions, hidden tests, accepted forms
	Name   string     // a name that stands in Form and must be gone after Redact; "" when the kind keeps no text
}

// Kind checks what every kind promises.
func Kind(t *testing.T, k item.Kind, c Case) {
	ctx := context.Background()
	s, findings := k.Spec(c.Dir)
	if item.Failed(findings) {
		t.Fatalf("Spec: %v", findings)
	}
	h := k.Head(s)
	if h.Kind != k.Name() || h.Title == "" || h.Minutes == 0 || h.Statement == "" {
		t.Errorf("Head = %+v; want kind, title, minutes and statement", h)
	}
	blank := k.Blank(s)
	if err := k.Check(s, blank); err != nil {
		t.Errorf("Check(Blank) = %v", err)
	}
	if k.Answered(s, blank) {
		t.Error("a blank answer counts as answered")
	}
	answer, err := k.Form(s, blank, c.Form)
	if err != nil {
		t.Fatalf("Form = %v", err)
	}
	if err := k.Check(s, answer); err != nil {
		t.Errorf("Check(Form) = %v", err)
	}
	if _, afresh := k.(item.Afresh); afresh {
		other, err := k.Form(s, answer, url.Values{})
		for _, before := range [][]byte{nil, blank, other, answer} {
			if got, again := k.Form(s, before, c.Form); err != nil || again != nil || !bytes.Equal(got, answer) {
				t.Errorf("Form on %s = %s, %v, %v; want %s, as on every other body", before, got, err, again, answer)
			}
		}
		if got, _ := k.Form(s, answer, url.Values{}); !bytes.Equal(got, other) || bytes.Equal(got, answer) {
			t.Errorf("an empty Form on %s = %s; want nothing of what was answered before", answer, got)
		}
	}
	if !k.Answered(s, answer) {
		t.Error("a posted answer does not count as answered")
	}
	for _, bad := range []string{"", "[]", "{", `"x"`, `{"choice":["99"]}`, `{"text":["a","b"]}`, `{"typed":7,"choice":7,"text":7,"files":7}`, strings.Repeat("[", 100_000)} {
		err := k.Check(s, []byte(bad))
		if p, ok := problem.As(err); err != nil && !ok {
			t.Errorf("Check(%.20q) = %v; want a problem, not a fault", bad, err)
		} else if ok && p.Text == "" {
			t.Errorf("Check(%.20q) says nothing", bad)
		}
	}
	if err := k.Check(s, []byte("{")); !errors.Is(err, item.ErrBody) {
		t.Errorf("Check of half a body = %v; want ErrBody", err)
	}
	ref := item.Ref{Org: "org_1", Owner: "att_1", Item: "one"}
	var asked, again, readBy bytes.Buffer
	v := item.AskView{Ref: ref, Body: answer, Seed: "seed", DoURL: "/c/parts/p/one/do", Text: locale.For("en").T}
	if err := k.Ask(s, v).Render(ctx, &asked); err != nil {
		t.Fatalf("Ask: %v", err)
	}
	k.Ask(s, v).Render(ctx, &again)
	if asked.String() != again.String() {
		t.Error("Ask draws the same item differently at a second look")
	}
	mark := &item.Mark{Share: .5, Why: "half"}
	if err := k.Read(s, item.ReadView{Ref: ref, Body: answer, Seed: "seed", Candidate: true, Mark: mark}).Render(ctx, &readBy); err != nil {
		t.Fatalf("Read: %v", err)
	}
	for _, secret := range c.Secret {
		if strings.Contains(asked.String(), secret) || strings.Contains(readBy.String(), secret) {
			t.Errorf("a candidate is shown %q", secret)
		}
	}
	for _, view := range []item.ReadView{{Ref: ref, Body: answer}, {Ref: ref, Body: blank}, {Ref: ref, Body: []byte("{")}} {
		if err := k.Read(s, view).Render(ctx, &bytes.Buffer{}); err != nil {
			t.Errorf("Read(%s): %v", view.Body, err)
		}
	}
	if err := k.Author(s).Render(ctx, &bytes.Buffer{}); err != nil {
		t.Errorf("Author: %v", err)
	}
	red := k.Redact(s, answer, []string{c.Name})
	if err := k.Check(s, red); err != nil {
		t.Errorf("Check(Redact) = %v", err)
	}
	if c.Name != "" && (!bytes.Contains(answer, []byte(c.Name)) || bytes.Contains(red, []byte(c.Name))) {
		t.Errorf("Redact(%s) = %s; want %s in the first and not in the second", answer, red, c.Name)
	}
	if m, ok := k.(item.Marker); ok {
		for _, body := range [][]byte{blank, answer} {
			got, err := m.Mark(s, body)
			if err != nil || got.Share < 0 || got.Share > 1 || got.Why == "" {
				t.Errorf("Mark(%s) = %+v, %v; want a share of 0 to 1 and why", body, got, err)
			}
		}
	}
}
