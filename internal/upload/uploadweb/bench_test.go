package uploadweb_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"

	"candor/internal/db/dbtest"
	"candor/internal/upload/uploadtest"
)

// BenchmarkUpload sends the same recording of 32 MB in seconds of 256 KiB to a node and to a plain tusd with its file store, in alternation: CPU
// time of client and server together, for each GB. Ours ends with the hash of the whole and its move into the blob store; tusd's does not.
//
//	go test ./internal/upload/uploadweb -run XXX -bench Upload -benchtime 10x
func BenchmarkUpload(b *testing.B) {
	d, _ := dbtest.Open(b, uploadtest.Schemas...)
	ours := serve(b, d, b.TempDir())
	plain := &node{url: tusd(b)}
	data := recording(32 << 20)
	const piece = 256 << 10
	v := &device{t: b, who: "anna"}
	send := func(n *node, path string) {
		for at := 0; at < len(data); at += piece {
			resp, err := v.piece(n, path, int64(at), data[at:at+piece])
			if err != nil || resp.StatusCode != http.StatusNoContent {
				b.Fatalf("PATCH = %v, %v", resp, err)
			}
		}
	}
	var cpu [2]time.Duration
	for b.Loop() {
		before := spent()
		p := v.begin(ours, "Upload-Length", fmt.Sprint(len(data)))
		send(ours, p)
		if code, _, body := v.finish(ours, p, data); code != http.StatusOK {
			b.Fatalf("finish = %d %s", code, body)
		}
		middle := spent()
		resp, _, err := v.ask("POST", plain.url+"/", nil, "Upload-Length", fmt.Sprint(len(data)))
		if err != nil || resp.StatusCode != http.StatusCreated {
			b.Fatalf("tusd: create = %v, %v", resp, err)
		}
		send(&node{}, resp.Header.Get("Location"))
		cpu[0], cpu[1] = cpu[0]+middle-before, cpu[1]+spent()-middle
	}
	gb := float64(b.N) * float64(len(data)) / 1e9
	b.ReportMetric(cpu[0].Seconds()/gb, "s/GB")
	b.ReportMetric(cpu[1].Seconds()/gb, "tusd-s/GB")
	b.ReportMetric(cpu[0].Seconds()/cpu[1].Seconds(), "x-tusd")
}

// tusd is a plain one.
func tusd(b *testing.B) string {
	b.Helper()
	c := handler.NewStoreComposer()
	filestore.New(b.TempDir()).UseIn(c)
	memorylocker.New().UseIn(c)
	h, err := handler.NewHandler(handler.Config{BasePath: "/", StoreComposer: c, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	s := httptest.NewServer(h)
	b.Cleanup(s.Close)
	return s.URL
}

// spent is this process's CPU time.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
