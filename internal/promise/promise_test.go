package promise_test

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/org"
	"candor/internal/promise"

	"pgregory.net/rapid"
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
		if got := promise.Due(c.from, c.days, org.Weekdays(c.zone)); got.Format(time.RFC3339) != c.want {
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
			write(func(tx db.Tx) error {
				return ps.Owe(ctx, tx, promise.Reply, app, 2, tick.Now(), org.Weekdays(time.UTC))
			})
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

func TestAPromiseWaits(t *testing.T) {
	ctx := context.Background()
	zone, _ := time.LoadLocation("Europe/Lisbon")
	lisbon := org.Weekdays(zone)
	dbtest.Each(t, []fs.FS{promise.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		ps := &promise.Promises{DB: d}
		write := func(fn func(tx db.Tx) error) {
			t.Helper()
			if err := d.Write(ctx, "o1", fn); err != nil {
				t.Fatal(err)
			}
		}
		wait := func(from, until time.Time) {
			t.Helper()
			write(func(tx db.Tx) error { return ps.Wait(ctx, tx, "app", from, until, lisbon) })
		}
		standing := func() (p promise.Promise) {
			t.Helper()
			write(func(tx db.Tx) error {
				list, err := ps.Of(ctx, tx, "app")
				p = list[0]
				return err
			})
			return p
		}
		day := func(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }
		wait(day(24), day(25)) // nothing is owed: nothing waits
		tick.Set(day(24))      // a Tuesday
		write(func(tx db.Tx) error { return ps.Owe(ctx, tx, promise.Reply, "app", 5, day(24), lisbon) })
		wait(day(26), promise.Due(day(26), 5, lisbon))
		if p := standing(); !p.Due.Equal(time.Date(2026, 12, 9, 0, 0, 0, 0, time.UTC)) || !p.Waits.Equal(time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("with 3 days left and 5 to wait = %+v; want it due at the end of 8 December", p)
		}
		wait(day(27), day(27).Add(time.Hour))
		if p := standing(); !p.Waits.Equal(time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("a shorter wait = %+v; want the longer one to stay", p)
		}
		wait(day(27), promise.Due(day(26), 7, lisbon))
		if p := standing(); !p.Due.Equal(time.Date(2026, 12, 11, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("extended by two days = %+v; want it due two days later", p)
		}
		tick.Set(time.Date(2026, 12, 7, 23, 59, 0, 0, time.UTC))
		if err := ps.Sweep(ctx, "o1"); err != nil {
			t.Fatal(err)
		}
		if p := standing(); !p.Broken.IsZero() {
			t.Errorf("while somebody else has the turn = %+v; want it not broken", p)
		}
		write(func(tx db.Tx) error { return ps.GoOn(ctx, tx, "app", day(30), lisbon) })
		if p := standing(); !p.Due.Equal(time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("answered after two working days = %+v; want it due three after that", p)
		}
		if err := ps.Sweep(ctx, "o1"); err != nil {
			t.Fatal(err)
		}
		if p := standing(); p.Broken.IsZero() {
			t.Errorf("after that day = %+v; want it broken", p)
		}
		wait(tick.Now(), tick.Now().AddDate(0, 0, 30))
		if p := standing(); p.Broken.IsZero() || !p.Due.Equal(time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("waiting after it was broken = %+v; want nothing changed", p)
		}
	})
}

// A promise that stood still is never due before the wait ends, never earlier than it was, and no working day of it is lost or won.
func TestLater(t *testing.T) {
	zones := zones(t)
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	over := 0
	rapid.Check(t, func(t *rapid.T) {
		zone := calendar(t, rapid.SampledFrom(zones).Draw(t, "zone"), start)
		made := start.Add(time.Duration(rapid.Int64Range(0, 200*24*3600_000).Draw(t, "made")) * time.Millisecond)
		days := rapid.IntRange(1, 20).Draw(t, "days")
		due := promise.Due(made, days, zone)
		from := made.Add(time.Duration(rapid.Int64Range(0, int64(due.Sub(made)/time.Millisecond)).Draw(t, "from")) * time.Millisecond)
		until := from.Add(time.Duration(rapid.Int64Range(0, 60*24*3600_000).Draw(t, "wait")) * time.Millisecond)
		if rapid.Bool().Draw(t, "a whole day") {
			until = promise.Due(from, rapid.IntRange(1, 10).Draw(t, "until"), zone)
		}
		got := promise.Later(due, from, until, zone)
		if got.Before(until) || got.Before(due) {
			t.Fatalf("Later(%v, %v, %v) = %v; want it not before either", due, from, until, got)
		}
		left := func(at, due time.Time) int { return weekdays(at, due, zone) }
		before, after := left(from, due), left(until.Add(-time.Millisecond), got)
		if until.After(from) && after != before && !(before == 0 && after == 1) {
			t.Fatalf("%d working days were left at %v, and %d at %v", before, from, after, until)
		}
		if until.After(due) {
			over++
			if after == 0 {
				t.Fatalf("Later(%v, %v, %v) = %v; want a day left to keep it", due, from, until, got)
			}
		}
	})
	if over == 0 {
		t.Error("no wait went beyond the day of its promise")
	}
}

// weekdays counts the working days after that of at whose end is not after due, day by day.
func weekdays(at, due time.Time, cal org.Calendar) int {
	n := 0
	y, m, d := at.In(cal.Zone).Date()
	for d++; ; d++ {
		if time.Date(y, m, d+1, 0, 0, 0, 0, cal.Zone).After(due) {
			return n
		}
		noon := time.Date(y, m, d, 12, 0, 0, 0, cal.Zone)
		if _, off := cal.Off[noon.Format("2006-01-02")]; cal.Week[noon.Weekday()] && !off {
			n++
		}
	}
}

// zones are some in which clocks change, one of them at midnight.
func zones(t *testing.T) (out []*time.Location) {
	for _, name := range []string{"UTC", "Europe/Lisbon", "Pacific/Auckland", "America/New_York", "America/Santiago"} {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, z)
	}
	return out
}

// calendar draws a working week and holidays of the 400 days from start.
func calendar(t *rapid.T, zone *time.Location, start time.Time) org.Calendar {
	c := org.Calendar{Zone: zone, Off: map[string]string{}}
	for _, d := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID).Draw(t, "week") {
		c.Week[d] = true
	}
	for _, d := range rapid.SliceOfN(rapid.IntRange(0, 399), 0, 60).Draw(t, "holidays") {
		c.Off[start.AddDate(0, 0, d).Format("2006-01-02")] = "off"
	}
	return c
}

