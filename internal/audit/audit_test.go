package audit_test

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"testing"

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
