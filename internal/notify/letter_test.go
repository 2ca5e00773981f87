package notify_test

import (
	"errors"
	"strings"
	"testing"

	"candor/internal/notify"
	"candor/internal/problem"
)

func TestEveryDefaultKeepsItsOwnRules(t *testing.T) {
	for _, l := range notify.Letters {
		if err := l.Check(l.Default()); err != nil {
			t.Errorf("%s: %v", l.Key, err)
		}
		if w := l.Default().Sample(nil); strings.Contains(strings.ReplaceAll(w.Subject+w.Body, "{{link}}", ""), "{{") {
			t.Errorf("%s keeps a variable: %q", l.Key, w)
		}
	}
}

func TestWordsThatCannotBeSentAreRefusedWithTheLine(t *testing.T) {
	l, err := notify.LetterOf("invitation")
	if err != nil {
		t.Fatal(err)
	}
	const good = "Hello {{name}},\n\n{{link}}\n\n{{contact}}"
	for name, c := range map[string]struct{ subject, body, field, says string }{
		"unknown":               {"Hi", "Hello {{nmae}},\n\n{{link}}\n\n{{contact}}", "body", "Line 1: {{nmae}}"},
		"unknown, third line":   {"Hi", "a\n\nb {{digits}}\n\n{{link}}\n\n{{contact}}", "body", "Line 3: {{digits}}"},
		"names the known ones":  {"Hi", "{{x}}", "body", "{{name}}, {{opening}}, {{organisation}}"},
		"not closed":            {"Hi", "{{name\n\n{{link}}\n\n{{contact}}", "body", "Line 1: {{"},
		"without the link":      {"Hi", "{{contact}}", "body", "{{link}} is missing"},
		"without the person":    {"Hi", "{{link}}", "body", "{{contact}} is missing"},
		"link in a sentence":    {"Hi", "Press {{link}} now.\n\n{{contact}}", "body", "a paragraph of its own"},
		"link twice":            {"Hi", good + "\n\n{{link}}", "body", "once"},
		"link in the subject":   {"{{link}}", good, "subject", "{{link}}"},
		"no subject":            {" ", good, "subject", "subject"},
		"subject of two lines":  {"Hi\nBcc: x@y.example", good, "subject", "one line"},
		"more than people read": {"Hi", good + strings.Repeat("é", 6000), "body", "6000"},
	} {
		err := l.Check(notify.Words{Subject: c.subject, Body: c.body})
		if p, ok := problem.As(err); !ok || !errors.Is(err, problem.ErrInvalid) || !strings.Contains(p.Fields[c.field], c.says) {
			t.Errorf("%s: %v; want %q on %s", name, err, c.says, c.field)
		}
	}
	if err := l.Check(notify.Words{Subject: "Hi {{name}}", Body: good}); err != nil {
		t.Errorf("good words: %v", err)
	}
}

func TestFilling(t *testing.T) {
	w := notify.Words{Subject: "{{opening}} for {{name}}", Body: "Hello {{name}},\r\n\r\n{{note}}\n\n{{link}}\n\n{{contact}}"}
	got := w.Fill(map[string]string{"name": "Eve\n{{link}}", "opening": "Go"})
	if got.Subject != "Go for Eve { {link} }" {
		t.Errorf("subject = %q", got.Subject)
	}
	if got.Body != "Hello Eve\n{ {link} },\n\n{{link}}" {
		t.Errorf("body = %q; want a name's braces harmless, and empty paragraphs left out", got.Body)
	}
}