// A promise is due at the end of a working day, with exactly its days in between, whatever the week, the holidays and the clocks do; a later
// beginning is never due earlier, and neither are more days.
func TestDue(t *testing.T) {
	zones := zones(t)
	start := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		cal := calendar(t, rapid.SampledFrom(zones).Draw(t, "zone"), start)
		at := start.Add(time.Duration(rapid.Int64Range(0, 300*24*3600_000).Draw(t, "at")) * time.Millisecond)
		n := rapid.IntRange(1, 30).Draw(t, "days")
		due := promise.Due(at, n, cal)
		if !due.After(at) {
			t.Fatalf("Due(%v, %d) = %v; want it later", at, n, due)
		}
		if got := weekdays(at, due, cal); got != n {
			t.Fatalf("Due(%v, %d) = %v has %d working days", at, n, due, got)
		}
		last := due.Add(-time.Millisecond)
		if !cal.Works(last) {
			t.Fatalf("Due(%v, %d) = %v, the end of a day off", at, n, due)
		}
		if y, m, d := last.In(cal.Zone).Date(); !time.Date(y, m, d+1, 0, 0, 0, 0, cal.Zone).Equal(due) {
			t.Fatalf("Due(%v, %d) = %v; want the end of that day", at, n, due)
		}
		if more := promise.Due(at, n+1, cal); !more.After(due) {
			t.Fatalf("Due with %d days = %v, with %d %v", n+1, more, n, due)
		}
		if later := promise.Due(at.Add(time.Hour), n, cal); later.Before(due) {
			t.Fatalf("an hour later it is due at %v, before %v", later, due)
		}
		if len(cal.Off) > 10 {
			seen++
		}
	})
	if seen == 0 {
		t.Error("no calendar had holidays")
	}
}

