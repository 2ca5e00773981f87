// Package vtt reads and writes captions as WebVTT (https://www.w3.org/TR/webvtt1/), of strangers too: what comes out is times and plain text, whatever
// came in. Tags, styles, regions, notes and settings of cues are left out.
package vtt

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"candor/internal/problem"
)

// Cue is one caption.
type Cue struct {
	From, To time.Duration // within the recording
	Text     string        // plain; lines between \n
}

// Limits of a file.
const (
	MaxBytes = 2 << 20
	MaxCues  = 10_000
	MaxText  = 1000                  // characters of one cue
	MaxTime  = 24 * time.Hour        //
	pause    = 3 * time.Second       // of a cue whose recording's length is unknown
	reading  = 80                    // characters of a cue that Plain makes
	header   = "WEBVTT"              // section 4.1
	arrow    = "-->"                 // section 4.1
	mark     = "\ufeff"              // byte order mark
	stamp    = "%02d:%02d:%02d.%03d" // section 4.1, WebVTT timestamp
)

// ErrInvalid: this is no WebVTT, or more than anybody says. Fields: captions, which names the line.
var ErrInvalid = problem.New(problem.Invalid, "captions_invalid", "We could not read these captions. They are kept as they were before.")

func bad(line int, format string, args ...any) error {
	return ErrInvalid.On("captions", fmt.Sprintf("Line %d: ", line)+fmt.Sprintf(format, args...))
}

// Parse reads a file; cues come in the order of their times. ErrInvalid.
func Parse(raw []byte) ([]Cue, error) {
	if len(raw) > MaxBytes {
		return nil, ErrInvalid.On("captions", "This file is larger than captions are.")
	}
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, ErrInvalid.On("captions", "This is not text in UTF-8.")
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(raw), mark))
	lines := strings.Split(text, "\n")
	if first := lines[0]; first != header && !strings.HasPrefix(first, header+" ") && !strings.HasPrefix(first, header+"\t") {
		return nil, bad(1, "a WebVTT file begins with %s.", header)
	}
	var out []Cue
	for i := 1; i < len(lines); {
		begin := i
		for i < len(lines) && lines[i] != "" {
			i++
		}
		if c, ok, err := cue(lines[begin:i], begin+1); err != nil {
			return nil, err
		} else if ok {
			out = append(out, c)
		}
		if len(out) > MaxCues {
			return nil, bad(begin+1, "more than %d captions.", MaxCues)
		}
		i++
	}
	slices.SortStableFunc(out, func(a, b Cue) int { return cmp.Compare(a.From, b.From) })
	return out, nil
}

// cue reads a block; ok is false for one that is no cue. line is the number of its first line.
func cue(block []string, line int) (c Cue, ok bool, err error) {
	at := slices.IndexFunc(block, func(s string) bool { return strings.Contains(s, arrow) })
	if at < 0 || at > 1 { // a note, a style, a region; the line before the times is a name
		return c, false, nil
	}
	from, rest, _ := strings.Cut(block[at], arrow)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return c, false, bad(line+at, "a time is missing after %s.", arrow)
	}
	if c.From, ok = moment(strings.TrimSpace(from)); ok {
		c.To, ok = moment(fields[0])
	}
	if !ok || c.To <= c.From || c.To > MaxTime {
		return c, false, bad(line+at, "times are written 00:01:02.500 %s 00:01:04.000, the earlier one first.", arrow)
	}
	c.Text = plain(strings.Join(block[at+1:], "\n"))
	if utf8.RuneCountInString(c.Text) > MaxText {
		return c, false, bad(line+at+1, "a caption has at most %d characters.", MaxText)
	}
	return c, c.Text != "", nil
}

var timestamp = regexp.MustCompile(`^(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})$`)

func moment(s string) (time.Duration, bool) {
	m := timestamp.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n := func(i int) time.Duration { v, _ := strconv.Atoi("0" + m[i]); return time.Duration(v) } // digits
	return n(1)*time.Hour + n(2)*time.Minute + n(3)*time.Second + n(4)*time.Millisecond, true
}

// tag is a tag of a cue's text, closed or not.
var tag = regexp.MustCompile(`<[^>]*>?`)

// plain is the text of a cue without tags, entities and characters that are not shown.
func plain(s string) string {
	s = html.UnescapeString(tag.ReplaceAllString(s, ""))
	s = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Format writes cues as a file.
func Format(cues []Cue) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for _, c := range cues {
		lines := slices.DeleteFunc(strings.Split(c.Text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
		fmt.Fprintf(&b, "\n%s %s %s\n%s\n", written(c.From), arrow, written(c.To), escape.Replace(strings.Join(lines, "\n")))
	}
	return b.String()
}

func written(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf(stamp, ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// Plain makes captions of a text that somebody typed without times: a sentence each, at most as long as can be read at once, spread over a recording
// of this length by their letters. 0 is an unknown length.
func Plain(text string, length time.Duration) []Cue {
	var parts []string
	letters := 0
	for _, line := range strings.Split(plain(text), "\n") {
		for _, p := range sentences(line) {
			parts = append(parts, p)
			letters += utf8.RuneCountInString(p)
		}
	}
	if length <= 0 {
		length = pause * time.Duration(len(parts))
	}
	length = min(length, MaxTime)
	var out []Cue
	said := 0
	for _, p := range parts[:min(len(parts), MaxCues)] {
		from := length * time.Duration(said) / time.Duration(letters)
		said += utf8.RuneCountInString(p)
		out = append(out, Cue{from.Truncate(time.Millisecond), (length * time.Duration(said) / time.Duration(letters)).Truncate(time.Millisecond), p})
	}
	return slices.DeleteFunc(out, func(c Cue) bool { return c.To <= c.From })
}

// sentences cuts a line after each end of a sentence, and where it becomes too long to be read.
func sentences(line string) (out []string) {
	var now []string
	n := 0
	flush := func() {
		if len(now) > 0 {
			out = append(out, strings.Join(now, " "))
		}
		now, n = nil, 0
	}
	for _, w := range strings.Fields(line) {
		for utf8.RuneCountInString(w) > MaxText {
			flush()
			r := []rune(w)
			out, w = append(out, string(r[:MaxText])), string(r[MaxText:])
		}
		if n+utf8.RuneCountInString(w) > reading {
			flush()
		}
		now, n = append(now, w), n+utf8.RuneCountInString(w)+1
		if strings.ContainsAny(w[len(w)-1:], ".!?") {
			flush()
		}
	}
	flush()
	return out
}
