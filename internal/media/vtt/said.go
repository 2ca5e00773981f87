package vtt

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxSaid is how many pieces a transcript has.
const maxSaid = 2000

var place = regexp.MustCompile(`^(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)(?:\s+|$)`)

// Said reads a transcript as people write it: a line that begins with a time ("0:12 We ...") begins a piece; all other lines belong to the
// piece before. Times that go back are words. The To of the last piece is 0: it ends with the recording.
func Said(text string) []Cue {
	var out []Cue
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		m := place.FindStringSubmatch(line)
		var at time.Duration
		if m != nil {
			n := func(i int) time.Duration { v, _ := strconv.Atoi(m[i]); return time.Duration(v) }
			at = n(1)*time.Hour + n(2)*time.Minute + n(3)*time.Second
		}
		last := len(out) - 1
		switch {
		case line == "":
		case m != nil && (last < 0 || at >= out[last].From) && len(out) < maxSaid:
			out = append(out, Cue{From: at, Text: line[len(m[0]):]})
		case last < 0:
			out = append(out, Cue{Text: line})
		default:
			out[last].Text = strings.TrimSpace(out[last].Text + " " + line)
		}
	}
	for i := range out[:max(0, len(out)-1)] {
		out[i].To = max(out[i+1].From, out[i].From+time.Second)
	}
	return out
}

// Transcript writes captions as people read and correct them: what [Said] reads.
func Transcript(cues []Cue) string {
	var b strings.Builder
	for _, c := range cues {
		fmt.Fprintf(&b, "%s %s\n", Clock(c.From), c.Text)
	}
	return b.String()
}

// Clock is a place in a recording: 1:05, 1:00:05.
func Clock(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Written reads captions as somebody typed or pasted them: a WebVTT file, lines that begin with a time, or a plain text, which is spread over a
// recording of this length. ErrInvalid.
func Written(text string, length time.Duration) ([]Cue, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, mark))
	if strings.HasPrefix(text, header) {
		return Parse([]byte(text))
	}
	timed := false
	for line := range strings.SplitSeq(text, "\n") {
		timed = timed || place.MatchString(strings.TrimSpace(line))
	}
	cues := Plain(text, length)
	if timed {
		cues = Said(text)
		if last := len(cues) - 1; cues[last].To == 0 {
			cues[last].To = max(length, cues[last].From+pause)
		}
	}
	return Parse([]byte(Format(cues)))
}
