package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"candor/internal/problem"
	"candor/internal/sandbox"
)

const (
	// Largest is how many bytes of a recording are looked at: more than an hour at 1 Mbit/s and less than a box holds. A larger one plays as it was sent.
	Largest = 512 << 20
	// Loudness is what Gain leads to, in LUFS (EBU R 128): that of speech on the web.
	Loudness = -18
	// Bars is how many peaks a wave has at most.
	Bars = 400

	waveRate = 4000 // samples a second that the wave is drawn of
	longest  = 4 * time.Hour
)

// BoxBytes is how much room the boxes of the studio's engine need: for a file beside what is made of it.
const BoxBytes = 2*Largest + 64<<20

// ErrLarge: too large to be looked at.
var ErrLarge = problem.New(problem.TooLarge, "media_large", "This recording is so large that it plays only as it was sent: jumping in it may be slow.")

// Studio runs ffmpeg in slots of an engine.
type Studio struct {
	// Engine is the sandbox; its boxes hold BoxBytes. What it says when a wall is missing is ErrMissing here.
	Engine func(ctx context.Context) (sandbox.Engine, error)
}

// demuxers by type: what ffmpeg is told to read, whatever it would think itself.
var demuxers = map[string]string{WebM: "matroska", Matroska: "matroska", MP4: "mp4", Ogg: "ogg"}

// Make reads a recording of a type that Sniff told, and makes of it what plays everywhere. ErrMissing where there is no ffmpeg or no sandbox, ErrLarge.
func (s *Studio) Make(ctx context.Context, kind string, raw *os.File) (m Made, err error) {
	err = s.take(ctx, kind, raw, func(t *take) error {
		m, err = t.make(ctx)
		return err
	})
	return m, err
}

