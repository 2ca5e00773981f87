package video

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"candor/internal/media/vtt"
)

// captions are what is said in a recording, in its order. A To of 0 is where the next one begins, or the end.
type captions []vtt.Cue

// maxSaid is how many characters a transcript has.
const maxSaid = 100_000

// readSaid reads a transcript as people write it.
func readSaid(text string) captions { return vtt.Said(text) }

// said writes captions as people read and correct them.
func (cs captions) said() string { return vtt.Transcript(cs) }

// clockText is a place in a recording: 1:05, 1:00:05.
func clockText(d time.Duration) string { return vtt.Clock(d) }

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
