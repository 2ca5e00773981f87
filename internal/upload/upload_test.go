package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/problem"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

var (
	ctx  = context.Background()
	anna = actor.Actor{Kind: actor.Candidate, ID: "inv_1", Org: "org_a", Subject: "can_1"}
	ben  = actor.Actor{Kind: actor.Candidate, ID: "inv_2", Org: "org_a", Subject: "can_2"}
	take = upload.Subject{Owner: "att_1", Item: "walk", Purpose: "take_1"}
)

type world struct {
	*upload.Uploads
	t     *testing.T
	tick  *dbtest.Clock
	notes []upload.Note
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, uploadtest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := &world{Uploads: uploadtest.New(t, d, t.TempDir()), t: t, tick: tick}
		job.Listen(w.Jobs, upload.Finished, "test.finished", job.Housekeeping, func(_ context.Context, n upload.Note) error {
			w.notes = append(w.notes, n)
			return nil
		})
		fn(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) begin(length int64) upload.Upload {
	w.t.Helper()
	u, err := w.Create(ctx, anna, take, length)
	w.must(err)
	return u
}

// send sends data from where the upload ends, in chunks of n bytes.
func (w *world) send(u upload.Upload, data []byte, n int) {
	w.t.Helper()
	at := u.Bytes
	for chunk := range slices.Chunk(data, n) {
		got, err := w.Append(ctx, anna, u.ID, at, bytes.NewReader(chunk))
		if err != nil || got != int64(len(chunk)) {
			w.t.Fatalf("Append at %d = %d, %v; want %d", at, got, err, len(chunk))
		}
		at += got
	}
}

func (w *world) read(u upload.Upload) []byte {
	w.t.Helper()
	b, err := w.Blobs.Bytes(ctx, u.Org, blob.Recording, u.Hash)
	w.must(err)
	return b
}

// stored are how many files lie in the store.
func (w *world) stored() (n int) {
	w.must(w.Blobs.List(ctx, "org_a", blob.Recording, func(blob.Hash, int64) error { n++; return nil }))
	return n
}

func claim(data []byte) upload.Claim {
	sum := sha256.Sum256(data)
	return upload.Claim{Hash: hex.EncodeToString(sum[:]), Length: int64(len(data))}
}

// webm are n bytes that begin as a WebM file does; seed makes them others.
func webm(seed uint64, n int) []byte {
	data := make([]byte, n)
	chance := rand.New(rand.NewPCG(seed, 1))
	for i := range data {
		data[i] = byte(chance.Uint32())
	}
	copy(data, "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01webm")
	return data
}

// Whatever the size of the chunks, what arrives is what was sent, and one file is left of it.
func TestChunks(t *testing.T) {
	each(t, func(w *world) {
		for name, c := range map[string]struct{ size, chunk int }{
			"one byte":           {300, 1},
			"slices of a voice":  {100_000, 4_000},
			"slices of a film":   {700_000, 125_000},
			"all at once":        {9 << 20, 9 << 20},
			"of the row's size":  {64 << 10, 16 << 10},
			"more than one file": {17 << 20, 17 << 20},
		} {
			data := webm(uint64(c.size), c.size)
			u, err := w.Create(ctx, anna, upload.Subject{Owner: "att_1", Item: "walk", Purpose: id.Timeless("take")}, -1)
			w.must(err)
			w.send(u, data, c.chunk)
			u, err = w.Finish(ctx, anna, u.ID, claim(data))
			if err != nil || u.State != upload.Complete || u.Type != "video/webm" || u.Length != int64(c.size) {
				t.Errorf("%s: Finish = %+v, %v", name, u, err)
				continue
			}
			if !bytes.Equal(w.read(u), data) {
				t.Errorf("%s: what is kept is not what was sent", name)
			}
		}
		w.must(w.Collect(ctx, "org_a"))
		if n := w.stored(); n != 6 {
			t.Errorf("%d files are left of 6 uploads", n)
		}
	})
}

// A reply that was lost is asked for again: nothing is made twice.
func TestLostReplies(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		if again := w.begin(-1); again.ID != u.ID {
			t.Errorf("a second Create began another upload")
		}
		data := webm(1, 50_000)
		w.send(u, data[:20_000], 20_000)
		if again := w.begin(-1); again.ID == u.ID {
			t.Error("an upload with bytes in it was given to whoever begins a new one")
		}
		_, err := w.Append(ctx, anna, u.ID, 0, bytes.NewReader(data[:20_000]))
		if p, _ := problem.As(err); !errors.Is(err, upload.ErrOffset) || p.Facts["bytes"] != "20000" {
			t.Errorf("the same piece again = %v; want ErrOffset with 20000 bytes", err)
		}
		u, err = w.Load(ctx, anna, u.ID)
		w.must(err)
		w.send(u, data[20_000:], 30_000)
		for range 2 {
			if u, err = w.Finish(ctx, anna, u.ID, claim(data)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Append(ctx, anna, u.ID, u.Bytes, strings.NewReader("x")); !errors.Is(err, upload.ErrFinished) {
			t.Errorf("Append to a finished one = %v; want ErrFinished", err)
		}
		if _, err := w.Finish(ctx, anna, u.ID, claim(data[1:])); !errors.Is(err, upload.ErrHash) {
			t.Errorf("Finish with another hash = %v; want ErrHash", err)
		}
		w.must(w.Jobs.Drain(ctx))
		if len(w.notes) != 1 || w.notes[0] != (upload.Note{Org: "org_a", Upload: u.ID, Owner: "att_1", Item: "walk", Purpose: "take_1"}) {
			t.Errorf("announced %+v; want it once", w.notes)
		}
	})
}

// A connection that breaks in the middle of a piece leaves what had come.
func TestBrokenConnection(t *testing.T) {
	each(t, func(w *world) {
		for _, cut := range []int{1, 5_000, 16 << 10, 40_000} {
			u, err := w.Create(ctx, anna, upload.Subject{Owner: "att_1", Item: "walk", Purpose: id.Timeless("take")}, 50_000)
			w.must(err)
			data, reset := webm(uint64(cut), 50_000), errors.New("connection reset")
			n, err := w.Append(ctx, anna, u.ID, 0, io.MultiReader(bytes.NewReader(data[:cut]), iotest.ErrReader(reset)))
			if n != int64(cut) || !errors.Is(err, reset) {
				t.Errorf("Append that broke after %d = %d, %v", cut, n, err)
			}
			if u, err = w.Load(ctx, anna, u.ID); err != nil || u.Bytes != int64(cut) {
				t.Fatalf("after %d the upload has %d bytes, %v", cut, u.Bytes, err)
			}
			w.send(u, data[cut:], 50_000)
			if u, err = w.Finish(ctx, anna, u.ID, claim(data)); err != nil || !bytes.Equal(w.read(u), data) {
				t.Errorf("after a cut at %d: %v", cut, err)
			}
		}
	})
}

// What a device says wrongly is told plainly, and what is here stays, so that it can go on.
func TestFalseClaims(t *testing.T) {
	each(t, func(w *world) {
		data := webm(2, 40_000)
		u := w.begin(-1)
		w.send(u, data[:39_999], 20_000)
		_, err := w.Finish(ctx, anna, u.ID, claim(data))
		if p, _ := problem.As(err); !errors.Is(err, upload.ErrLength) || p.Facts["bytes"] != "39999" {
			t.Errorf("Finish before the last byte = %v; want ErrLength with what is here", err)
		}
		_, err = w.Append(ctx, anna, u.ID, 39_999, strings.NewReader("?"))
		w.must(err)
		if _, err = w.Finish(ctx, anna, u.ID, claim(data)); !errors.Is(err, upload.ErrHash) {
			t.Errorf("Finish of other bytes = %v; want ErrHash", err)
		}
		u, err = w.Cut(ctx, anna, u.ID, 39_999)
		if err != nil || u.Bytes > 39_999 || u.Bytes == 0 {
			t.Fatalf("Cut = %d bytes, %v", u.Bytes, err)
		}
		w.send(u, data[u.Bytes:], 10_000)
		if u, err = w.Finish(ctx, anna, u.ID, claim(data)); err != nil || !bytes.Equal(w.read(u), data) {
			t.Errorf("Finish after going back = %v", err)
		}

		told, err := w.Create(ctx, anna, upload.Subject{Owner: "att_1", Item: "walk", Purpose: "take_2"}, 100)
		w.must(err)
		n, err := w.Append(ctx, anna, told.ID, 0, bytes.NewReader(data))
		if n != 100 || !errors.Is(err, upload.ErrTooLarge) {
			t.Errorf("more than the told length = %d, %v; want 100 and ErrTooLarge", n, err)
		}
	})
}

func TestRefused(t *testing.T) {
	each(t, func(w *world) {
		if _, err := w.Create(ctx, anna, take, 4<<30); !errors.Is(err, upload.ErrTooLarge) {
			t.Errorf("Create of 4 GiB = %v; want ErrTooLarge", err)
		}
		if _, err := w.Create(ctx, anna, upload.Subject{Owner: "att_1", Item: "walk", Purpose: "../x"}, -1); !errors.Is(err, upload.ErrPurpose) {
			t.Errorf("Create for ../x = %v; want ErrPurpose", err)
		}
		page := []byte("<!doctype html><script>alert(1)</script>" + strings.Repeat(" ", 5000))
		u := w.begin(-1)
		if n, err := w.Append(ctx, anna, u.ID, 0, bytes.NewReader(page)); n != 0 || !errors.Is(err, upload.ErrType) {
			t.Errorf("a page at once = %d, %v; want ErrType", n, err)
		}
		w.send(u, page[:3], 1) // too little to know
		u, err := w.Load(ctx, anna, u.ID)
		w.must(err)
		w.send(u, page[3:], 5000)
		if _, err := w.Finish(ctx, anna, u.ID, claim(page)); !errors.Is(err, upload.ErrType) {
			t.Errorf("a page in pieces = %v; want ErrType", err)
		}
	})
}

// Nobody finds another's upload, whatever they want with it.
func TestForeign(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		w.send(u, webm(3, 5000), 5000)
		for _, who := range []actor.Actor{ben, {Kind: actor.Member, ID: "inv_1", Org: "org_a"}, {Kind: actor.Candidate, ID: "inv_1", Org: "org_b"}} {
			_, load := w.Load(ctx, who, u.ID)
			_, app := w.Append(ctx, who, u.ID, 5000, strings.NewReader("x"))
			_, fin := w.Finish(ctx, who, u.ID, upload.Claim{Length: 5000})
			_, cut := w.Cut(ctx, who, u.ID, 0)
			for what, err := range map[string]error{"Load": load, "Append": app, "Finish": fin, "Cut": cut, "Drop": w.Drop(ctx, who, u.ID), "Declare": w.Declare(ctx, who, u.ID, 6000)} {
				if !errors.Is(err, upload.ErrMissing) {
					t.Errorf("%s by %+v = %v; want ErrMissing", what, who, err)
				}
			}
		}
		if u, err := w.Load(ctx, anna, u.ID); err != nil || u.Bytes != 5000 {
			t.Errorf("afterwards = %d bytes, %v", u.Bytes, err)
		}
	})
}

