package video_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/video"
	"candor/internal/markdown"
	"candor/internal/media"
	"candor/internal/media/vtt"
	"candor/internal/recording"
	"candor/internal/upload"
	"candor/internal/web/locale"
)

var kind = video.Kind{MD: markdown.New(3)}

const good = "kind: video\ntitle: Tell us\nminutes: 5\nstatement: Which change did you undo?\nlength: 120\nscreen: true\n"

const (
	first  = "rec_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	second = "rec_bbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func folder(yaml string, files ...string) fstest.MapFS {
	dir := fstest.MapFS{"item.yaml": {Data: []byte(yaml)}}
	for i := 0; i < len(files); i += 2 {
		dir[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return dir
}

func TestConformance(t *testing.T) {
	itemtest.Kind(t, kind, itemtest.Case{Dir: folder(good), Form: url.Values{"to": {"written"}, "text": {"I, Amara Okafor, undid it."}}, Name: "Okafor"})
	itemtest.Kind(t, kind, itemtest.Case{Dir: folder(good), Form: url.Values{"take": {first}, "said-" + first: {"0:00 I am Amara Okafor."}}, Name: "Okafor"})
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	webm := "\x1a\x45\xdf\xa3 and more"
	for name, c := range map[string]struct {
		dir  fstest.MapFS
		want string
	}{
		"no length":      {folder(strings.Replace(good, "length: 120", "think: 3", 1)), "length: Say how many seconds"},
		"too long":       {folder(strings.Replace(good, "120", "4000", 1)), "item.yaml:5:"},
		"soft after end": {folder(good + "soft: 130\n"), "item.yaml:7:"},
		"nobody writes":  {folder(good + "ways: [sound]\n"), "Leave written among the ways"},
		"a strange way":  {folder(good + "ways: [written, dance]\n"), "item.yaml:7:"},
		"no file":        {folder(good + "prompt: {file: ask.webm, text: What?}\n"), "There is no file ask.webm"},
		"no film":        {folder(good+"prompt: {file: ask.webm, text: What?}\n", "ask.webm", "GIF89a"), "not what its name says"},
		"no words":       {folder(good+"prompt: {file: ask.webm}\n", "ask.webm", webm), "add captions"},
		"no captions":    {folder(good+"prompt: {file: ask.webm, captions: ask.vtt}\n", "ask.webm", webm, "ask.vtt", "1\n00:00 --> 00:01\nWhat?"), "ask.vtt"},
	} {
		_, fs := kind.Spec(c.dir)
		var all []string
		for _, f := range fs {
			all = append(all, f.String())
		}
		if !item.Failed(fs) || !strings.Contains(strings.ReplaceAll(strings.Join(all, "\n"), "error: ", "length: "), c.want) {
			t.Errorf("%s: %v; want %s", name, all, c.want)
		}
	}
	s, fs := kind.Spec(folder(good+"prompt: {file: ask.webm, captions: ask.vtt}\n", "ask.webm", webm, "ask.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nWhat?\n"))
	if len(fs) > 0 || kind.Head(s).Summary != "A recorded answer of up to 2 minutes, or one in writing or in sound; scored alike" {
		t.Errorf("Spec = %v, %+v", fs, kind.Head(s))
	}
	// Candidates are given the recording and its captions, and nothing else of the folder.
	for name, want := range map[string]string{"ask.webm": "video/webm", "ask.vtt": "text/vtt; charset=utf-8", "item.yaml": "", "": ""} {
		if got, data, ok := kind.Told(s, name); got != want || ok != (want != "") || ok == (len(data) == 0) {
			t.Errorf("Told(%q) = %q, %d bytes, %v; want %q", name, got, len(data), ok, want)
		}
	}
	var page strings.Builder
	view := item.AskView{Ref: item.Ref{Item: "tell"}, Body: kind.Blank(s), Text: locale.For("en").T, File: func(name string) string { return "https://content.example/" + name }}
	if err := kind.Ask(s, view).Render(t.Context(), &page); err != nil || !strings.Contains(page.String(), `src="https://content.example/ask.webm"`) || !strings.Contains(page.String(), `src="https://content.example/ask.vtt"`) {
		t.Errorf("the page of the question does not play it: %v", err)
	}
}

func TestAFormChangesOnlyWhatIsOnThePage(t *testing.T) {
	s, _ := kind.Spec(folder(good))
	body := kind.Blank(s)
	for _, step := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"notes": {"March\r\noutage"}, "take": {first}}, `{"take":"` + first + `","notes":"March\noutage"}`},
		{url.Values{"said-" + first: {"0:00 It broke."}}, `{"take":"` + first + `","said":{"` + first + `":"0:00 It broke."},"notes":"March\noutage"}`},
		{url.Values{"to": {"written"}}, `{"way":"written","take":"` + first + `","said":{"` + first + `":"0:00 It broke."},"notes":"March\noutage"}`},
	} {
		after, err := kind.Form(s, body, step.form)
		if err != nil || string(after) != step.want {
			t.Fatalf("Form(%s, %v) = %s, %v; want %s", body, step.form, after, err, step.want)
		}
		body = after
	}
	if _, err := kind.Form(s, body, url.Values{"to": {"telepathy"}}); err == nil {
		t.Error("a way that the item does not have is taken")
	}
}

