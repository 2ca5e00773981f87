package review_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// crowd is how many applications the plans are looked at with.
const crowd = 10_000

// fill puts rounds and open reviews beside the world's one real submission: 10,000 applications, each with two reviews, half of
// them Mina's. Rows only, for plans and timings; what the methods promise is tested with real submissions.
func fill(t testing.TB, w *reviewtest.World, n review.Round) {
	t.Helper()
	err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
		do := func(q string, args ...any) error {
			_, err := tx.Exec(ctx, q, args...)
			return err
		}
		var candidate, stage string
		if err := tx.QueryRowContext(ctx, `SELECT candidate_id, stage_id FROM applications WHERE org_id = $1 AND id = $2`, tx.Org, string(n.Application)).Scan(&candidate, &stage); err != nil {
			return err
		}
		for i := range crowd {
			id := fmt.Sprintf("%08d", i)
			if err := do(`INSERT INTO candidates (org_id, id, name, email, name_key, family_key, email_key, zone, created_at, erased_at) VALUES ($1, $2, $3, $4, $5, $5, $4, '', 1, 0)`,
				tx.Org, "cnd_"+id, "Person "+id, id+"@mail.example", "person "+id); err != nil {
				return err
			}
			if err := do(`INSERT INTO applications (org_id, id, opening_id, candidate_id, stage_id, status, created_at, moved_at) VALUES ($1, $2, $3, $4, $5, 'active', 1, 1)`,
				tx.Org, "app_"+id, string(n.Opening), "cnd_"+id, stage); err != nil {
				return err
			}
			closed := int64(0)
			if i%2 == 0 {
				closed = int64(i + 1)
			}
			if err := do(`INSERT INTO review_rounds (org_id, attempt_id, application_id, opening_id, stage_id, version_id, code, wanted, submitted_at, due_at, touched_at, closed_at, decided_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 2, 1, $8, 1, $9, $10)`, tx.Org, "att_"+id, "app_"+id, string(n.Opening), stage, string(n.Version), "X"+id, int64(i/100), closed, closed*int64(i%20/2)); err != nil {
				return err
			}
			state := "assigned"
			if closed > 0 {
				state = "filed"
			}
			for _, m := range []string{w.Mina.ID, w.Jun.ID} {
				if err := do(`INSERT INTO reviews (org_id, id, attempt_id, application_id, member_id, state, shuffle, due_at, assigned_at, saved_at, filed_at, seconds, private_note, shareable)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, 0, 0, '', '')`, tx.Org, "rev_"+id+m, "att_"+id, "app_"+id, m, state, int64(i*7919%1000), int64(i/100)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// growing are the queries of pages whose tables grow; sorted says that it may sort what one person or one opening waits for.
var growing = map[string]bool{"queue": false, "queueBefore": false, "queueRank": false, "queueCount": false, "roundByCode": false, "closed": false,
	"mineOf": true, "mineOpen": false, "toDecide": true, "reviewsOf": true, "ratingsOfRound": false, "filedBy": false, "loads": false, "known": false}

// query is a statement as sqlc made it, with how many parameters it has.
func query(t *testing.T, name string) (string, int) {
	t.Helper()
	src, err := os.ReadFile("internal/query/query.sql.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(src), "const "+name+" = `")
	if !ok {
		t.Fatalf("there is no query %s", name)
	}
	text, _, _ := strings.Cut(rest, "`")
	n := 0
	for strings.Contains(text, fmt.Sprintf("$%d", n+1)) {
		n++
	}
	return text, n
}

func TestPagesDoNotReadWholeTables(t *testing.T) {
	d, tick := dbtest.Open(t, reviewtest.Schemas...)
	w := reviewtest.Make(t, d, tick)
	n := w.Submitted("Amara Okafor", "amara@mail.example")
	fill(t, w, n)
	err := d.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		for name, sorted := range growing {
			q, n := query(t, name)
			rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q, make([]any, n)...)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			plan, err := lines(rows)
			if err != nil {
				return err
			}
			if strings.Contains(plan, "SCAN") || !sorted && strings.Contains(plan, "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("%s reads or sorts a whole table:\n%s", name, plan)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"queue":     func() error { _, _, _, err := w.Reviews.Queue(ctx, w.Mina, ""); return err },
		"scorecard": func() error { _, err := w.Reviews.Load(ctx, w.Mina, n.Code); return err },
		"compare":   func() error { _, _, _, err := w.Reviews.Candidates(ctx, w.Rosa, n.Opening, ""); return err },
		"to decide": func() error { _, err := w.Reviews.ToDecide(ctx, w.Rosa); return err },
		"application": func() error {
			_, err := w.Openings.LoadApplication(context.Background(), w.Mina, opening.ApplicationID(n.Application))
			return err
		},
	}
	for name, call := range calls {
		began := time.Now()
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s with %d applications: %v", name, crowd, time.Since(began).Round(100*time.Microsecond))
	}
}

func lines(rows *sql.Rows) (string, error) {
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var a, c, e int
		var s string
		if err := rows.Scan(&a, &c, &e, &s); err != nil {
			return "", err
		}
		b.WriteString(s + "\n")
	}
	return b.String(), rows.Err()
}