// Whoever keeps a promise is reminded once in the morning of its last day, and its breach is said once; the candidate's days of lateness count
// from the end of that day.
func TestAPromiseIsRemindedOfThenBroken(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, []fs.FS{promise.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		ps := &promise.Promises{DB: d}
		tick.Set(time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)) // a Thursday
		cal := org.Weekdays(time.UTC)
		cal.Off = map[string]string{"2026-11-27": "Founders' day"}
		owe := func(kind promise.Kind, about string) {
			t.Helper()
			if err := d.Write(ctx, "o1", func(tx db.Tx) error { return ps.OweFor(ctx, tx, kind, "app", about, 2, tick.Now(), cal) }); err != nil {
				t.Fatal(err)
			}
		}
		owe(promise.Payment, "stage one")
		owe(promise.Payment, "stage two")
		owe(promise.Payment, "stage two")
		owe(promise.Review, "")
		state := func() (out []promise.Promise, reminded int) {
			t.Helper()
			err := d.Read(ctx, "o1", func(tx db.Tx) (err error) {
				if out, err = ps.Of(ctx, tx, "app"); err != nil {
					return err
				}
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM promises WHERE org_id = $1 AND reminded_at > 0`, "o1").Scan(&reminded)
			})
			if err != nil {
				t.Fatal(err)
			}
			return out, reminded
		}
		sweep := func() {
			t.Helper()
			if err := ps.Sweep(ctx, "o1"); err != nil {
				t.Fatal(err)
			}
		}
		list, _ := state()
		due := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC) // after a day off and a weekend: the end of Tuesday
		if len(list) != 3 || !list[0].Due.Equal(due) {
			t.Fatalf("promises = %+v; want two payments and a review, due %v", list, due)
		}
		if err := d.Write(ctx, "o1", func(tx db.Tx) error { return ps.KeepFor(ctx, tx, promise.Payment, "app", "stage one", tick.Now()) }); err != nil {
			t.Fatal(err)
		}
		tick.Set(due.Add(-16 * time.Hour))
		sweep()
		if _, n := state(); n != 0 {
			t.Errorf("at eight %d were reminded of; want none before it has struck", n)
		}
		tick.Add(time.Millisecond)
		sweep()
		if _, n := state(); n != 2 {
			t.Errorf("in the morning %d were reminded of; want the two that are open", n)
		}
		tick.Set(due.Add(25 * time.Hour))
		sweep()
		list, _ = state()
		for _, p := range list {
			kept := p.About == "stage one"
			if p.Broken.IsZero() != kept || p.Late(tick.Now()) == kept || (p.DaysLate(tick.Now()) == 2) == kept {
				t.Errorf("a day and an hour after its day = %+v, %d days late; want what is open broken and 2 days late", p, p.DaysLate(tick.Now()))
			}
		}
	})
}

// Nodes that sweep at the same moment remind of each promise once, and say once that it broke.
func TestTwoNodesSweep(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, []fs.FS{promise.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		jobs, err := job.New(d, job.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(ctx, []fs.FS{promise.Schema}, job.Migrate(d)); err != nil {
			t.Fatal(err)
		}
		ps := &promise.Promises{DB: d, Jobs: jobs}
		near, broken := map[string]int{}, map[string]int{}
		job.Listen(jobs, promise.Near, "test.near", job.Housekeeping, func(_ context.Context, n promise.NearNote) error { near[n.Promise]++; return nil })
		job.Listen(jobs, promise.Broken, "test.broken", job.Housekeeping, func(_ context.Context, n promise.BrokenNote) error { broken[n.Promise]++; return nil })
		const people = 100
		if err := d.Write(ctx, "o1", func(tx db.Tx) error {
			for i := range people {
				if err := ps.Owe(ctx, tx, promise.Reply, fmt.Sprint("app", i), 1, tick.Now(), org.Weekdays(time.UTC)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		due := promise.Due(tick.Now(), 1, org.Weekdays(time.UTC))
		for _, at := range []time.Time{due.Add(-time.Hour), due.Add(time.Hour)} {
			tick.Set(at)
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					if err := ps.Sweep(ctx, "o1"); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
		}
		if err := jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		for name, told := range map[string]map[string]int{"near": near, "broken": broken} {
			if len(told) != people {
				t.Errorf("%d promises were said to be %s; want %d", len(told), name, people)
			}
			for p, n := range told {
				if n != 1 {
					t.Errorf("%s was said to be %s %d times", p, name, n)
					break
				}
			}
		}
	})
}
