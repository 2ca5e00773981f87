package video

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/media/vtt"
	"candor/internal/recording"
	"candor/internal/upload"
	"candor/internal/web/ui/recorder"
	"candor/internal/web/ui/spoken"
)

// page is the candidate's page.
type page struct {
	*spec
	item.AskView
	md *markdown.Markdown
	a  answer
}

func (p page) t(key string, pairs ...any) string { return p.Text("video."+key, pairs...) }

// span is a number of seconds in the page's language.
func (p page) span(seconds int) string {
	if seconds < 60 || seconds%60 != 0 && seconds < 120 {
		return p.t("seconds", "n", seconds)
	}
	return p.t("minutes", "n", (seconds+30)/60)
}

// works says whether something can be recorded here: not in a preview, not after the end.
func (p page) works() bool { return p.Terms != "" && p.DoURL != "" && !p.ReadOnly }

func (p page) agreed() bool { return p.a.Held != nil && p.a.Held.Agreed }

func (p page) takesID() string { return "takes-" + p.Ref.Item }

func (p page) do(action string) string { return p.DoURL + "/" + action }

// used is how many of the takes are used up.
func (p page) used() (n int) {
	if p.a.Held == nil {
		return 0
	}
	for _, t := range p.a.Held.Takes {
		if t.Uses() {
			n++
		}
	}
	return n
}

// others are the ways that somebody may change to.
func (p page) others() []string {
	return slices.DeleteFunc(p.ways(), func(w string) bool { return w == p.a.way() })
}

// recorder is where this answer is recorded.
func (p page) recorder() recorder.View {
	return recorder.View{Item: p.Ref.Item, Way: p.a.way(), Do: p.DoURL, Sitting: p.Ref.Sitting, Length: p.Length, Soft: p.Soft, List: p.takesID(), Text: p.t}
}

// told says whether the question is a recording too, and there is where to get it.
func (p page) told() bool { return p.Prompt.File != "" && p.File != nil }

// spoken is the question as somebody says it.
func (p page) spoken() spoken.View {
	v := spoken.View{Src: p.File(p.Prompt.File), Picture: true, Words: p.captions, Name: p.t("asked_aloud"), Said: p.t("asked_words")}
	if p.Prompt.Captions != "" {
		v.Captions = p.File(p.Prompt.Captions)
	} else {
		v.Words = vtt.Plain(p.Prompt.Text, 0)
	}
	return v
}

// state is a take in words, and their tone.
func (p page) state(t take) (text, tone string) {
	ready := t.File != nil && t.File.Media.State == upload.Ready
	switch {
	case t.State == recording.Failed && t.Reason == "damaged":
		return p.t("is_damaged"), "bad"
	case t.State == recording.Failed:
		return p.t("is_failed"), "bad"
	case t.State == recording.Running:
		return p.t("is_running"), ""
	case t.State == recording.Stopped:
		return p.t("is_coming"), ""
	case t.File != nil && t.File.Media.State == upload.Damaged:
		return p.t("is_partly"), "warn"
	case t.Late:
		return p.t("is_late"), "warn"
	case t.Cut:
		return p.t("is_cut"), "warn"
	case ready && len(t.Made) > 0:
		return p.t("is_captioned"), "ok"
	}
	return p.t("is_sent"), "ok"
}

// said is what stands in a take's transcript.
func (p page) said(t take) string {
	if text := p.a.Said[t.ID]; text != "" {
		return text
	}
	return t.Made.said()
}

// reading is the answer as it is read.
type reading struct {
	*spec
	item.ReadView
	md *markdown.Markdown
	a  answer
}

// facts are what there is to know of a take before its words.
func (v reading) facts(t take) string {
	how := map[recording.Way]string{recording.Video: "Recorded with the camera", recording.Sound: "Recorded in sound alone", recording.Screen: "The screen, with the voice"}[t.Way]
	return fmt.Sprintf("%s, %s", how, clockText(t.length()))
}

// notes are what a reader should know about a take and must not hold against anybody.
func (v reading) notes(t take) (out []string) {
	if t.Cut {
		out = append(out, "The page or the device went away in the middle of this take. That is nobody’s fault and decides nothing.")
	}
	if t.Late {
		out = append(out, "This was recorded after the end of the part.")
	}
	if t.State != recording.Sent {
		out = append(out, "The recording is still on its way from the candidate’s device.")
	}
	if t.File != nil && t.File.State == upload.Gone {
		out = append(out, "The recording was deleted when its time was over. What is said in it is kept with the answers.")
	}
	if t.File != nil && (t.File.Media.State == upload.Damaged || t.File.Media.State == upload.Missing && v.play(t) != "") {
		out = append(out, t.File.Media.Why)
	}
	return out
}

// play is the address of the recording, and poster of a picture of it; "" where there is none for this reader. A blind one is given none that has a
// picture, whatever the page shows.
func (v reading) play(t take) string {
	if v.Blind && t.Way != recording.Sound {
		return ""
	}
	return t.link(v.Link, upload.Play)
}

func (v reading) poster(t take) string {
	if v.Blind || t.File == nil || !t.File.Media.Poster {
		return ""
	}
	return t.link(v.Link, upload.Poster)
}

func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
