// Package media tells what a recording is and makes of it what plays everywhere, with ffmpeg inside the sandbox: without a network, with the demuxer
// that our own look at the content chose and with no other, in bounded time, memory and output. What ffmpeg reads was made by strangers.
//
// A browser's recording has no length and cannot be sought in, and its device may have lost a piece of it. Make copies its streams into a file that
// has an index at its beginning, and tells what it is: how long, how large, whether there is sound and picture, how loud. What is damaged is kept as
// far as it can be read, and [Loss] says what is lost.
package media

import (
	"time"

	"candor/internal/problem"
)

// ErrMissing: there is no ffmpeg here, or no sandbox to run it in.
var ErrMissing = problem.New(problem.Unavailable, "media_missing", "This recording plays as it was sent: jumping in it may be slow, and its length is not known. Whoever runs this server can install ffmpeg.")

// Loss is what of a recording is lost.
type Loss string

// The losses.
const (
	Whole     Loss = ""
	Beginning Loss = "beginning"
	Middle    Loss = "middle"
	End       Loss = "end"
	All       Loss = "all" // nothing of it can be read
)

// Text says it in a sentence.
func (l Loss) Text() string {
	switch l {
	case Beginning:
		return "The beginning of this recording is lost, and without it the rest cannot be played."
	case Middle:
		return "A piece in the middle of this recording is lost. What is before and after it plays."
	case End:
		return "The end of this recording is lost. What came before it plays."
	case All:
		return "Nothing of this recording can be played."
	}
	return ""
}

// Facts are what is known of a recording.
type Facts struct {
	Lost           Loss
	Length         time.Duration
	Width, Height  int // pixels as shown; 0 without picture
	Sound, Picture bool
	Gain           float64 // dB to add for Loudness; 0 where there is no sound or its loudness is unknown
	Peaks          []byte  // of the sound's wave, 0..255, evenly over Length, at most 400; nil without sound
}

// Made is what Make makes.
type Made struct {
	Facts
	Play   []byte // what plays; nil when nothing does
	Type   string // of Play: WebM, MP4 or Ogg
	Poster []byte // a JPEG; nil without picture
}
