package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/web"
)

// statement is one that a page asked the database.
type statement struct {
	query string
	args  []any
}

// crowded is a world whose plain opening has size applications more, and the pages that list or show them, each as who reads it.
func crowded(t testing.TB, size int) (w *world, pages map[string]string) {
	t.Helper()
	w = makeWorld(t, "")
	s := w.here
	var rounds []review.Round
	s.in(func(tx db.Tx) (err error) {
		rounds, err = w.app.Reviews.RoundsOf(ctx, tx, s.read.inv.Application)
		return err
	})
	reviewtest.Crowd(t, w.app.DB, s.org.ID, rounds[0], size, s.members["blind reviewer"].ID, s.members["filed reviewer"].ID)
	o := "/o/" + s.org.ID
	plain := o + "/openings/" + string(s.plain)
	return w, map[string]string{
		"queue":     "blind reviewer " + o + "/review",
		"scorecard": "blind reviewer " + o + "/review/" + string(s.read.code),
		"board":     "manager " + plain,
		"choose":    "manager " + plain + "/compare",
		"people":    "recruiter " + o + "/candidates",
		"decide":    "manager " + o + "/review",
		"compare":   "manager " + plain + "/compare?with=" + string(s.waits.code) + "&with=" + string(s.told.code),
	}
}

// page asks for one and fails when it does not come.
func (w *world) page(page string) {
	w.t.Helper()
	i := strings.LastIndex(page, " ")
	req := httptest.NewRequest("GET", page[i+1:], nil)
	req.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: w.person(page[:i]).cookie})
	rec := httptest.NewRecorder()
	if w.mux.ServeHTTP(rec, req); rec.Code != http.StatusOK {
		w.t.Fatalf("%s = %d\n%.800s", page, rec.Code, rec.Body)
	}
}

// asked are the statements of a page.
func (w *world) asked(page string) (out []statement) {
	w.t.Helper()
	w.app.DB.Watch = func(query string, args []any) { out = append(out, statement{query, slices.Clone(args)}) }
	w.page(page)
	w.app.DB.Watch = nil
	return out
}

// Pages of an opening with 1,000 applications ask the database as often as those of one with 10, for no more rows than a page has lines
// for, and no statement of theirs reads a whole table.
func TestPagesAskABoundedNumberOfQueries(t *testing.T) {
	few, pages := crowded(t, 10)
	many, same := crowded(t, 1000)
	for name, page := range pages {
		a, b := few.asked(page), many.asked(same[name])
		t.Logf("%-9s %d statements", name, len(b))
		if len(a) != len(b) || len(a) == 0 {
			t.Errorf("%s: %d statements with 10 applications, %d with 1,000", name, len(a), len(b))
		}
		for _, s := range b {
			if n := many.rows(s); n > mostRows {
				t.Errorf("%s: a statement gives %d rows; a page needs at most %d\n%s", name, n, mostRows, s.query)
			}
			plan := many.plan(s)
			for _, step := range plan {
				table, ok := strings.CutPrefix(step, "SCAN ")
				if ok && table != "CONSTANT ROW" && !slices.Contains(plan, "CO-ROUTINE "+table) && !slices.Contains(plan, "MATERIALIZE "+table) {
					t.Errorf("%s: %s\n%s", name, step, s.query)
				}
			}
		}
	}
}

// A save reads the session, the sitting and the answer, one row each: not what a page of the same candidate shows.
func TestASaveReadsNoMoreThanItNeeds(t *testing.T) {
	w := makeWorld(t, "")
	p := w.here.busy
	var asked []statement
	w.app.DB.Watch = func(query string, args []any) { asked = append(asked, statement{query, slices.Clone(args)}) }
	got := w.island("/c/-/save", p.cookie, saves(p, "c1", 1, 1, "Saved."))
	w.app.DB.Watch = nil
	if got.status != http.StatusOK || !strings.Contains(got.body, `"standing":"on_time"`) {
		t.Fatalf("a save = %d %s", got.status, got.body)
	}
	const most = 6
	if len(asked) == 0 || len(asked) > most {
		t.Errorf("a save reads %d times; want at most %d", len(asked), most)
	}
	for _, s := range asked {
		if n := w.rows(s); n > 1 {
			t.Errorf("a save reads %d rows\n%s", n, s.query)
		}
	}
}

// The list of people shows whom each of their own pages would show, to everybody who may read it.
func TestTheListOfPeopleShowsWhomTheirPagesShow(t *testing.T) {
	w, _ := crowded(t, 100)
	var everybody []candidate.Candidate
	w.here.in(func(tx db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id FROM candidates WHERE org_id = $1 AND erased_at = 0`, tx.Org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c candidate.Candidate
			if err := rows.Scan(&c.ID); err != nil {
				return err
			}
			everybody = append(everybody, c)
		}
		return rows.Err()
	})
	for name := range w.here.members {
		who := w.here.as(name)
		if !org.May(who, "candidate.list") {
			continue
		}
		listed := map[candidate.ID]bool{}
		var after candidate.Candidate
		for more := true; more; more = after.ID != "" {
			list, next, err := w.app.Openings.PeopleSeen(ctx, who, "", after)
			w.must(err)
			for _, c := range list {
				listed[c.ID] = true
			}
			after = next
		}
		hidden := 0
		for _, c := range everybody {
			_, _, err := w.app.Openings.Person(ctx, who, c.ID)
			if err != nil && !errors.Is(err, opening.ErrMissing) {
				t.Fatal(err)
			}
			if err != nil {
				hidden++
			}
			if listed[c.ID] != (err == nil) {
				t.Errorf("%s: %s is listed: %v; their own page says %v", name, c.ID, listed[c.ID], err)
			}
		}
		t.Logf("%s: %d listed, %d hidden", name, len(listed), hidden)
	}
}

// mostRows is what a page of 50 lines needs: each with two readers, and one line more that tells of a next page.
const mostRows = 2 * 51

// rows is how many rows a statement gives.
func (w *world) rows(s statement) (n int) {
	w.t.Helper()
	w.here.in(func(tx db.Tx) error {
		rows, err := tx.QueryContext(ctx, s.query, s.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			n++
		}
		return rows.Err()
	})
	return n
}

// plan is how SQLite answers a statement.
func (w *world) plan(s statement) (out []string) {
	w.t.Helper()
	w.here.in(func(tx db.Tx) error {
		rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+s.query, s.args...)
		if err != nil {
			return fmt.Errorf("%s: %w", s.query, err)
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			out = append(out, step)
		}
		return rows.Err()
	})
	return out
}

// BenchmarkPages is the server's time of each page with 10,000 applications, and beside it the page's own statements alone.
func BenchmarkPages(b *testing.B) {
	w, pages := crowded(b, 10_000)
	for name, page := range pages {
		asked := w.asked(page)
		b.Run(name+"/page", func(b *testing.B) {
			var waits []time.Duration
			for b.Loop() {
				began := time.Now()
				w.page(page)
				waits = append(waits, time.Since(began))
			}
			reportP99(b, waits)
		})
		b.Run(name+"/statements", func(b *testing.B) {
			for b.Loop() {
				for _, s := range asked {
					w.rows(s)
				}
			}
		})
	}
}
