package media_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"candor/internal/media"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
)

var engine *ns.Engine

func TestMain(m *testing.M) {
	ns.Main()
	var err error
	if engine, err = ns.New(context.Background(), ns.Options{Slots: 1, BoxBytes: media.BoxBytes}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := engine.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

var studio = &media.Studio{Engine: func(context.Context) (sandbox.Engine, error) { return engine, nil }}

// live records as browsers do: six seconds without a length and without an index.
func live(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	all := append([]string{"-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=15:duration=6", "-f", "lavfi", "-i", "sine=frequency=440:duration=6"}, args...)
	if out, err := exec.Command("ffmpeg", append(all, file)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func webm(t *testing.T, more ...string) []byte {
	return live(t, "a.webm", append([]string{"-c:v", "libvpx", "-b:v", "300k", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", "-live", "1", "-cluster_time_limit", "1000"}, more...)...)
}

func mp4(t *testing.T, more ...string) []byte {
	return live(t, "a.mp4", append([]string{"-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-c:a", "aac"}, more...)...)
}

func makeOf(t *testing.T, data []byte) media.Made {
	t.Helper()
	file := filepath.Join(t.TempDir(), "raw")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	made, err := studio.Make(t.Context(), media.Sniff(data[:min(len(data), media.Head)]), f)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// without leaves a piece out; the numbers are hundredths of the whole.
func without(data []byte, from, to int) []byte {
	return append(bytes.Clone(data[:len(data)*from/100]), data[len(data)*to/100:]...)
}

func TestMake(t *testing.T) {
	film, phone := webm(t), mp4(t, "-movflags", "frag_keyframe+empty_moov")
	for name, c := range map[string]struct {
		data           []byte
		kind           string
		lost           media.Loss
		atLeast        time.Duration
		sound, picture bool
	}{
		"WebM":                    {film, media.WebM, media.Whole, 5900 * time.Millisecond, true, true},
		"WebM without picture":    {webm(t, "-vn"), media.WebM, media.Whole, 5900 * time.Millisecond, true, false},
		"WebM without sound":      {webm(t, "-an"), media.WebM, media.Whole, 5900 * time.Millisecond, false, true},
		"WebM, first byte lost":   {film[1:], media.WebM, media.Whole, 5900 * time.Millisecond, true, true},
		"WebM, first chunk lost":  {film[bytes.LastIndex(film, []byte("\x1f\x43\xb6\x75")):], "", media.Beginning, 0, false, false},
		"WebM, middle chunk lost": {without(film, 45, 55), media.WebM, media.Middle, 5 * time.Second, true, true},
		"WebM, end lost":          {without(film, 70, 100), media.WebM, media.End, 2 * time.Second, true, true},
		"WebM, a header alone":    {film[:200], "", media.All, 0, false, false},
		"MP4 in fragments":        {phone, media.MP4, media.Whole, 5900 * time.Millisecond, true, true},
		"MP4, first chunk lost":   {append([]byte("\x00\x00\x00\x10moof"), without(phone, 0, 10)...), "", media.Beginning, 0, false, false},
		"MP4, middle chunk lost":  {without(phone, 45, 55), media.MP4, media.Middle, 2 * time.Second, true, true},
		"MP4 without sound":       {mp4(t, "-an", "-movflags", "frag_keyframe+empty_moov"), media.MP4, media.Whole, 5900 * time.Millisecond, false, true},
		"MP4 without picture":     {mp4(t, "-vn", "-movflags", "frag_keyframe+empty_moov"), media.MP4, media.Whole, 5900 * time.Millisecond, true, false},
		"MP4, index at the end":   {mp4(t), media.MP4, media.Whole, 5900 * time.Millisecond, true, true},
		"Matroska of H.264 and Opus": {live(t, "a.mkv", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "libopus"), media.MP4, media.Whole,
			5900 * time.Millisecond, true, true},
		"Ogg": {live(t, "a.ogg", "-vn", "-c:a", "libopus"), media.Ogg, media.Whole, 5900 * time.Millisecond, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := makeOf(t, c.data)
			if m.Lost != c.lost || m.Type != c.kind || m.Length < c.atLeast || m.Length > 7*time.Second || m.Sound != c.sound || m.Picture != c.picture {
				t.Errorf("Make = lost %q, %s, %s, sound %v, picture %v; want %q, %s, %s or more, %v, %v", m.Lost, m.Type, m.Length, m.Sound, m.Picture, c.lost, c.kind, c.atLeast, c.sound, c.picture)
			}
			if (len(m.Play) > 0) != (c.kind != "") {
				t.Errorf("%d bytes play", len(m.Play))
			}
			if m.Picture && (m.Width != 320 || m.Height != 240 || !bytes.HasPrefix(m.Poster, []byte("\xff\xd8\xff"))) {
				t.Errorf("%d x %d, poster %.3q", m.Width, m.Height, m.Poster)
			}
			if m.Sound && (len(m.Peaks) != media.Bars || m.Gain < -20 || m.Gain > 20 || m.Gain == 0) {
				t.Errorf("%d peaks, gain %v", len(m.Peaks), m.Gain)
			}
			indexed(t, m)
		})
	}
}

// indexed: what plays has its index before what it plays.
func indexed(t *testing.T, m media.Made) {
	t.Helper()
	index, first := "\x1c\x53\xbb\x6b", "\x1f\x43\xb6\x75" // Cues and Cluster, RFC 9559
	if m.Type == media.MP4 {
		index, first = "moov", "mdat"
	}
	if i, k := bytes.Index(m.Play, []byte(index)), bytes.Index(m.Play, []byte(first)); m.Type != media.Ogg && len(m.Play) > 0 && (i < 0 || i > k) {
		t.Errorf("the index is at %d, what it is about at %d", i, k)
	}
}

// What would have ffmpeg read other files or the network is not even of a type, and where it is called one it is told to read that and nothing else.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"a playlist":       "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
		"a list of files":  "ffconcat version 1.0\nfile /etc/passwd\n",
		"a page":           "<!doctype html><script>alert(1)</script>",
		"a picture script": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
	} {
		if kind := media.Sniff([]byte(text)); kind != media.Unknown {
			t.Errorf("Sniff of %s = %s", name, kind)
		}
		hidden := append([]byte("\x1a\x45\xdf\xa3"), text...)
		if m := makeOf(t, hidden); m.Lost != media.All || m.Play != nil {
			t.Errorf("%s behind the first bytes of a WebM = %+v; want nothing of it", name, m.Facts)
		}
	}
}

// TestRecordings reads the recordings of real browsers, which are no part of the source, in the folder that CANDOR_TEST_RECORDINGS names, set by
// dev/test: each plays.
func TestRecordings(t *testing.T) {
	dir := os.Getenv("CANDOR_TEST_RECORDINGS")
	if dir == "" {
		t.Skip("the recordings of real browsers are missing: dev/test finds them in ../shared/data/video, else name their folder in CANDOR_TEST_RECORDINGS")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.[wm][ep]*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s holds %d recordings, %v", dir, len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m := makeOf(t, data)
		t.Logf("%s: %s, %s, %d x %d, gain %.1f dB, %d -> %d bytes", filepath.Base(name), m.Type, m.Length, m.Width, m.Height, m.Gain, len(data), len(m.Play))
		if m.Lost != "" || len(m.Play) == 0 || !strings.HasPrefix(m.Type, "video/") {
			t.Errorf("%s: lost %q, %d bytes of %s play", name, m.Lost, len(m.Play), m.Type)
		}
		indexed(t, m)
	}
}
