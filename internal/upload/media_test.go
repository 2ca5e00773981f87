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
		w.Studio = nil
		w.must(w.Sweep(ctx, "org_a"))
		w.must(w.Jobs.Drain(ctx))
		w.must(w.DB.Read(ctx, "org_a", func(tx db.Tx) error {
			all, err := w.Of(ctx, tx, "att_1", "walk")
			for _, u := range all {
				if u.Purpose == "no-ffmpeg" && u.Media.State != upload.Missing {
					t.Errorf("looked at again where still nothing can: %+v", u.Media)
				}
			}
			return err
		}))
		w.Studio = studio
		w.must(w.Sweep(ctx, "org_a"))
		w.must(w.Jobs.Drain(ctx))
		w.must(w.DB.Read(ctx, "org_a", func(tx db.Tx) error {
			all, err := w.Of(ctx, tx, "att_1", "walk")
			for _, u := range all {
				if u.Purpose == "no-ffmpeg" && (u.Media.State != upload.Ready || u.Media.Length == 0 || settled[u.ID] != 2) {
					t.Errorf("once there is ffmpeg it is %+v, settled %d times", u.Media, settled[u.ID])
				}
			}
			return err
		}))
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

// A recording that was looked at is heard by the operator's command, which gets its sound and no more; what a person typed counts before it. A recording
// whose time is over leaves what was said, and nothing that plays.
func TestHeardAndGone(t *testing.T) {
	engine, err := ns.New(ctx, ns.Options{Slots: 1, BoxBytes: media.BoxBytes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	dir := t.TempDir()
	file, command := filepath.Join(dir, "a.webm"), filepath.Join(dir, "hear")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=2", "-c:a", "libopus", "-live", "1", file).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script := `#!/bin/sh
printf 'WEBVTT\n\n00:00.000 --> 00:02.000\n%s\n' "$(ffprobe -v error -show_entries stream=codec_name,sample_rate,channels -of csv=p=0 "$1")" > "$2.vtt"
`
	if err := os.WriteFile(command, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	hears, err := media.NewHears(command + " {audio} {base}")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(w *world) {
		w.Studio, w.Hears = &media.Studio{Engine: func(context.Context) (sandbox.Engine, error) { return engine, nil }}, hears
		u := w.begin(-1)
		w.send(u, data, len(data))
		u, err := w.Finish(ctx, anna, u.ID, claim(data))
		w.must(err)
		w.must(w.Jobs.Drain(ctx))
		said := func() (c upload.Captions) {
			w.must(w.DB.Read(ctx, "org_a", func(tx db.Tx) (err error) {
				c, err = w.Captions(ctx, tx, u.ID)
				return err
			}))
			return c
		}
		if c := said(); c.Source != upload.ByCommand || len(c.Cues) != 1 || c.Cues[0].Text != "pcm_s16le,16000,1" {
			t.Errorf("the command heard %+v", c)
		}
		open := w.begin(-1)
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error { return w.Expire(ctx, tx, open.ID) }))
		if now, err := w.Load(ctx, anna, open.ID); err != nil || now.State != upload.Open {
			t.Errorf("one that is still on its way is %s, %v", now.State, err)
		}
		w.must(w.Drop(ctx, anna, open.ID))
		for range 2 { // again is harmless
			w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error { return w.Expire(ctx, tx, u.ID) }))
		}
		w.must(w.Jobs.Drain(ctx))
		u, err = w.Load(ctx, anna, u.ID)
		w.must(err)
		if u.State != upload.Gone || u.Media.Playable() || w.Link(anna, u, upload.Play)+w.Link(anna, u, upload.Raw) != "" || u.Media.Length < 1900*time.Millisecond {
			t.Errorf("after its time it is %+v", u)
		}
		if c := said(); len(c.Cues) != 1 {
			t.Errorf("what was said is %+v after the recording went", c)
		}
		if n := w.stored(); n != 0 {
			t.Errorf("%d files are left of it", n)
		}
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error { return w.Remove(ctx, tx, u.ID) }))
		w.must(w.DB.Read(ctx, "org_a", func(tx db.Tx) error {
			var n int
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM upload_rooms WHERE org_id = $1`, tx.Org).Scan(&n)
			if n != 0 {
				t.Errorf("room is still taken by what is gone")
			}
			return err
		}))
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