// take puts a recording into a slot of its own.
func (s *Studio) take(ctx context.Context, kind string, raw *os.File, fn func(*take) error) error {
	info, err := raw.Stat()
	if err != nil {
		return err
	}
	if info.Size() > Largest {
		return ErrLarge
	}
	e, err := s.Engine(ctx)
	if err != nil {
		return err
	}
	slot, err := e.Open(ctx)
	if errors.Is(err, sandbox.ErrLayer) {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	defer slot.Close()
	t := &take{slot: slot, kind: kind, demuxer: demuxers[kind]}
	if err := t.mount(ctx, raw, info.Size()); err != nil {
		return err
	}
	return fn(t)
}

// Speech is the sound of a recording, or of what Make made of one, as programs that listen to speech want it: WAV, 16 kHz, one channel, 16 bits; nil without
// sound. Problems as Make.
func (s *Studio) Speech(ctx context.Context, kind string, f *os.File) (wav []byte, err error) {
	err = s.take(ctx, kind, f, func(t *take) error {
		r, err := t.run(ctx, "ffmpeg", "-nostdin", "-v", "error", "-f", t.demuxer, "-i", source, "-map", "0:a:0", "-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le",
			"-t", strconv.Itoa(int(longest.Seconds())), "-f", "wav", "/box/speech.wav")
		if err != nil || r.Status != sandbox.OK {
			return err
		}
		wav, err = t.slot.Read(ctx, "speech.wav", BoxBytes)
		return err
	})
	return wav, err
}

// Version is the first line of what ffmpeg says of itself, in a slot. ErrMissing.
func (s *Studio) Version(ctx context.Context) (string, error) {
	e, err := s.Engine(ctx)
	if err != nil {
		return "", err
	}
	slot, err := e.Open(ctx)
	if err != nil {
		return "", err
	}
	defer slot.Close()
	r, err := (&take{slot: slot}).run(ctx, "ffmpeg", "-version")
	line, _, _ := strings.Cut(string(r.Stdout), "\n")
	if err == nil && r.Status != sandbox.OK {
		err = errors.New(r.Reason)
	}
	return line, err
}

// take is one recording in one slot.
type take struct {
	slot    sandbox.Slot
	kind    string
	demuxer string
	headed  bool // it begins as its format does
	made    Made
}

// source is the recording in the box.
const source = "/box/raw"

// mount puts the recording into the box. A header that lacks its first byte is mended: browsers give that byte a slice of its own.
func (t *take) mount(ctx context.Context, raw *os.File, size int64) error {
	data := make([]byte, size, size+1)
	if _, err := raw.ReadAt(data, 0); err != nil && err != io.EOF {
		return err
	}
	if t.demuxer == "matroska" && bytes.HasPrefix(data, ebml[1:]) {
		data = append(data, 0)
		copy(data[1:], data)
		data[0] = ebml[0]
	}
	head := data[:min(len(data), Head)]
	switch t.demuxer {
	case "matroska":
		t.headed = bytes.HasPrefix(head, ebml)
	case "mp4":
		t.headed = bytes.Contains(head[:min(len(head), 12)], []byte("ftyp"))
	default:
		t.headed = true
	}
	return t.slot.Write(ctx, []sandbox.File{{Name: "raw", Data: data}})
}

// run runs one of ffmpeg's programs. ErrMissing where there is none.
func (t *take) run(ctx context.Context, program string, args ...string) (sandbox.Report, error) {
	r, err := t.slot.Run(ctx, sandbox.Spec{Profile: sandbox.Media, Args: append([]string{"/usr/bin/" + program, "-hide_banner", "-protocol_whitelist", "file,pipe"}, args...)})
	if err == nil && r.Status == sandbox.IE {
		err = ErrMissing // it could not be run
	}
	return r, err
}

// streams are what ffprobe tells.
type streams struct {
	Streams []struct {
		Type   string `json:"codec_type"`
		Codec  string `json:"codec_name"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
		Side   []struct {
			Rotation int `json:"rotation"`
		} `json:"side_data_list"`
	} `json:"streams"`
	Format struct {
		Duration string `json:"duration"`
	} `json:"format"`
}

func (t *take) probe(ctx context.Context, demuxer, file string) (s streams, err error) {
	r, err := t.run(ctx, "ffprobe", "-v", "error", "-f", demuxer, "-show_streams", "-show_format", "-of", "json", file)
	if err != nil || r.Status != sandbox.OK {
		return s, err
	}
	return s, json.Unmarshal(r.Stdout, &s)
}

// lost is a recording of which nothing plays.
func (t *take) lost() Made {
	if t.headed {
		return Made{Facts: Facts{Lost: All}}
	}
	return Made{Facts: Facts{Lost: Beginning}}
}

func (t *take) make(ctx context.Context) (Made, error) {
	s, err := t.probe(ctx, t.demuxer, source)
	if err != nil {
		return Made{}, err
	}
	muxer := muxerOf(s, t.kind)
	if muxer.name == "" {
		return t.lost(), nil
	}
	play := "/box/play" + muxer.ending
	args := append([]string{"-nostdin", "-v", "error", "-f", t.demuxer, "-i", source, "-map", "0:v:0?", "-map", "0:a:0?", "-map_metadata", "-1", "-c", "copy"}, muxer.args...)
	r, err := t.run(ctx, "ffmpeg", append(args, "-f", muxer.name, play)...)
	if err != nil {
		return Made{}, err
	}
	if r.Status != sandbox.OK {
		return t.lost(), nil
	}
	t.made.Lost, t.made.Type = lossOf(string(r.Stderr)), muxer.kind
	if err := t.facts(ctx, muxer, play); err != nil {
		return Made{}, err
	}
	if t.made.Length <= 0 || t.made.Length > longest || !t.made.Sound && !t.made.Picture {
		return t.lost(), nil
	}
	if err := t.wave(ctx, muxer, play); err != nil {
		return Made{}, err
	}
	if err := t.poster(ctx, muxer, play); err != nil {
		return Made{}, err
	}
	t.made.Play, err = t.slot.Read(ctx, strings.TrimPrefix(play, "/box/"), BoxBytes)
	return t.made, err
}

// muxer is what a recording is copied into.
type muxer struct {
	name, ending, kind, demuxer string
	args                        []string
}

// muxerOf chooses it by what is in the recording: WebM holds what WebM may hold (https://www.webmproject.org/docs/container), MP4 the rest. The index stands at
// the beginning of both.
func muxerOf(s streams, kind string) muxer {
	free := true
	found := 0
	for _, x := range s.Streams {
		if x.Type == "video" || x.Type == "audio" {
			found++
			switch x.Codec {
			case "vp8", "vp9", "av1", "opus", "vorbis":
			default:
				free = false
			}
		}
	}
	switch {
	case found == 0:
		return muxer{}
	case kind == Ogg && free:
		return muxer{"ogg", ".ogg", Ogg, "ogg", nil}
	case free:
		return muxer{"webm", ".webm", WebM, "matroska", []string{"-cues_to_front", "1"}}
	}
	return muxer{"mp4", ".mp4", MP4, "mp4", []string{"-movflags", "+faststart", "-strict", "experimental"}}
}

// cutShort is what ffmpeg says of a file that ends too early; whatever else it says is about the middle.
var cutShort = regexp.MustCompile(`ended prematurely|partial file`)

func lossOf(said string) Loss {
	switch {
	case strings.TrimSpace(said) == "":
		return Whole
	case cutShort.MatchString(said):
		return End
	}
	return Middle
}

// facts reads what was made, which has a length, unlike the raw recording.
func (t *take) facts(ctx context.Context, m muxer, play string) error {
	s, err := t.probe(ctx, m.demuxer, play)
	if err != nil {
		return err
	}
	seconds, _ := strconv.ParseFloat(s.Format.Duration, 64) // 0 is no length
	t.made.Length = time.Duration(min(seconds, longest.Seconds()+1) * float64(time.Second)).Truncate(time.Millisecond)
	for _, x := range s.Streams {
		switch x.Type {
		case "audio":
			t.made.Sound = true
		case "video":
			t.made.Picture, t.made.Width, t.made.Height = true, x.Width, x.Height
			for _, d := range x.Side {
				if d.Rotation%180 != 0 {
					t.made.Width, t.made.Height = x.Height, x.Width
				}
			}
		}
	}
	return nil
}

// integrated is the loudness of the whole, in the summary of the filter ebur128.
var integrated = regexp.MustCompile(`I:\s+(-?[0-9.]+) LUFS`)

// wave listens once: how loud it is, and how the wave looks.
func (t *take) wave(ctx context.Context, m muxer, play string) error {
	if !t.made.Sound {
		return nil
	}
	r, err := t.run(ctx, "ffmpeg", "-nostdin", "-nostats", "-v", "info", "-f", m.demuxer, "-i", play, "-map", "0:a:0", "-af", "ebur128=framelog=verbose", "-ac", "1",
		"-ar", strconv.Itoa(waveRate), "-f", "s16le", "pipe:1")
	if err != nil || r.Status != sandbox.OK {
		return err // it plays without a wave
	}
	t.made.Peaks = peaks(r.Stdout)
	all := integrated.FindAllStringSubmatch(string(r.Stderr), -1)
	if len(all) == 0 {
		return nil
	}
	if lufs, err := strconv.ParseFloat(all[len(all)-1][1], 64); err == nil && lufs > -60 { // below there is nothing but noise
		t.made.Gain = Loudness - lufs
	}
	return nil
}

// peaks draws a wave of 16-bit samples, little endian: of each stretch the loudest, 0..255.
func peaks(pcm []byte) []byte {
	n := len(pcm) / 2
	bars := min(Bars, n)
	out := make([]byte, bars)
	for i := range out {
		for k := n * i / bars; k < n*(i+1)/bars; k++ {
			v := int(int16(uint16(pcm[2*k]) | uint16(pcm[2*k+1])<<8))
			out[i] = max(out[i], byte(min(max(v, -v), 32767)>>7))
		}
	}
	return out
}

// poster takes a picture from a moment in which people have begun to speak.
func (t *take) poster(ctx context.Context, m muxer, play string) error {
	if !t.made.Picture {
		return nil
	}
	at := fmt.Sprintf("%.3f", min(time.Second, t.made.Length/2).Seconds())
	r, err := t.run(ctx, "ffmpeg", "-nostdin", "-v", "error", "-ss", at, "-f", m.demuxer, "-i", play, "-frames:v", "1", "-vf", "scale='min(640,iw)':-2", "-q:v", "5", "-f", "mjpeg", "/box/poster.jpg")
	if err != nil || r.Status != sandbox.OK {
		return err // it plays without one
	}
	t.made.Poster, err = t.slot.Read(ctx, "poster.jpg", 1<<20)
	if errors.Is(err, sandbox.ErrArtefact) {
		return nil
	}
	return err
}
