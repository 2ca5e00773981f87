package review_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/review/reviewtest"
)

// crowd is how many applications the plans are looked at with.
const crowd = 10_000

// growing are the queries of pages whose tables grow; sorted says that it may sort what one person or one opening waits for.
var growing = map[string]bool{"queue": false, "queueBefore": false, "queueRank": false, "queueCount": false, "roundByCode": false, "closed": false,
	"toDecide": true, "toDecideCount": false, "reviewsOf": true, "ratingsOfRound": false, "filedBy": false, "loads": false,
	"closeRound": false, "short": true, "severity": true, "levels": true, "noise": true, "settled": true, "rubricGroups": true, "ratedGroups": true, "behindRubric": true, "reopenedOf": true,
	"reopenedIn": true}

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
	reviewtest.Crowd(t, d, w.Org.ID, n, crowd, w.Mina.ID, w.Jun.ID)
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
			plan = strings.NewReplacer("SCAN n\n", "", "SCAN w\n", "", "SCAN g\n", "").Replace(plan) // what a part of the query gave
			if strings.Contains(plan, "SCAN") || name != "loads" && strings.Contains(plan, "(org_id=? AND state=?)") || strings.Contains(plan, "(org_id=?)") || !sorted && strings.Contains(plan, "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("%s reads or sorts a whole table:\n%s", name, plan)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Who is blind is asked in words that no file of queries has; it may sort what one member has of these applications.
	var asked string
	var with []any
	d.Watch = func(q string, args []any) { asked, with = q, slices.Clone(args) }
	err = d.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		_, err := w.Reviews.Reads(ctx, tx, w.Mina, []opening.ApplicationID{n.Application})
		return err
	})
	d.Watch = nil
	if err != nil {
		t.Fatal(err)
	}
	err = d.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+asked, with...)
		if err != nil {
			return err
		}
		plan, err := lines(rows)
		if strings.Count(plan, "SEARCH") < 6 || strings.Contains(plan, "SCAN") || strings.Contains(plan, "(org_id=?)") {
			t.Errorf("who is blind reads a whole table:\n%s", plan)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"queue":     func() error { _, _, _, err := w.Reviews.Queue(ctx, w.Mina, ""); return err },
		"scorecard": func() error { _, err := w.Reviews.Load(ctx, w.Mina, n.Code); return err },
		"compare":   func() error { _, _, _, err := w.Reviews.Candidates(ctx, w.Rosa, n.Opening, ""); return err },
		"to decide": func() error { _, _, _, err := w.Reviews.ToDecide(ctx, w.Rosa, ""); return err },
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
