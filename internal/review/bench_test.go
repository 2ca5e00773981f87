package review_test

import (
	"testing"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/review/reviewtest"
)

// BenchmarkTenThousandCards are the pages that rest on all scorecards of an opening, with 10,000 of them on 5,000 works: agreement by criterion with its
// intervals, and the debrief with scores and bands. The aim is 1 s.
//
//	go test ./internal/review -run XXX -bench TenThousandCards -benchtime 5x
func BenchmarkTenThousandCards(b *testing.B) {
	d, tick := dbtest.Open(b, reviewtest.Schemas...)
	w := reviewtest.Make(b, d, tick)
	n := w.Submitted("Amara Okafor", "amara@mail.example")
	reviewtest.Crowd(b, d, w.Org.ID, n, 10_000, w.Mina.ID, w.Jun.ID)
	err := d.Write(ctx, w.Org.ID, func(tx db.Tx) error {
		for _, c := range []struct {
			key    string
			levels int
		}{{"clear", 4}, {"right", 2}} {
			_, err := tx.Exec(ctx, `INSERT INTO ratings (org_id, review_id, criterion, level, reason, note, evidence, updated_at)
				SELECT r.org_id, r.id, CAST($1 AS TEXT), 1 + (r.shuffle + LENGTH(r.member_id) + CASE WHEN r.member_id = $2 AND r.shuffle % 3 = 0 THEN 1 ELSE 0 END) % CAST($3 AS BIGINT), '', '', '[]', 1
				FROM reviews r WHERE r.org_id = $4 AND r.state = 'filed'`, c.key, w.Mina.ID, c.levels, tx.Org)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("agreement", func(b *testing.B) {
		for b.Loop() {
			a, err := w.Reviews.Agreement(ctx, w.Rosa, w.Opening)
			if err != nil || a.Works != 5000 || a.Criteria[0].N != 5000 {
				b.Fatal(a, err)
			}
		}
	})
	b.Run("debrief", func(b *testing.B) {
		for b.Loop() {
			if v, err := w.Reviews.Debrief(ctx, w.Rosa, w.Opening); err != nil || len(v.Stages) == 0 {
				b.Fatal(v, err)
			}
		}
	})
}
