package promise_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/promise"
)

func TestWorkingDays(t *testing.T) {
	lisbon, _ := time.LoadLocation("Europe/Lisbon")
	auckland, _ := time.LoadLocation("Pacific/Auckland")
	at := func(s string) time.Time { x, _ := time.Parse(time.RFC3339, s); return x }
	for _, c := range []struct {
		name string
		from time.Time
		days int
		zone *time.Location
		want string
	}{
		{"within a week", at("2026-11-24T10:00:00Z"), 2, lisbon, "2026-11-27T00:00:00Z"},
		{"over a weekend", at("2026-11-26T10:00:00Z"), 2, lisbon, "2026-12-01T00:00:00Z"},
		{"from a Saturday", at("2026-11-28T10:00:00Z"), 1, lisbon, "2026-12-01T00:00:00Z"},
		{"a Friday night here is a Saturday there", at("2026-11-27T20:00:00Z"), 1, auckland, "2026-11-30T11:00:00Z"},
		{"over a change of clocks", at("2026-10-23T10:00:00Z"), 1, lisbon, "2026-10-27T00:00:00Z"},
	} {
		if got := promise.Due(c.from, c.days, c.zone); got.Format(time.RFC3339) != c.want {
			t.Errorf("%s: Due = %s; want %s", c.name, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestAPromiseIsKeptOrBroken(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, []fs.FS{promise.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		ps := &promise.Promises{DB: d}
		write := func(fn func(tx db.Tx) error) {
			t.Helper()
			if err := d.Write(ctx, "o1", fn); err != nil {
				t.Fatal(err)
			}
		}
		of := func(app string) (out []promise.Promise) {
			write(func(tx db.Tx) (err error) { out, err = ps.Of(ctx, tx, app); return err })
			return out
		}
		for _, app := range []string{"kept", "broken", "kept"} {
			write(func(tx db.Tx) error { return ps.Owe(ctx, tx, promise.Reply, app, 2, tick.Now(), time.UTC) })
		}
		if got := of("kept"); len(got) != 1 {
			t.Fatalf("%d promises after owing twice; want 1", len(got))
		}
		due := of("kept")[0].Due
		tick.Set(due)
		write(func(tx db.Tx) error { return ps.Keep(ctx, tx, promise.Reply, "kept", tick.Now()) })
		tick.Add(time.Millisecond)
		if err := ps.Sweep(ctx, "o1"); err != nil {
			t.Fatal(err)
		}
		if p := of("kept")[0]; !p.Broken.IsZero() || p.Kept != due {
			t.Errorf("kept at the last instant = %+v; want it kept and not broken", p)
		}
		if p := of("broken")[0]; p.Broken.IsZero() {
			t.Errorf("a millisecond late = %+v; want it broken", p)
		}
		write(func(tx db.Tx) error { return ps.Keep(ctx, tx, promise.Reply, "broken", tick.Now()) })
		if p := of("broken")[0]; p.Broken.IsZero() || p.Kept.IsZero() {
			t.Errorf("kept after its day = %+v; want both said", p)
		}
	})
}
