package video

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"candor/internal/item"
	"candor/internal/media/vtt"
	"candor/internal/recording"
)

// spec is item.yaml.
type spec struct {
	item.Common `yaml:",inline"`
	Length      int      `yaml:"length" schema:"required,min=10,max=1800" doc:"How many seconds a recording may be. Pauses do not count."`
	Soft        int      `yaml:"soft" schema:"min=0,max=1800" doc:"From how many seconds on the page says quietly how much is left. Three quarters of the length where it is left out."`
	Think       int      `yaml:"think" schema:"min=0,max=3600" doc:"How many seconds to think are suggested. Nothing starts by itself when they are over."`
	Takes       int      `yaml:"takes" schema:"min=0,max=10" doc:"How many takes a candidate may make; they choose which one counts. 3 where it is left out."`
	Screen      bool     `yaml:"screen" doc:"The screen may be recorded, with the voice: for a walk through one's own code."`
	Ways        []string `yaml:"ways" schema:"max=2" doc:"The other ways to answer, scored alike: written and sound. Both where it is left out; written is always among them."`
	Prompt      prompt   `yaml:"prompt" doc:"The question as a recording, in a file of this folder. The statement stands beside it."`

	recording []byte
	captions  captions
}

// prompt is the question as somebody says it.
type prompt struct {
	File     string `yaml:"file" doc:"A .webm or .mp4 file of at most 20 MB."`
	Captions string `yaml:"captions" doc:"Its captions, a .vtt file."`
	Text     string `yaml:"text" doc:"What is said in it, where there are no captions."`
}

// What an item has when its author says nothing.
const (
	defaultTakes = 3
	maxPrompt    = 20 << 20
)

// written is the way that needs no device, and that nobody can take away: it is no recording.
const written = "written"

// types of prompt files, by their extension.
var types = map[string]string{"webm": "video/webm", "mp4": "video/mp4"}

// Spec reads item.yaml and the prompt's files.
func (Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) {
	s := &spec{}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	out = append(out, s.Check(dir, d)...)
	if s.Length < 10 || s.Length > 1800 {
		out = append(out, d.At("$.length", "Say how many seconds a recording may be, 10 to 1800."))
	}
	if s.Soft < 0 || s.Soft > s.Length {
		out = append(out, d.At("$.soft", "soft comes before the end: 0 to %d seconds.", s.Length))
	}
	if s.Soft == 0 {
		s.Soft = s.Length * 3 / 4
	}
	if s.Think < 0 || s.Think > 3600 {
		out = append(out, d.At("$.think", "Say how many seconds to think are suggested, 0 to 3600."))
	}
	if s.Takes < 0 || s.Takes > 10 {
		out = append(out, d.At("$.takes", "Allow 1 to 10 takes."))
	}
	if s.Takes == 0 {
		s.Takes = defaultTakes
	}
	if s.Ways == nil {
		s.Ways = []string{written, string(recording.Sound)}
	}
	for i, w := range s.Ways {
		if w != written && w != string(recording.Sound) {
			out = append(out, d.At(fmt.Sprintf("$.ways[%d]", i), "The other ways are written and sound."))
		}
	}
	if !slices.Contains(s.Ways, written) {
		out = append(out, d.At("$.ways", "Leave written among the ways: nobody has to record themselves, and whoever writes is scored alike."))
	}
	return s, append(out, s.readPrompt(dir, d)...)
}

func (s *spec) readPrompt(dir fs.FS, d *item.Doc) (out []item.Finding) {
	p := s.Prompt
	if p == (prompt{}) {
		return nil
	}
	if s.promptType() == "" {
		return append(out, d.At("$.prompt.file", "Name a .webm or .mp4 file of this folder."))
	}
	var err error
	if s.recording, err = fs.ReadFile(dir, p.File); err != nil {
		return append(out, d.At("$.prompt.file", "There is no file %s.", p.File))
	}
	if len(s.recording) > maxPrompt {
		out = append(out, d.At("$.prompt.file", "%s is larger than 20 MB.", p.File))
	}
	if !sniffed(s.recording, s.promptType()) {
		out = append(out, d.At("$.prompt.file", "%s is not what its name says.", p.File))
	}
	if p.Captions == "" && strings.TrimSpace(p.Text) == "" {
		return append(out, d.At("$.prompt", "Not everybody can hear it: add captions (a .vtt file) or the text of what is said."))
	}
	if p.Captions == "" {
		return out
	}
	raw, err := fs.ReadFile(dir, p.Captions)
	if err != nil {
		return append(out, d.At("$.prompt.captions", "There is no file %s.", p.Captions))
	}
	if s.captions, err = vtt.Parse(raw); err != nil {
		out = append(out, item.Finding{Path: p.Captions, Severity: item.Error, Text: err.Error()})
	}
	return out
}

// Told is the question as somebody says it, and its captions.
func (Kind) Told(of item.Spec, name string) (kind string, data []byte, ok bool) {
	switch s := of.(*spec); {
	case name == "" || s.recording == nil:
		return "", nil, false
	case name == s.Prompt.File:
		return s.promptType(), s.recording, true
	case name == s.Prompt.Captions:
		return "text/vtt; charset=utf-8", []byte(vtt.Format(s.captions)), true
	}
	return "", nil, false
}

// promptType is the media type of the prompt by its name; "" when there is none that we play.
func (s *spec) promptType() string {
	return types[s.Prompt.File[strings.LastIndexByte(s.Prompt.File, '.')+1:]]
}

// sniffed says whether a file begins as its type does.
func sniffed(raw []byte, kind string) bool {
	if kind == "video/webm" {
		return len(raw) > 4 && string(raw[:4]) == "\x1a\x45\xdf\xa3" // EBML, RFC 8794 section 8.1
	}
	return len(raw) > 8 && string(raw[4:8]) == "ftyp" // ISO/IEC 14496-12
}

// Schema is item.yaml's.
func (Kind) Schema() *item.Schema { return item.SchemaOf(spec{}) }

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	h := q.Common.Head(q.guide())
	h.Whole = true
	return h
}

// guide is the item in a line.
func (s *spec) guide() string {
	others := []string{"in writing"}
	if slices.Contains(s.Ways, string(recording.Sound)) {
		others = append(others, "in sound")
	}
	return fmt.Sprintf("A recorded answer of up to %s, or one %s; scored alike", length(s.Length), strings.Join(others, " or "))
}

// length is a duration of seconds in words.
func length(seconds int) string {
	switch {
	case seconds%60 != 0 && seconds < 60:
		return fmt.Sprintf("%d seconds", seconds)
	case seconds%60 != 0:
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	case seconds == 60:
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", seconds/60)
}

// ways are all ways to answer, the recorded ones first.
func (s *spec) ways() []string {
	out := []string{string(recording.Video)}
	if s.Screen {
		out = append(out, string(recording.Screen))
	}
	if slices.Contains(s.Ways, string(recording.Sound)) {
		out = append(out, string(recording.Sound))
	}
	return append(out, written)
}
