package video

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"candor/internal/media/vtt"
)

// captions are what is said in a recording, in its order. A To of 0 is where the next one begins, or the end.
type captions []vtt.Cue

// Limits of a transcript.
const (
	maxCues = 2000
	maxSaid = 100_000 // characters
)

var stamp = regexp.MustCompile(`^(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)(?:\s+|$)`)

// readSaid reads a transcript as people write it: a line that begins with a time ("0:12 We ...") begins a piece; all other lines belong to the
// piece before. Times that go back are words.
func readSaid(text string) captions {
	var out captions
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		m := stamp.FindStringSubmatch(line)
		var at time.Duration
		if m != nil {
			n := func(i int) time.Duration { v, _ := strconv.Atoi(m[i]); return time.Duration(v) }
			at = n(1)*time.Hour + n(2)*time.Minute + n(3)*time.Second
		}
		last := len(out) - 1
		switch {
		case line == "":
		case m != nil && (last < 0 || at >= out[last].From) && len(out) < maxCues:
			out = append(out, vtt.Cue{From: at, Text: line[len(m[0]):]})
		case last < 0:
			out = append(out, vtt.Cue{Text: line})
		default:
			out[last].Text = strings.TrimSpace(out[last].Text + " " + line)
		}
	}
	for i := range out[:max(0, len(out)-1)] {
		out[i].To = max(out[i+1].From, out[i].From+time.Second)
	}
	return out
}

// said writes captions as people read and correct them.
func (cs captions) said() string {
	var b strings.Builder
	for _, c := range cs {
		fmt.Fprintf(&b, "%s %s\n", clockText(c.From), c.Text)
	}
	return b.String()
}

// clockText is a place in a recording: 1:05, 1:00:05.
func clockText(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// place is a range of whole seconds that evidence points to: "t12-18".
type place struct{ From, To int }

var placeShape = regexp.MustCompile(`^t(\d{1,5})-(\d{1,5})$`)

func parsePlace(s string) (place, bool) {
	m := placeShape.FindStringSubmatch(s)
	if m == nil {
		return place{}, false
	}
	from, _ := strconv.Atoi(m[1])
	to, _ := strconv.Atoi(m[2])
	return place{from, to}, to > from
}

func (p place) String() string { return fmt.Sprintf("t%d-%d", p.From, p.To) }

func (p place) words() string {
	return clockText(time.Duration(p.From)*time.Second) + " to " + clockText(time.Duration(p.To)*time.Second)
}

// placeOf is where a piece is in a recording of a length.
func placeOf(c vtt.Cue, end time.Duration) place {
	to := c.To
	if to == 0 {
		to = max(end, c.From+time.Second)
	}
	p := place{int(c.From / time.Second), int((to + time.Second - 1) / time.Second)}
	p.To = max(p.To, p.From+1)
	return p
}