// Room is reserved when an upload begins and given back when it ends or goes.
func TestQuota(t *testing.T) {
	each(t, func(w *world) {
		w.Quota = upload.Quota{Owner: 2 * uploadtest.Most, Organisation: 3 * uploadtest.Most}
		begin := func(owner, purpose string) (upload.Upload, error) {
			return w.Create(ctx, anna, upload.Subject{Owner: owner, Item: "walk", Purpose: purpose}, -1)
		}
		first, err := begin("att_1", "a")
		w.must(err)
		_, err = begin("att_1", "b")
		w.must(err)
		if _, err := begin("att_1", "c"); !errors.Is(err, upload.ErrQuota) {
			t.Errorf("a third of one owner = %v; want ErrQuota", err)
		}
		_, err = begin("att_2", "a")
		w.must(err)
		if _, err := begin("att_3", "a"); !errors.Is(err, upload.ErrQuota) {
			t.Errorf("a fourth of the organisation = %v; want ErrQuota", err)
		}
		data := webm(4, 5000)
		w.send(first, data, 5000)
		_, err = w.Finish(ctx, anna, first.ID, claim(data))
		w.must(err)
		if _, err := begin("att_1", "c"); !errors.Is(err, upload.ErrQuota) {
			t.Errorf("beside 5000 bytes = %v; want ErrQuota", err)
		}
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error { return w.Remove(ctx, tx, first.ID) }))
		if _, err := begin("att_1", "c"); err != nil {
			t.Errorf("after one went = %v", err)
		}
	})
}

