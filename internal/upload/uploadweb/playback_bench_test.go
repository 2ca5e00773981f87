package uploadweb_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/db/dbtest"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

// plays presses play in a player that knows nothing yet, and jumps near the end: milliseconds until it plays, and until it shows the other place.
const plays = `(async () => {
	const v = document.createElement("video")
	const after = (what, f) => new Promise((ok, no) => { const t = performance.now(); v.onerror = () => no(v.error.message); v.addEventListener(what, () => ok(performance.now() - t), { once: true }); f() })
	v.muted = true
	v.preload = "none"
	v.src = %q
	document.body.replaceChildren(v)
	const begun = await after("playing", () => void v.play())
	const jumped = await after("seeked", () => { v.currentTime = v.duration * 0.9 })
	v.pause()
	return begun + " " + jumped
})()`

// BenchmarkPlayback plays five minutes by a signed address and the same file from Go's own file server, in alternation, in a browser: milliseconds from
// the press to the picture, and from there to a place near the end.
//
//	go test ./internal/upload/uploadweb -run XXX -bench Playback -benchtime 20x
func BenchmarkPlayback(b *testing.B) {
	name := filepath.Join(b.TempDir(), "talk.webm")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=15:duration=300", "-f", "lavfi", "-i", "sine=frequency=440:duration=300",
		"-c:v", "libvpx", "-b:v", "600k", "-deadline", "realtime", "-cpu-used", "8", "-g", "75", "-c:a", "libopus", "-cues_to_front", "1", name).CombinedOutput()
	if err != nil {
		b.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	d, _ := dbtest.Open(b, uploadtest.Schemas...)
	n := serve(b, d, b.TempDir())
	n.Content = n.url // the page is of another origin
	v := &device{t: b, who: "anna"}
	path := v.begin(n, "Upload-Defer-Length", "1")
	for at := 0; at < len(data); at += 1 << 20 {
		if resp, err := v.piece(n, path, int64(at), data[at:min(len(data), at+1<<20)]); err != nil || resp.StatusCode != http.StatusNoContent {
			b.Fatalf("PATCH = %v, %v", resp, err)
		}
	}
	code, s, body := v.finish(n, path, data)
	if code != http.StatusOK {
		b.Fatalf("finish = %d %s", code, body)
	}
	who := actor.Actor{Kind: actor.Candidate, ID: "anna", Org: "org_a"}
	u, err := n.Load(ctx, who, s.ID)
	if err != nil {
		b.Fatal(err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/talk.webm" {
			http.ServeFile(w, r, name)
			return
		}
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Player</title><link rel="icon" href="data:,"><body>`)
	}))
	b.Cleanup(plain.Close)
	p := browser.New(b)
	p.Go(plain.URL)
	from := [2]string{n.Link(who, u, upload.Play), plain.URL + "/talk.webm"}
	var begun, jumped [2]float64
	for round := 0; b.Loop(); round++ {
		for i, src := range from {
			var x, y float64
			got := p.Value(fmt.Sprintf(plays, fmt.Sprintf("%s?round=%d", src, round))) // no cache answers
			if _, err := fmt.Sscan(got, &x, &y); err != nil {
				b.Fatalf("%s plays as %q", src, got)
			}
			begun[i], jumped[i] = begun[i]+x, jumped[i]+y
		}
	}
	for i, whose := range []string{"", "plain-"} {
		b.ReportMetric(begun[i]/float64(b.N), whose+"ms/start")
		b.ReportMetric(jumped[i]/float64(b.N), whose+"ms/jump")
	}
}
