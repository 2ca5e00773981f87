package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/interview"
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
	w.must(w.app.DB.Write(ctx, s.org.ID, func(tx db.Tx) error { // each with an interview in which the facilitator asks, money, a talk and a trial
		for _, q := range []string{
			`INSERT INTO attempts (org_id, id, application_id, invitation_id, candidate_id, version_id, state, seed, submission_id, receipt, created_at, submitted_at) SELECT a.org_id, 'att_' || SUBSTR(a.id, 5), a.id, a.id, a.candidate_id, $3, 'open', '', '', '', 1, 0 FROM applications a WHERE a.org_id = $1 AND a.created_at = 1`,
			`INSERT INTO interviews SELECT a.org_id, 'itv_' || SUBSTR(a.id, 5), SUBSTR(a.id, 5), 'att_' || SUBSTR(a.id, 5), a.id, a.opening_id, $2, 3, 3, 2, '', '', 'ours', 0, 1, 1, 1, $2, 0, '' FROM applications a WHERE a.org_id = $1 AND a.created_at = 1`,
			`INSERT INTO payments (org_id, id, application_id, opening_id, stage_id, amount, currency, days, production, rights, state, payee, proof, offered_at, answered_at, sent_at, due_at, paid_at, paid_by) SELECT a.org_id, 'pay_' || SUBSTR(a.id, 5), a.id, a.opening_id, a.stage_id, 100, 'EUR', 5, FALSE, '', 'accepted', $2, '', 1, 1, 0, 0, 0, '' FROM applications a WHERE a.org_id = $1 AND a.created_at = 1`,
			`INSERT INTO talks (org_id, id, application_id, opening_id, state, minutes, host_id, link, starts_at, sequence, reminded_at, changed_at) SELECT a.org_id, 'tlk_' || SUBSTR(a.id, 5), a.id, a.opening_id, 'owed', 30, $2, '', 0, 0, 0, 1 FROM applications a WHERE a.org_id = $1 AND a.created_at = 1`,
			`INSERT INTO trials (org_id, id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor) SELECT a.org_id, 'trl_' || SUBSTR(a.id, 5), (SELECT MIN(p.id) FROM trial_plans p WHERE p.org_id = a.org_id), a.id, a.opening_id, a.stage_id, a.id, '', $2, 'offered', '', 0, 0, 1, 0, 0, 0, '', '', 0 FROM applications a WHERE a.org_id = $1 AND a.created_at = 1`,
		} {
			if _, err := tx.Exec(ctx, strings.ReplaceAll(q, "$3", "'"+string(rounds[0].Version)+"'"), tx.Org, s.members["facilitator"].ID); err != nil {
				return err
			}
		}
		return nil
	}))
	o := "/o/" + s.org.ID
	plain := o + "/openings/" + string(s.plain)
	return w, map[string]string{
		"queue":     "blind reviewer " + o + "/review",
		"scorecard": "blind reviewer " + o + "/review/" + string(s.read.code),
		"board":     "manager " + plain,
		"choose":    "manager " + plain + "/compare",
		"rubric":    "manager " + plain + "/rubric",
		"team":      "recruiter " + plain + "/team",
		"people":    "recruiter " + o + "/candidates",
		"decide":    "manager " + o + "/review",
		"asks":      "facilitator " + o + "/interviews",
		"watches":   "manager " + o + "/interviews",
		"payments":  "recruiter " + o + "/payments",
		"talks":     "manager " + o + "/talks",
		"trials":    "manager " + o + "/trials",
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
	t.Parallel()
	few, pages := crowded(t, 10)
	many, same := crowded(t, 1000)
	closes := func(w *world) int {
		return len(w.asked("manager /o/" + w.here.org.ID + "/openings/" + string(w.here.plain) + "/close"))
	}
	if a, b := closes(few), closes(many); a != b || a == 0 { // it lists hundreds
		t.Errorf("closing an opening asks %d times with 10 applications, %d times with 1,000", a, b)
	}
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

// A save reads the session, its invitation and the attempt with its sitting, one row each: not what a page of the same candidate shows, and not the
// answer before, which a text does not need.
func TestASaveReadsNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p := w.here.busy
	var asked []statement
	w.app.DB.Watch = func(query string, args []any) { asked = append(asked, statement{query, slices.Clone(args)}) }
	got := w.island("/c/-/save", p.cookie, saves(p, "c1", 1, 1, "Saved."))
	w.app.DB.Watch = nil
	if got.status != http.StatusOK || !strings.Contains(got.body, `"standing":"on_time"`) {
		t.Fatalf("a save = %d %s", got.status, got.body)
	}
	const most = 3
	if len(asked) == 0 || len(asked) > most {
		t.Errorf("a save reads %d times; want at most %d", len(asked), most)
	}
	for _, s := range asked {
		if n := w.rows(s); n > 1 {
			t.Errorf("a save reads %d rows\n%s", n, s.query)
		}
	}
}

