package openingweb_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/web"
)

// many puts a thousand applications into each of a hundred openings, by SQL: through invitations it would take an hour. Every fourth
// has sent something and every eighth waits for a reply.
func (s site) many(b *testing.B) {
	b.Helper()
	defer func() { // PostgreSQL's autovacuum does it within a minute, SQLite's optimize when a connection closes
		if err := s.DB.Write(ctx, s.Org.ID, func(tx db.Tx) error { _, err := tx.Exec(ctx, "ANALYZE"); return err }); err != nil {
			b.Fatal(err)
		}
	}()
	stages := []opening.Stage{{Title: "Screen", Reviewers: 2, Window: 7, Format: "assessment", Ref: string(s.Version)}}
	for k := range 100 {
		o := s.Opening
		if k > 0 {
			var err error
			if o, err = s.Openings.Create(ctx, s.Owner, opening.Opening{Title: fmt.Sprintf("Opening %d", k), ReplyDays: 5}, stages); err != nil {
				b.Fatal(err)
			}
		}
		err := s.DB.Write(ctx, s.Org.ID, func(tx db.Tx) error {
			all, err := s.Openings.Stages(ctx, tx, o)
			if err != nil {
				return err
			}
			from, now := 1_000_000+k*1000, s.DB.Now().UnixMilli()
			n := fmt.Sprintf(` WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT `, from, from+999)
			key := func(what string) string { return fmt.Sprintf(`'%s' || CAST(i AS TEXT)`, what) }
			own := fmt.Sprintf(`'%s', `, tx.Org)
			for _, q := range []string{
				`INSERT INTO candidates (org_id, id, name, email, name_key, family_key, email_key, zone, created_at, erased_at)` + n + own + key("cnd_") + `, ` + key("Person ") + `, ` + key("p") + `, ` + key("person ") + `, ` + key("family") + `, ` + key("p") + `, '', 1, 0 FROM n`,
				`INSERT INTO applications (org_id, id, opening_id, candidate_id, stage_id, status, created_at, moved_at, mark_ppm)` + n + own + key("app_") + fmt.Sprintf(`, '%s', `, o) + key("cnd_") + fmt.Sprintf(`, '%s', 'active', %d, %d + i, (i %% 1000 * 7919) %% 1000000 FROM n`, all[0].ID, now, now-2_000_000_000),
				`INSERT INTO invitations (org_id, id, application_id, stage_id, format, ref_id, note, revoked_at, rotation, finish_by, zone, created_at, created_by, opened_at, opening_id)` + n + own + key("inv_") + `, ` + key("app_") + fmt.Sprintf(`, '%s', 'assessment', '%s', '', 0, 0, %d + CAST(i %% 20 - 3 AS BIGINT) * 86400000, '', 1, '', i %% 2, '%s' FROM n`, all[0].ID, s.Version, now, o),
				`INSERT INTO promises (org_id, id, kind, application_id, days, made_at, due_at, kept_at, broken_at)` + n + own + key("prm_") + `, 'reply', ` + key("app_") + fmt.Sprintf(`, 5, %d, %d + CAST(i AS BIGINT) * 1000, CASE WHEN i %% 8 = 0 THEN 0 ELSE %d END, 0 FROM n WHERE i %% 4 = 0`, now, now, now),
			} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return fmt.Errorf("%w in %s", err, q)
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBoard is a page of the board in an organisation of a hundred openings with a hundred thousand applications, as a whole
// request (page) and its list alone (query). It takes a minute to fill, so it runs when it is asked for:
//
//	CANDOR_BENCH=board go test ./internal/opening/openingweb -run '^$' -bench Board -benchtime 300x
func BenchmarkBoard(b *testing.B) {
	if os.Getenv("CANDOR_BENCH") != "board" {
		b.Skip("set CANDOR_BENCH=board")
	}
	for _, engine := range []struct {
		name string
		open func(b *testing.B) (*db.DB, *dbtest.Clock)
	}{
		{"sqlite", func(b *testing.B) (*db.DB, *dbtest.Clock) { return dbtest.Open(b, schemas...) }},
		{"postgres", func(b *testing.B) (*db.DB, *dbtest.Clock) { return dbtest.OpenPostgres(b, schemas...) }},
	} {
		b.Run(engine.name, func(b *testing.B) {
			d, tick := engine.open(b)
			s := serveOn(b, d, tick)
			s.many(b)
			for _, q := range []string{"", "?q=family10004", "?sort=mark", "?least=50&below=80&waited=3", "?view=sent"} {
				f := filterOf(b, q)
				b.Run("query"+q, func(b *testing.B) {
					timed(b, func() {
						err := d.Read(ctx, s.Org.ID, func(tx db.Tx) error { _, err := s.Openings.Page(ctx, tx, s.Opening, f); return err })
						if err != nil {
							b.Fatal(err)
						}
					})
				})
				b.Run("page"+q, func(b *testing.B) {
					timed(b, func() {
						r := httptest.NewRequest("GET", "/o/"+s.Org.ID+s.here()+q, nil)
						r.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: "rui"})
						w := httptest.NewRecorder()
						s.mux.ServeHTTP(w, r)
						if w.Code != 200 {
							b.Fatal(w.Code)
						}
					})
				})
			}
		})
	}
}

func filterOf(b *testing.B, q string) opening.Filter {
	r := httptest.NewRequest("GET", "/"+q, nil)
	return opening.ReadFilter(r.URL.Query())
}

// timed reports the middle and the 99th percentile of a step.
func timed(b *testing.B, step func()) {
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		step()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	ms := func(p int) float64 { return float64(took[(len(took)-1)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(ms(50), "p50-ms")
	b.ReportMetric(ms(99), "p99-ms")
}
