package media_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"candor/internal/media"
)

// BenchmarkTenMinutes makes what a candidate recorded in ten minutes playable, in the sandbox: wall time of the whole, beside the same file copied
// by a bare ffmpeg into a new one, in alternation.
//
//	go test ./internal/media -run XXX -bench TenMinutes -benchtime 3x
func BenchmarkTenMinutes(b *testing.B) {
	dir := b.TempDir()
	raw := filepath.Join(dir, "raw.webm")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=15:duration=600", "-f", "lavfi", "-i", "sine=frequency=440:duration=600",
		"-c:v", "libvpx", "-b:v", "600k", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", "-live", "1", "-cluster_time_limit", "1000", raw).CombinedOutput()
	if err != nil {
		b.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	f, err := os.Open(raw)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, media.Head)
	n, err := f.Read(head)
	if err != nil {
		b.Fatal(err)
	}
	var ours, bare time.Duration
	for b.Loop() {
		begun := time.Now()
		made, err := studio.Make(b.Context(), media.Sniff(head[:n]), f)
		if err != nil || made.Play == nil {
			b.Fatalf("%+v, %v", made.Facts, err)
		}
		ours += time.Since(begun)
		begun = time.Now()
		if out, err := exec.Command("ffmpeg", "-v", "error", "-y", "-i", raw, "-c", "copy", filepath.Join(dir, "copy.webm")).CombinedOutput(); err != nil {
			b.Fatalf("ffmpeg: %v\n%s", err, out)
		}
		bare += time.Since(begun)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/made")
	b.ReportMetric(bare.Seconds()/float64(b.N), "s/copied")
}