// A candidate's page asks the database nothing twice, however many pieces it is drawn of, and a start leads to the first task without drawing the
// part's page in between.
func TestACandidatesPageAsksNothingTwice(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p := w.here.enter("typist", w.here.plain)
	const start = "/c/parts/writing/start"
	for _, path := range []string{"/c", "/c/parts/writing", start, "/c/parts/writing/items/tell-us", "/c/parts/writing/check", "/c/status", "/c/time"} {
		var asked []string
		w.app.DB.Watch = func(query string, args []any) { asked = append(asked, fmt.Sprint(query, args)) }
		method := map[bool]string{true: "POST", false: "GET"}[path == start]
		got := w.visit(method, path, p.cookie, nil)
		w.app.DB.Watch = nil
		if path == start {
			if to := got.header.Get("Location"); to != "/c/parts/writing/items/tell-us" {
				t.Errorf("a start leads to %q", to)
			}
			continue
		}
		if got.status != http.StatusOK || len(asked) == 0 {
			t.Errorf("%s = %d, asked %d times", path, got.status, len(asked))
		}
		t.Logf("%-32s %d statements", path, len(asked))
		slices.Sort(asked)
		for i := 1; i < len(asked); i++ {
			if asked[i] == asked[i-1] {
				t.Errorf("%s asks twice:\n%s", path, asked[i])
			}
		}
	}
}

// The list of people shows whom each of their own pages would show, to everybody who may read it.
func TestTheListOfPeopleShowsWhomTheirPagesShow(t *testing.T) {
	t.Parallel()
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

// Whoever reads many applications at once sees of each what its own page shows them; and of interviews likewise, on as many pages as it takes.
func TestManyAreSeenAsEachIs(t *testing.T) {
	t.Parallel()
	w, _ := crowded(t, 60)
	var apps []opening.ApplicationID
	var codes []interview.Code
	all := func(q string, to func(string)) {
		w.here.in(func(tx db.Tx) error {
			rows, err := tx.QueryContext(ctx, q, tx.Org)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var x string
				if err := rows.Scan(&x); err != nil {
					return err
				}
				to(x)
			}
			return rows.Err()
		})
	}
	all(`SELECT id FROM applications WHERE org_id = $1`, func(x string) { apps = append(apps, opening.ApplicationID(x)) })
	all(`SELECT code FROM interviews WHERE org_id = $1 AND state <> 'closed'`, func(x string) { codes = append(codes, interview.Code(x)) })
	blind, listed := 0, 0
	for name := range w.here.members {
		who := w.here.as(name)
		w.here.in(func(tx db.Tx) error {
			many, around, err := w.app.Openings.LoadApplications(ctx, tx, who, apps)
			if err != nil {
				return err
			}
			for _, a := range apps {
				one, err := w.app.Openings.LoadApplicationIn(ctx, tx, who, a)
				if got, ok := many[a]; ok != (err == nil) || ok && !reflect.DeepEqual(got, one) {
					t.Errorf("%s sees of %s among many %+v, %v;\nby itself %+v, %v", name, a, got, ok, one, err)
				}
				if one.Blind {
					blind++
				}
				whole, err := w.app.Openings.ApplicationIn(ctx, tx, a)
				if err != nil {
					return err
				}
				_, err = w.app.Openings.LoadIn(ctx, tx, who, whole.Opening.ID)
				if _, ok := around[whole.Opening.ID]; ok != (err == nil) {
					t.Errorf("%s knows of %s: %v among many, %v by itself", name, whole.Opening.ID, ok, err)
				}
			}
			return nil
		})
		rows := map[interview.Code]interview.Row{}
		for _, page := range []func(context.Context, actor.Actor, string) (interview.List, error){w.app.Interviews.Mine, w.app.Interviews.Watched} {
			for after, more := "", true; more; more = after != "" {
				l, err := page(ctx, who, after)
				w.must(err)
				for _, r := range l.Rows {
					if rows[r.Code].ID != "" {
						t.Errorf("%s: interview %s is listed twice", name, r.Code)
					}
					rows[r.Code] = r
				}
				after = l.Next
			}
		}
		listed = max(listed, len(rows))
		for _, c := range codes {
			r, there := rows[c]
			one, err := w.app.Interviews.Load(ctx, who, c)
			switch {
			case there && err != nil:
				t.Errorf("%s: interview %s is in the list; its page: %v", name, c, err)
			case there && (r.Title != one.App.Title() || r.Opening != one.App.Opening.Title || r.Name != one.Name || !r.Until.Equal(one.Until())):
				t.Errorf("%s: the list shows %q of %q by %q until %v; its page %q of %q by %q until %v", name, r.Title, r.Opening, r.Name, r.Until, one.App.Title(), one.App.Opening.Title, one.Name, one.Until())
			case !there && err == nil && (one.Asks || one.App.Opening.Is(opening.Manager, opening.Recruiter)):
				t.Errorf("%s: interview %s is not in the list", name, c)
			}
		}
	}
	if blind == 0 || listed <= interview.PageRows {
		t.Errorf("%d are blind, at most %d are listed: this test shows nothing", blind, listed)
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