// What nobody goes on with is thrown away with its files, and so is a file that a process wrote and did not live to name.
func TestAbandoned(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		w.send(u, webm(5, 40_000), 40_000)
		_, err := w.Blobs.Put(ctx, "org_a", blob.Recording, []byte("a process died here"))
		w.must(err)
		w.must(w.Sweep(ctx, "org_a"))
		w.tick.Add(upload.Abandoned - time.Hour)
		w.must(w.Sweep(ctx, "org_a"))
		if n := w.stored(); n != 1 {
			t.Errorf("%d files before its time; want the part alone", n)
		}
		w.tick.Add(2 * time.Hour)
		w.must(w.Sweep(ctx, "org_a"))
		if _, err := w.Load(ctx, anna, u.ID); !errors.Is(err, upload.ErrMissing) || w.stored() != 0 {
			t.Errorf("after its time: Load = %v, %d files", err, w.stored())
		}
	})
}

// The same bytes in two uploads are one file, which stays while one of them needs it; bytes whose file was collected can come again.
func TestSharedFiles(t *testing.T) {
	each(t, func(w *world) {
		data := webm(6, 40_000)
		var all []upload.Upload
		for _, p := range []string{"a", "b"} {
			u, err := w.Create(ctx, anna, upload.Subject{Owner: "att_1", Item: "walk", Purpose: p}, -1)
			w.must(err)
			w.send(u, data, 40_000)
			u, err = w.Finish(ctx, anna, u.ID, claim(data))
			w.must(err)
			all = append(all, u)
		}
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error { return w.Remove(ctx, tx, all[0].ID) }))
		w.must(w.Collect(ctx, "org_a"))
		if !bytes.Equal(w.read(all[1]), data) {
			t.Error("the file of the other went with it")
		}
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error { return w.Remove(ctx, tx, all[1].ID) }))
		w.must(w.Collect(ctx, "org_a"))
		if w.stored() != 0 {
			t.Fatal("the file stays")
		}
		u := w.begin(-1)
		_, err := w.Append(ctx, anna, u.ID, 0, bytes.NewReader(data))
		if errors.Is(err, upload.ErrBusy) {
			_, err = w.Append(ctx, anna, u.ID, 0, bytes.NewReader(data))
		}
		w.must(err)
		if u, err = w.Finish(ctx, anna, u.ID, claim(data)); err != nil || !bytes.Equal(w.read(u), data) {
			t.Errorf("the same bytes again: %v", err)
		}
	})
}