// laid is a body as Fetch gives it: a first take that is whole, with captions of a machine, and a second one that was cut off.
func laid(t *testing.T, over map[string]any) []byte {
	t.Helper()
	file := &upload.Upload{ID: "upl_1", Org: "org_1", Created: time.Unix(9, 0), Finished: time.Unix(99, 0), Media: upload.Media{State: upload.Ready, Facts: media.Facts{Length: 40 * time.Second}, Poster: true}}
	take := func(id string, n int, cut bool) recording.Take {
		return recording.Take{ID: recording.ID(id), Number: n, Way: recording.Video, State: recording.Sent, Cut: cut, Started: time.Unix(7, 0), Length: 40 * time.Second}
	}
	body := map[string]any{"held": map[string]any{"agreed": true, "takes": []any{
		laidTake{take(first, 1, false), file, true, []vtt.Cue{{From: 0, To: 12 * time.Second, Text: "I am Amara Okafor and it broke."}, {From: 12 * time.Second, To: 18 * time.Second, Text: "Support told us."}}},
		laidTake{take(second, 2, true), nil, false, nil},
	}}}
	for k, v := range over {
		body[k] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

type laidTake struct {
	recording.Take
	File  *upload.Upload `json:"file,omitempty"`
	Plays bool           `json:"plays,omitempty"`
	Made  []vtt.Cue      `json:"made,omitempty"`
}

func link(u upload.Upload, f upload.Form) string { return "/-/file/" + string(u.ID) + "/" + string(f) }

func show(t *testing.T, v item.ReadView) string {
	t.Helper()
	s, _ := kind.Spec(folder(good))
	var out bytes.Buffer
	if err := kind.Read(s, v).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestABlindReaderGetsTheWordsAndNothingToWatch(t *testing.T) {
	s, _ := kind.Spec(folder(good))
	red := kind.Redact(s, laid(t, map[string]any{"notes": "my own"}), []string{"Amara Okafor"})
	blind := show(t, item.ReadView{Body: red, Blind: true, Link: link})
	for word, want := range map[string]bool{"it broke": true, "t12-18": true, "Okafor": false, "my own": false, "/-/file/": false, "upl_1": false, "1970": false, "<video": false, second: false} {
		if strings.Contains(blind, word) != want {
			t.Errorf("a blind reader's page has %q: %v; want %v\n%s", word, !want, want, blind)
		}
	}
	if open := show(t, item.ReadView{Body: red, Link: link}); !strings.Contains(open, `src="/-/file/upl_1/`) || strings.Index(open, "<video") > strings.Index(open, "it broke") {
		t.Errorf("who has filed cannot watch:\n%s", open)
	}
	if strings.Contains(string(red), "1970") || strings.Contains(string(red), second) {
		t.Errorf("Redact keeps a time or another take: %s", red)
	}
}

func TestTheCandidatesWordsComeBeforeAMachines(t *testing.T) {
	words := func(said map[string]string) string {
		return show(t, item.ReadView{Body: laid(t, map[string]any{"said": said})})
	}
	if got := words(map[string]string{first: "0:00 It broke.\n0:05 We noticed\nlate."}); !strings.Contains(got, "We noticed late.") || strings.Contains(got, "Support told us") || !strings.Contains(got, `id="t0-5"`) {
		t.Errorf("their own words:\n%s", got)
	}
	if got := words(map[string]string{first: ""}); !strings.Contains(got, "Support told us") {
		t.Errorf("an empty field took the machine's words away:\n%s", got)
	}
	if got := words(map[string]string{first: "<script>alert(1)</script> no time"}); strings.Contains(got, "<script>alert") {
		t.Errorf("words became markup:\n%s", got)
	}
}

func TestLabel(t *testing.T) {
	s, _ := kind.Spec(folder(good))
	for anchor, want := range map[string]string{"t12-18": "0:12 to 0:18", "t65-3600": "1:05 to 1:00:00", "t18-12": "", "t1": "", "x": ""} {
		if got, ok := kind.Label(s, []byte("{}"), anchor); got != want || ok != (want != "") {
			t.Errorf("Label(%s) = %q, %v; want %q", anchor, got, ok, want)
		}
	}
	if _, ok := kind.Label(s, []byte(`{"way":"written"}`), "t1-2"); ok {
		t.Error("a written answer has times")
	}
}

// A place is written as people write times, or named as the page of the answer does; what lies outside of the take is none.
func TestQuote(t *testing.T) {
	body := []byte(`{"said":{"` + first + `":"0:00 We shipped it.\n1:05 The queue was full.\n1:15 I undid it."},"held":{"takes":[{"id":"` + first + `","way":"video","state":"sent","length":90000000000}]}}`)
	for place, want := range map[string]string{
		"1:05": "1:05-1:15 t65-75 The queue was full.", "1:05-1:20": "1:05-1:20 t65-80 The queue was full. I undid it.", "1:05 to 1:20": "1:05-1:20 t65-80 The queue was full. I undid it.",
		"t65-75": "1:05-1:15 t65-75 The queue was full.", "t65-75 t75-90": "1:05-1:30 t65-90 The queue was full. I undid it.", "1:25-9:00": "1:25-1:30 t85-90 I undid it.",
		"9:00": "", "1:20-1:05": "", "limiter.go:12": "", "": "",
	} {
		q, ok := kind.Quote(item.Ref{}, nil, body, place)
		if got := strings.TrimSpace(q.Place + " " + q.At + " " + q.Text); got != want || ok != (want != "") {
			t.Errorf("Quote(%q) = %q, %v; want %q", place, got, ok, want)
		}
	}
	if _, ok := kind.Quote(item.Ref{}, nil, []byte(`{"way":"written","text":"x"}`), "1:05"); ok {
		t.Error("a written answer has times")
	}
}

// A recorded question becomes files of the folder; of item.yaml every other byte stays, wherever its prompt stood.
func TestPrompted(t *testing.T) {
	words := []vtt.Cue{{From: 0, To: time.Second, Text: "Which change?"}}
	line := "prompt: {file: prompt.webm, captions: prompt.vtt}\n"
	for name, c := range map[string]struct{ before, after string }{
		"none":       {good, good + line},
		"no end":     {strings.TrimSuffix(good, "\n"), good + line},
		"flow":       {"prompt: {file: a.webm, text: Hm}\n" + good, line + good},
		"a block":    {"prompt:\n  file: a.webm\n\n  # heard\n  text: |\n    prompt: x\n" + good, line + good},
		"at the end": {good + "prompt:\n  file: a.webm\n  text: x", good + line},
	} {
		out, err := kind.Prompted(folder(c.before, "prompt.mp4", "old"), "video/webm; codecs=vp8", []byte("\x1a\x45\xdf\xa3 x"), words)
		if err != nil || string(out["item.yaml"]) != c.after {
			t.Errorf("%s: %q, %v; want %q", name, out["item.yaml"], err, c.after)
		}
		if old, there := out["prompt.mp4"]; !there || old != nil || out["prompt.vtt"] == nil {
			t.Errorf("%s: the files are %v", name, out)
		}
		if _, found := kind.Spec(folder(string(out["item.yaml"]), "prompt.webm", string(out["prompt.webm"]), "prompt.vtt", string(out["prompt.vtt"]))); item.Failed(found) {
			t.Errorf("%s: what was written is refused: %v", name, found)
		}
		if out, err = kind.Prompted(folder(string(out["item.yaml"]), "prompt.webm", "x"), "", nil, nil); err != nil || strings.Contains(string(out["item.yaml"]), "file:") || out["prompt.webm"] != nil {
			t.Errorf("%s, in words alone: %v, %v", name, out, err)
		}
	}
	if _, err := kind.Prompted(folder(good), "video/x-matroska", []byte("x"), words); err == nil {
		t.Error("a file that not every browser plays is taken")
	}
	if _, err := kind.Prompted(folder(good), "video/webm", []byte("x"), nil); err == nil {
		t.Error("a question is said aloud without words")
	}
}
