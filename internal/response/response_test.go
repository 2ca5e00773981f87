package response_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/response"
)

var ctx = context.Background()

func keep(t *testing.T, d *db.DB, s response.Save, standing response.Standing) response.Kept {
	t.Helper()
	var k response.Kept
	err := d.Write(ctx, "o1", func(tx db.Tx) (err error) {
		k, err = response.Keep(ctx, tx, "att_1", s, standing, d.Now())
		return err
	})
	if err != nil {
		t.Errorf("Keep = %v", err)
	}
	return k
}

func current(t *testing.T, d *db.DB) map[string]response.Revision {
	t.Helper()
	var out map[string]response.Revision
	err := d.Read(ctx, "o1", func(tx db.Tx) (err error) {
		out, err = response.Current(ctx, tx, "att_1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, []fs.FS{response.Schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) { fn(t, d) })
}

func TestTheSameVersionIsKeptOnceHoweverOftenItArrives(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 5 {
			for seq := range int64(20) {
				wg.Go(func() {
					keep(t, d, response.Save{Item: "a", Client: "c1", Seq: seq + 1, Body: fmt.Appendf(nil, `{"n":%d}`, seq+1)}, response.OnTime)
				})
			}
		}
		wg.Wait()
		if r := current(t, d)["a"]; string(r.Body) != `{"n":20}` {
			t.Errorf("the present answer is %s; want the newest, whatever order they arrived in", r.Body)
		}
		var h []response.Revision
		d.Read(ctx, "o1", func(tx db.Tx) (err error) { h, err = response.History(ctx, tx, "att_1", "a", 0, 200); return err })
		if len(h) != 20 {
			t.Errorf("%d revisions of 100 arrivals; want 20", len(h))
		}
		for i, r := range h {
			if r.N != int64(20-i) {
				t.Errorf("revision %d has number %d; want no gaps", i, r.N)
			}
		}
	})
}

func TestAPostedVersionIsNotOvertakenByThoseBeforeItsTurn(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		save := func(client string, seq int64, turn response.Turn, body, want string) {
			t.Helper()
			k := keep(t, d, response.Save{Item: "a", Client: client, Seq: seq, Body: []byte(body), Turn: turn}, response.OnTime)
			r := current(t, d)["a"]
			if k.Revision == "" || string(r.Body) != want {
				t.Errorf("after %s the present answer is %s; want %s", body, r.Body, want)
			}
		}
		save("c1", 1, response.Turn{}, "one", "one")
		save("form x", 9000, response.Turn{Client: "c1", Seq: 4}, "posted", "posted")
		save("c1", 2, response.Turn{}, "two", "posted")
		save("c1", 3, response.Turn{}, "three", "posted")
		if got := current(t, d)["a"].Turn; got != (response.Turn{Client: "c1", Seq: 4}) {
			t.Errorf("the present answer has turn %v; want c1, 4", got)
		}
		save("form y", 9001, response.Turn{Client: "c1", Seq: 4}, "acted", "acted") // what the same press did besides
		save("c1", 5, response.Turn{}, "five", "five")
		save("form z", 9002, response.Turn{}, "without script", "without script")
		save("c2", 1, response.Turn{}, "another page", "another page")
		var h []response.Revision
		d.Read(ctx, "o1", func(tx db.Tx) (err error) { h, err = response.History(ctx, tx, "att_1", "a", 0, 200); return err })
		if len(h) != 8 {
			t.Errorf("%d versions are kept; want all 8", len(h))
		}
	})
}

func TestLateWorkAndBranchesAreKeptBesideThePresentAnswer(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		keep(t, d, response.Save{Item: "a", Client: "c1", Seq: 1, Body: []byte(`{"x":1}`)}, response.OnTime)
		keep(t, d, response.Save{Item: "a", Client: "c1", Seq: 2, Body: []byte(`{"x":2}`)}, response.Late)
		b := keep(t, d, response.Save{Item: "a", Client: "c2", Seq: 1, Body: []byte(`{"x":3}`)}, response.Branch)
		if r := current(t, d)["a"]; string(r.Body) != `{"x":1}` {
			t.Errorf("the present answer is %s; want the one on time", r.Body)
		}
		var stray []response.Revision
		var body response.Revision
		d.Read(ctx, "o1", func(tx db.Tx) (err error) {
			if stray, err = response.Stray(ctx, tx, "att_1"); err != nil {
				return err
			}
			body, err = response.Load(ctx, tx, "att_1", b.Revision)
			return err
		})
		if len(stray) != 2 || string(body.Body) != `{"x":3}` || body.Standing != response.Branch {
			t.Errorf("stray = %v, branch = %+v; want both kept with their bytes", stray, body)
		}
		d.Read(ctx, "o1", func(tx db.Tx) error {
			if _, err := response.Load(ctx, tx, "att_2", b.Revision); !errors.Is(err, response.ErrMissing) {
				t.Errorf("another owner's look = %v; want ErrMissing", err)
			}
			return nil
		})
	})
}

func TestDamagedBytesAreNotTakenForTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, "o1", func(tx db.Tx) error {
			_, err := response.Keep(ctx, tx, "att_1", response.Save{Item: "a", Client: "c", Seq: 1, Body: []byte("x"), SHA256: response.Hash([]byte("y"))}, response.OnTime, d.Now())
			return err
		})
		if !errors.Is(err, response.ErrHash) || len(current(t, d)) != 0 {
			t.Errorf("Keep = %v; want ErrHash and nothing kept", err)
		}
	})
}
