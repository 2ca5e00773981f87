package upload_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/media"
	"candor/internal/media/vtt"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
	"candor/internal/upload"
)

func TestMain(m *testing.M) {
	ns.Main()
	os.Exit(m.Run())
}

// A recording that arrived becomes one that can be jumped in, and is announced once with what is known of it; what was sent stays. Where nothing can look
// at it, it plays as it was sent.
func TestMedia(t *testing.T) {
	engine, err := ns.New(ctx, ns.Options{Slots: 1, BoxBytes: media.BoxBytes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	file := filepath.Join(t.TempDir(), "a.webm")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=2", "-c:a", "libopus", "-live", "1", file).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	studio := &media.Studio{Engine: func(context.Context) (sandbox.Engine, error) { return engine, nil }}
	each(t, func(w *world) {
		settled := map[upload.ID]int{}
		job.Listen(w.Jobs, upload.Settled, "test.settled", job.Housekeeping, func(_ context.Context, n upload.Note) error {
			settled[n.Upload]++
			return nil
		})
		for purpose, c := range map[string]struct {
			studio *media.Studio
			data   []byte
			state  upload.MediaState
			lost   media.Loss
			play   bool
		}{
			"whole":     {studio, data, upload.Ready, media.Whole, true},
			"nothing":   {studio, webm(11, 9000), upload.Damaged, media.All, false},
			"no-ffmpeg": {nil, data, upload.Missing, media.Whole, true},
		} {
			w.Studio = c.studio
			u, err := w.Create(ctx, anna, upload.Subject{Owner: "att_1", Item: "walk", Purpose: purpose}, -1)
			w.must(err)
			w.send(u, c.data, len(c.data))
			u, err = w.Finish(ctx, anna, u.ID, claim(c.data))
			w.must(err)
			if u.Media.State != upload.Waiting || w.Link(anna, u, upload.Play) == "" {
				t.Errorf("%s: before it is looked at = %+v", purpose, u.Media)
			}
			w.must(w.Jobs.Drain(ctx))
			u, err = w.Load(ctx, anna, u.ID)
			w.must(err)
			m := u.Media
			if m.State != c.state || m.Lost != c.lost || m.Playable() != c.play || (w.Link(anna, u, upload.Play) != "") != c.play || settled[u.ID] != 1 {
				t.Errorf("%s = %+v, settled %d times", purpose, m, settled[u.ID])
			}
			if c.state == upload.Ready && (m.Length < 1900*time.Millisecond || !m.Sound || m.Picture || len(m.Peaks) != media.Bars) {
				t.Errorf("%s = %+v", purpose, m.Facts)
			}
			if c.state != upload.Ready && m.Why == "" {
				t.Errorf("%s says nothing about it", purpose)
			}
			if string(w.read(u)) != string(c.data) {
				t.Errorf("%s: what was sent is not there any more", purpose)
			}
		}
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error {
			_, err := w.Erase(ctx, tx, db.Person{Org: "org_a", Attempts: []string{"att_1"}})
			return err
		}))
		w.must(w.Jobs.Drain(ctx))
		if n := w.stored(); n != 0 {
			t.Errorf("%d files are left of erased recordings", n)
		}
	})
}

// Of captions those that a person typed count, whenever the others came.
func TestCaptions(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		for _, s := range []upload.Source{upload.Sent, upload.Typed, upload.ByCommand} {
			w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error {
				return w.Caption(ctx, tx, anna, u.ID, upload.Captions{Source: s, Language: "en", Cues: vtt.Plain("By "+string(s)+".", time.Second)})
			}))
		}
		w.must(w.DB.Read(ctx, "org_a", func(tx db.Tx) error {
			c, err := w.Captions(ctx, tx, u.ID)
			if err == nil && (c.Source != upload.Typed || len(c.Cues) != 1 || c.Cues[0].Text != "By typed.") {
				t.Errorf("Captions = %+v", c)
			}
			return err
		}))
	})
}
