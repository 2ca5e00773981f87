package vtt_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/media/vtt"
	"candor/internal/problem"
)

func s(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func TestParse(t *testing.T) {
	got, err := vtt.Parse([]byte("\ufeffWEBVTT - made by hand\r\n\r\nNOTE nothing\r\n\r\nSTYLE\r\n::cue { color: url(https://evil.example) }\r\n\r\n" +
		"first\r\n00:01.000 --> 00:02.500 position:10%\r\n<v Anna>I kept <b>one</b> lock &amp; two\r\nqueues.\r\n\r\n" +
		"01:00:00.000 --> 01:00:01.000\r\n<script>alert(1)</script>\u202e\r\n\r\n00:00.000 --> 00:01.000\r\n<img src=x onerror=alert(1)\r\n\r\n00:00.000 --> 00:01.000\r\nHello"))
	want := []vtt.Cue{{s(0), s(1), "Hello"}, {s(1), s(2.5), "I kept one lock & two\nqueues."}, {s(3600), s(3601), "alert(1)"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Parse = %q, %v; want %q", got, err, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"a page":            {"<script>alert(1)</script>", "Line 1"},
		"a longer word":     {"WEBVTTX\n", "Line 1"},
		"times backwards":   {"WEBVTT\n\n00:02.000 --> 00:01.000\nx", "Line 3"},
		"no time":           {"WEBVTT\n\na\n00:02.000 -->\nx", "Line 4"},
		"minutes over 59":   {"WEBVTT\n\n00:75:00.000 --> 00:76:00.000\nx", "Line 3"},
		"a book in one cue": {"WEBVTT\n\n00:01.000 --> 00:02.000\n" + strings.Repeat("a", vtt.MaxText+1), "Line 4"},
		"not text":          {"WEBVTT\n\xff", "UTF-8"},
		"a zero byte":       {"WEBVTT\n\x00", "UTF-8"},
		"too large":         {"WEBVTT\n" + strings.Repeat("\n", vtt.MaxBytes), "larger"},
		"too many":          {"WEBVTT\n\n" + strings.Repeat("00:01.000 --> 00:02.000\nx\n\n", vtt.MaxCues+1), "more than"},
		"a day":             {"WEBVTT\n\n00:01.000 --> 25:00:00.000\nx", "Line 3"},
	} {
		_, err := vtt.Parse([]byte(c.file))
		p, _ := problem.As(err)
		if !errors.Is(err, vtt.ErrInvalid) || !strings.Contains(p.Fields["captions"], c.says) {
			t.Errorf("%s = %v; want ErrInvalid that says %q", name, err, c.says)
		}
	}
}

func TestPlain(t *testing.T) {
	got := vtt.Plain("One two. Three!\n"+strings.Repeat("word ", 30), 10*time.Second)
	if len(got) != 4 || got[0].Text != "One two." || got[0].From != 0 || got[3].To != 10*time.Second {
		t.Errorf("Plain = %q", got)
	}
	for i, c := range got {
		if c.To <= c.From || i > 0 && c.From != got[i-1].To {
			t.Errorf("cue %d is from %s to %s", i, c.From, c.To)
		}
	}
	if got := vtt.Plain("", time.Second); len(got) != 0 {
		t.Errorf("Plain of nothing = %q", got)
	}
}

// What was written is read as it was, whatever it was made of; nothing that is written has a tag in it.
func FuzzParse(f *testing.F) {
	f.Add([]byte("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Hello &lt;b&gt;\n"))
	f.Add([]byte("WEBVTT\n\nx\n100:00:00.000 --> 101:00:00.000\n&amp;lt;\n-->\n"))
	f.Add([]byte("WEBVTT\n\n00:00.000 --> 00:01.000\na\n --> b &#10;&#10; c"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cues, err := vtt.Parse(raw)
		if err != nil {
			return
		}
		text := vtt.Format(cues)
		if strings.Contains(text, "<") {
			t.Fatalf("written with a tag: %q", text)
		}
		again, err := vtt.Parse([]byte(text))
		if err != nil {
			t.Fatalf("what was written is refused: %v\n%s", err, text)
		}
		same := slices.EqualFunc(cues, again, func(a, b vtt.Cue) bool {
			return a.From == b.From && a.To == b.To && strings.Join(strings.Fields(a.Text), " ") == strings.Join(strings.Fields(b.Text), " ")
		})
		if !same {
			t.Fatalf("Parse, Format, Parse = %q; want %q", again, cues)
		}
	})
}