// Two connections that send the same piece at once add it once.
func TestRacingPieces(t *testing.T) {
	each(t, func(w *world) {
		data := webm(7, 200_000)
		u := w.begin(-1)
		for at := 0; at < len(data); at += 20_000 {
			var won int64
			var mu sync.Mutex
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					n, err := w.Append(ctx, anna, u.ID, int64(at), bytes.NewReader(data[at:at+20_000]))
					if err != nil && !errors.Is(err, upload.ErrOffset) {
						t.Errorf("Append = %v", err)
					}
					mu.Lock()
					won += n
					mu.Unlock()
				})
			}
			all.Wait()
			if won != 20_000 {
				t.Fatalf("four that sent one piece of 20,000 added %d", won)
			}
		}
		u, err := w.Finish(ctx, anna, u.ID, claim(data))
		if err != nil || !bytes.Equal(w.read(u), data) {
			t.Errorf("Finish = %v", err)
		}
	})
}

// Erasing removes the rows at once and the files with the next collection.
func TestErase(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		data := webm(8, 40_000)
		w.send(u, data, 40_000)
		_, err := w.Finish(ctx, anna, u.ID, claim(data))
		w.must(err)
		w.send(w.begin(-1), data, 40_000)
		person := db.Person{Org: "org_a", Attempts: []string{"att_1"}}
		w.must(w.DB.Write(ctx, "org_a", func(tx db.Tx) error {
			before, err := w.Preview(ctx, tx, person)
			w.must(err)
			after, err := w.Erase(ctx, tx, person)
			if before["recordings and files"] != 2 || after["recordings and files"] != 2 {
				t.Errorf("Preview = %v, Erase = %v; want 2", before, after)
			}
			return err
		}))
		w.must(w.Jobs.Drain(ctx))
		w.must(w.DB.Read(ctx, "org_a", func(tx db.Tx) error {
			for _, table := range []string{"uploads", "upload_parts", "upload_media", "upload_rooms"} {
				var n int
				if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table+` WHERE org_id = 'org_a'`).Scan(&n); err != nil {
					return err
				}
				if n > 0 && table != "upload_rooms" || n > 1 {
					t.Errorf("%s has %d rows", table, n)
				}
			}
			return nil
		}))
		if n := w.stored(); n != 0 {
			t.Errorf("%d files are left", n)
		}
	})
}

