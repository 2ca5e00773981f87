package audit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
)

var ctx = context.Background()

func each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, []fs.FS{audit.Schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) { fn(t, d) })
}

func record(t *testing.T, d *db.DB, org string, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			err := d.Write(ctx, org, func(tx db.Tx) error {
				return audit.Record(ctx, tx, d.Now(), actor.Actor{Kind: actor.Member, ID: "mem_1", Org: org}, "thing.do", "thg_1",
					audit.Facts{"i": fmt.Sprint(i)})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seal(t, d, org)
}

func seal(t *testing.T, d *db.DB, org string) {
	t.Helper()
	if err := audit.Seal(ctx, d, org); err != nil {
		t.Error(err)
	}
}

func verify(t *testing.T, d *db.DB, org string) (checked, broken int64) {
	t.Helper()
	err := d.Read(ctx, org, func(tx db.Tx) (err error) {
		checked, broken, err = audit.Verify(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return checked, broken
}

func TestTheChainHoldsWhenManyWriteAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		record(t, d, "o1", 40)
		record(t, d, "o2", 3)
		if checked, broken := verify(t, d, "o1"); checked != 40 || broken != 0 {
			t.Errorf("Verify = %d lines, broken at %d; want 40 and 0", checked, broken)
		}
		if checked, broken := verify(t, d, "o2"); checked != 3 || broken != 0 {
			t.Errorf("Verify of the other organisation = %d, %d; want 3 and 0", checked, broken)
		}
	})
}

// TestAnActIsThereAtOnceAndSealedOnce: it is listed before it is in the chain, and several nodes that seal at once append it once.
func TestAnActIsThereAtOnceAndSealedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		record(t, d, "o1", 3)
		for i := range 20 {
			err := d.Write(ctx, "o1", func(tx db.Tx) error {
				return audit.Record(ctx, tx, d.Now(), actor.ForSystem("o1", "test"), "thing.do", fmt.Sprintf("thg_%d", i%2), nil)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		list := func(want, of, waiting int) {
			t.Helper()
			err := d.Read(ctx, "o1", func(tx db.Tx) error {
				all, err := audit.Lines(ctx, tx, 0, 100)
				some, more := audit.Of(ctx, tx, "thg_0", 100)
				n := 0
				for _, l := range all {
					if l.N == 0 {
						n++
					}
				}
				if len(all) != want || len(some) != of || n != waiting {
					t.Errorf("%d lines, %d of the subject, %d wait; want %d, %d and %d", len(all), len(some), n, want, of, waiting)
				}
				return errors.Join(err, more)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		list(23, 10, 20)
		if checked, broken := verify(t, d, "o1"); checked != 3 || broken != 0 {
			t.Errorf("Verify = %d lines, broken at %d; want the 3 of the chain", checked, broken)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { seal(t, d, "o1") })
		}
		wg.Wait()
		list(23, 10, 0)
		if checked, broken := verify(t, d, "o1"); checked != 23 || broken != 0 {
			t.Errorf("Verify = %d lines, broken at %d; want 23 and 0", checked, broken)
		}
	})
}

func TestEveryChangeOfTheChainIsFound(t *testing.T) {
	for name, sql := range map[string]string{
		"edited":       `UPDATE audit_lines SET facts = '{"i":"999"}' WHERE org_id = 'o1' AND n = 5`,
		"edited actor": `UPDATE audit_lines SET actor_id = 'mem_2' WHERE org_id = 'o1' AND n = 5`,
		"removed":      `DELETE FROM audit_lines WHERE org_id = 'o1' AND n = 5`,
		"cut off":      `DELETE FROM audit_lines WHERE org_id = 'o1' AND n >= 5`,
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := dbtest.Open(t, audit.Schema)
			record(t, d, "o1", 8)
			if err := d.Write(ctx, "o1", func(tx db.Tx) error { _, err := tx.Exec(ctx, sql); return err }); err != nil {
				t.Fatal(err)
			}
			if _, broken := verify(t, d, "o1"); broken != 5 {
				t.Errorf("broken at %d; want 5", broken)
			}
		})
	}
}

func TestAnErasedReasonLeavesTheChainWhole(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		p := db.Person{Org: "o1", Candidate: "cnd_1", Applications: []string{"app_1"}}
		var reason string
		err := d.Write(ctx, "o1", func(tx db.Tx) (err error) {
			if reason, err = audit.Reason(ctx, tx, d.Now(), "app_1", "her train was late"); err != nil {
				return err
			}
			return audit.Record(ctx, tx, d.Now(), actor.ForSystem("o1", "test"), "time.extend", "app_1", audit.Facts{"reason": reason})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(ctx, "o1", func(tx db.Tx) error {
			if n, err := audit.Preview(ctx, tx, p); err != nil || n["reasons"] != 1 {
				t.Errorf("Preview = %v, %v; want 1 reason", n, err)
			}
			_, err := audit.Erase(ctx, tx, p)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d.Read(ctx, "o1", func(tx db.Tx) error {
			if s, err := audit.ReasonText(ctx, tx, reason); s != "" || err != nil {
				t.Errorf("ReasonText = %q, %v; want it gone", s, err)
			}
			return nil
		})
		if _, broken := verify(t, d, "o1"); broken != 0 {
			t.Errorf("the chain is broken at %d after an erasure", broken)
		}
	})
}

func cut(t *testing.T, d *db.DB, org string, before time.Time) (n int) {
	t.Helper()
	err := d.Write(ctx, org, func(tx db.Tx) (err error) {
		n, err = audit.Cut(ctx, tx, d.Now(), before)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACutChainHolds(t *testing.T) {
	dbtest.Each(t, []fs.FS{audit.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		record(t, d, "o1", 6)
		record(t, d, "o2", 2)
		tick.Add(24 * time.Hour)
		noon := tick.Now()
		record(t, d, "o1", 3)
		if n := cut(t, d, "o1", noon.Add(-25*time.Hour)); n != 0 {
			t.Errorf("%d lines were removed a day too early", n)
		}
		if n := cut(t, d, "o1", noon); n != 6 {
			t.Errorf("%d lines were removed; want 6", n)
		}
		if n := cut(t, d, "o1", noon); n != 0 {
			t.Errorf("a second time removes %d lines", n)
		}
		if checked, broken := verify(t, d, "o1"); checked != 4 || broken != 0 { // 3, and the line that says so
			t.Errorf("Verify = %d lines, broken at %d; want 4 and 0", checked, broken)
		}
		tick.Add(time.Hour)
		if n := cut(t, d, "o1", tick.Now()); n != 4 { // all there is
			t.Errorf("%d lines were removed; want 4", n)
		}
		record(t, d, "o1", 2)
		if checked, broken := verify(t, d, "o1"); checked != 3 || broken != 0 {
			t.Errorf("Verify = %d lines, broken at %d; want 3 and 0", checked, broken)
		}
		if checked, broken := verify(t, d, "o2"); checked != 2 || broken != 0 {
			t.Errorf("the other organisation's chain: %d lines, broken at %d", checked, broken)
		}
	})
}

func TestEveryChangeOfACutChainIsFound(t *testing.T) {
	for name, sql := range map[string]string{
		"cut without a line":      `DELETE FROM audit_lines WHERE org_id = 'o1' AND n <= 5`,
		"the anchor moved":        `UPDATE audit_anchors SET n = 5, hash = (SELECT hash FROM audit_lines WHERE org_id = 'o1' AND n = 5) WHERE org_id = 'o1'`,
		"the anchor removed":      `DELETE FROM audit_anchors WHERE org_id = 'o1'`,
		"the line of it edited":   `UPDATE audit_lines SET facts = '{"hash":"","n":"0"}' WHERE org_id = 'o1' AND verb = 'audit.cut'`,
		"the newest lines cut":    `DELETE FROM audit_lines WHERE org_id = 'o1' AND n >= 7`,
		"all of the lines cut":    `DELETE FROM audit_lines WHERE org_id = 'o1'`,
		"all lines and the head":  `DELETE FROM audit_lines WHERE org_id = 'o1'; DELETE FROM audit_heads WHERE org_id = 'o1'`,
		"a line made from before": `UPDATE audit_lines SET previous = '' WHERE org_id = 'o1' AND n = 4`,
	} {
		t.Run(name, func(t *testing.T) {
			d, tick := dbtest.Open(t, audit.Schema)
			record(t, d, "o1", 3)
			tick.Add(time.Hour)
			record(t, d, "o1", 4)
			if n := cut(t, d, "o1", tick.Now()); n != 3 {
				t.Fatalf("%d lines were removed; want 3", n)
			}
			if err := d.Write(ctx, "o1", func(tx db.Tx) error {
				if _, err := tx.Exec(ctx, sql); err != nil || name != "the anchor moved" {
					return err
				}
				_, err := tx.Exec(ctx, `DELETE FROM audit_lines WHERE org_id = 'o1' AND n <= 5`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if _, broken := verify(t, d, "o1"); broken == 0 {
				t.Error("nobody notices")
			}
		})
	}
}