// A request whose last part is refused, because somebody cut the upload meanwhile, lets go at once all the same: the clock stands still here.
func TestALeaseIsLetGoAfterARefusedPart(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		data := webm(3, 8<<20+1000)
		l := w.Lease(anna, u.ID)
		w.must(l.Lock(ctx, func() {}))
		cut := io.MultiReader(bytes.NewReader(data[:8<<20]), &before{do: func() {
			_, err := w.Cut(ctx, anna, u.ID, 0)
			w.must(err)
		}}, bytes.NewReader(data[8<<20:]))
		if n, err := l.Append(ctx, 0, cut); n != 8<<20 || !errors.Is(err, upload.ErrOffset) {
			t.Fatalf("Append = %d, %v; want the first part, and ErrOffset", n, err)
		}
		w.must(l.Unlock())
		soon, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		next := w.Lease(anna, u.ID)
		w.must(next.Lock(soon, func() {}))
		w.must(next.Unlock())
	})
}

// before does something when it is come to, once, and gives nothing.
type before struct{ do func() }

func (b *before) Read([]byte) (int, error) {
	if b.do != nil {
		b.do()
		b.do = nil
	}
	return 0, io.EOF
}

// A second connection gets the lease when the first lets go, and the first is told; one that died is not waited for.
func TestLease(t *testing.T) {
	each(t, func(w *world) {
		u := w.begin(-1)
		first, second := w.Lease(anna, u.ID), w.Lease(anna, u.ID)
		told := make(chan struct{})
		w.must(first.Lock(ctx, func() { close(told) }))
		got := make(chan error)
		go func() { got <- second.Lock(ctx, func() {}) }()
		<-told
		w.must(first.Unlock())
		w.must(<-got)

		w.tick.Add(time.Minute) // its node is gone
		third := w.Lease(anna, u.ID)
		w.must(third.Lock(ctx, func() {}))
		w.must(third.Unlock())
		w.must(second.Unlock())
		if err := w.Lease(anna, "upl_none").Lock(ctx, func() {}); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("a lease of nothing = %v; want ErrMissing", err)
		}
	})
}
