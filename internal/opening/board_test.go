package opening_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
)

func (w world) page(t testing.TB, o opening.ID, f opening.Filter) (b opening.Board) {
	t.Helper()
	err := w.DB.Read(ctx, w.owner.Org, func(tx db.Tx) (err error) { b, err = w.Page(ctx, tx, o, f); return err })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func names(b opening.Board) string {
	var out []string
	for _, r := range b.Rows {
		out = append(out, strings.Fields(r.Name)[0])
	}
	return strings.Join(out, " ")
}

func TestTheBoardPutsOurTurnFirst(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o, elsewhere := w.open(t, w.owner, false), w.open(t, w.owner, false)
		inv := map[string]opening.Invitation{}
		for i, name := range []string{"Amara Okafor", "Tomás Herrera", "Ingrid Solheim", "Mateo Rossi", "Yusuf Demir", "Priya Raman", "Lena Fischer"} {
			w.tick.Add(time.Minute)
			first := strings.Fields(name)[0]
			inv[first] = w.invite(t, o, name, fmt.Sprintf("p%d@mail.example", i))
		}
		w.invite(t, elsewhere, "Nobody Here", "nobody@mail.example")
		owe := func(who string, days int) {
			w.write(t, func(tx db.Tx) error {
				return w.Promises.Owe(ctx, tx, promise.Reply, string(inv[who].Application), days, w.tick.Now(), org.Weekdays(time.UTC))
			})
		}
		w.tick.Add(time.Hour)
		owe("Mateo", 5)
		owe("Tomás", 2)
		owe("Priya", 3)
		w.write(t, func(tx db.Tx) error {
			if err := w.Promises.Keep(ctx, tx, promise.Reply, string(inv["Priya"].Application), w.tick.Now()); err != nil {
				return err
			}
			if err := w.End(ctx, tx, w.owner, inv["Priya"].Application, opening.Hired); err != nil {
				return err
			}
			return w.End(ctx, tx, w.owner, inv["Yusuf"].Application, opening.Withdrawn)
		})
		if err := w.Revoke(ctx, w.owner, inv["Lena"].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Enter(ctx, w.Secret(inv["Ingrid"]), ""); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			f    opening.Filter
			want string
		}{
			{opening.Filter{}, "Tomás Mateo Amara Ingrid Lena"},
			{opening.Filter{View: opening.Us}, "Tomás Mateo"},
			{opening.Filter{View: opening.Stuck}, "Lena"},
			{opening.Filter{View: opening.Openers}, "Ingrid"},
			{opening.Filter{View: opening.Senders}, "Tomás Mateo Priya"},
			{opening.Filter{View: opening.Answered}, "Priya"},
			{opening.Filter{View: opening.Hires}, "Priya"},
			{opening.Filter{View: opening.Withdrawal}, "Yusuf"},
			{opening.Filter{Search: "tomas"}, "Tomás"},
			{opening.Filter{Search: "FISCH"}, "Lena"},
			{opening.Filter{Search: "p3@mail"}, "Mateo"},
			{opening.Filter{Search: "%"}, ""},
			{opening.Filter{Search: "_mara"}, ""},
			{opening.Filter{Search: "okafor", View: opening.Us}, ""},
			{opening.Filter{Stage: inv["Amara"].Stage}, "Tomás Mateo Amara Ingrid Lena"},
			{opening.Filter{Stage: "stg_other"}, ""},
		} {
			if got := names(w.page(t, o, c.f)); got != c.want {
				t.Errorf("%+v: %q; want %q", c.f, got, c.want)
			}
		}
		for most := 1; most <= 6; most++ { // by pages of any size nobody is missed or shown twice
			var all []string
			f := opening.Filter{Most: most}
			for {
				b := w.page(t, o, f)
				all = append(all, names(b))
				if f.After = b.Next; b.Next == "" {
					break
				}
			}
			if got := strings.Join(all, " "); got != "Tomás Mateo Amara Ingrid Lena" {
				t.Errorf("pages of %d: %q", most, got)
			}
		}
		w.write(t, func(tx db.Tx) error {
			sent, opened, err := w.Weekly(ctx, tx, o, w.tick.Now().Add(-8*24*time.Hour), 3)
			if err != nil || fmt.Sprint(sent, opened) != "[0 3 0] [0 1 0]" {
				t.Errorf("Weekly = %v, %v, %v; want 3 sent and 1 opened in the second week", sent, opened, err)
			}
			return err
		})
		w.tick.Add(5 * 24 * time.Hour)
		w.write(t, func(tx db.Tx) error {
			f, err := w.Figures(ctx, tx, o)
			if err != nil || f.Invited != 7 || f.Opened != 1 || f.Sent != 3 || f.Answered != 1 || f.Hired != 1 || f.Withdrawn != 1 || f.Us != 2 || f.Overdue != 1 || f.Stuck != 1 || f.Active != 5 || f.Kept != 1 {
				t.Errorf("Figures = %+v, %v", f, err)
			}
			return err
		})
	})
}

// crowd fills an opening with n applications by SQL, in states as they would be; through Invite it would take minutes.
func (w world) crowd(t testing.TB, o opening.ID, n int) {
	t.Helper()
	inv := w.invite(t, o, "Amara Okafor", "amara@mail.example")
	w.write(t, func(tx db.Tx) error {
		now := w.tick.Now().UnixMilli()
		for i := range n {
			c, a := fmt.Sprintf("cnd_%06d", i), fmt.Sprintf("app_%06d", i)
			for _, s := range []struct {
				q    string
				args []any
			}{
				{`INSERT INTO candidates (org_id, id, name, email, name_key, family_key, email_key, zone, created_at, erased_at) VALUES ($1, $2, $3, $4, $3, $5, $4, '', $6, 0)`,
					[]any{tx.Org, c, fmt.Sprintf("name%06d family%06d", i, n-i), fmt.Sprintf("x%06d@mail.example", i), fmt.Sprintf("family%06d", n-i), now}},
				{`INSERT INTO applications (org_id, id, opening_id, candidate_id, stage_id, status, created_at, moved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
					[]any{tx.Org, a, string(o), c, string(inv.Stage), []string{"active", "active", "declined", "active"}[i%4], now + int64(i)}},
				{`INSERT INTO invitations (org_id, id, application_id, stage_id, format, ref_id, note, revoked_at, rotation, finish_by, zone, created_at, created_by, opened_at, opening_id) VALUES ($1, $2, $3, $4, 'quiz', 'one', '', 0, 0, $5, '', $6, '', $7, $8)`,
					[]any{tx.Org, "inv_" + a, a, string(inv.Stage), now + int64(i%20-3)*86400000, now, int64(i % 2), string(o)}},
			} {
				if _, err := tx.Exec(ctx, s.q, s.args...); err != nil {
					return err
				}
			}
			if i%4 == 2 || i%8 == 0 {
				kept := int64(0)
				if i%4 == 2 {
					kept = now + 5
				}
				if _, err := tx.Exec(ctx, `INSERT INTO promises (org_id, id, kind, application_id, days, made_at, due_at, kept_at, broken_at) VALUES ($1, $2, 'reply', $3, 5, $4, $5, $6, 0)`,
					tx.Org, "prm_"+a, a, now+int64(i), now+int64(i)*1000, kept); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Every query of the board walks an index: with 10,000 applications none of its plans scans a table.
func TestTheBoardScansNoTable(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := newWorld(t, d, tick)
	o := w.open(t, w.owner, false)
	w.crowd(t, o, 10_000)
	for _, f := range []opening.Filter{{}, {View: opening.Us}, {View: opening.Stuck}, {View: opening.Senders}, {View: opening.Hires}, {Search: "fam"}, {View: opening.Invitees},
		{View: opening.Fresh}, {View: opening.Begun}, {Tag: "referral"}, {Sort: opening.ByMark}, {Sort: opening.Newest, Least: 50, Below: 80, Waited: 3}} {
		for q, args := range opening.BoardQueries(f) {
			w.plan(t, q, fmt.Sprintf("%+v", f), args...)
		}
	}
	for _, q := range opening.FigureQueries() {
		w.plan(t, q, "figures")
	}
}

func (w world) plan(t *testing.T, q, what string, args ...any) {
	t.Helper()
	err := w.DB.Read(ctx, w.owner.Org, func(tx db.Tx) error {
		if args == nil {
			args = []any{"", "", 0, 0}
		}
		rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q, args...)
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", what, err, q)
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			if strings.HasPrefix(detail, "SCAN") && !strings.HasPrefix(detail, "SCAN x") {
				t.Errorf("%s: %s\n%s", what, detail, q)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkBoard(b *testing.B) {
	d, tick := dbtest.Open(b, schemas...)
	w := newWorld(b, d, tick)
	o := w.open(b, w.owner, false)
	w.crowd(b, o, 10_000)
	for name, f := range map[string]opening.Filter{"first": {}, "stuck": {View: opening.Stuck}, "search": {Search: "family0099"}, "nobody": {Search: "zzz"}, "sent": {View: opening.Senders}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w.page(b, o, f)
			}
		})
	}
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			err := w.DB.Read(ctx, w.owner.Org, func(tx db.Tx) error { _, err := w.Figures(ctx, tx, o); return err })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// tagged gives what the board tests of filters need: three people, two tags, two marks.
func (w world) tagged(t *testing.T) (opening.ID, map[string]opening.Invitation) {
	t.Helper()
	o := w.open(t, w.owner, false)
	inv := map[string]opening.Invitation{}
	for i, name := range []string{"Amara Okafor", "Mateo Rossi", "Lena Fischer"} {
		w.tick.Add(24 * time.Hour)
		inv[strings.Fields(name)[0]] = w.invite(t, o, name, fmt.Sprintf("t%d@mail.example", i))
	}
	for who, tag := range map[string]string{"Amara": "Referral", "Lena": " strong  SQL "} {
		if err := w.Tag(ctx, w.owner, inv[who].Application, tag, true); err != nil {
			t.Fatal(err)
		}
	}
	w.write(t, func(tx db.Tx) error {
		if err := w.SetMark(ctx, tx, inv["Mateo"].ID, 815_000); err != nil {
			return err
		}
		return w.SetMark(ctx, tx, inv["Lena"].ID, 400_000)
	})
	return o, inv
}

func TestTheBoardFiltersAndSorts(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o, inv := w.tagged(t)
		for _, c := range []struct {
			f    opening.Filter
			want string
		}{
			{opening.Filter{Tag: "referral"}, "Amara"},
			{opening.Filter{Tag: "strong sql"}, "Lena"},
			{opening.Filter{Tag: "nothing"}, ""},
			{opening.Filter{Least: 41}, "Mateo"},
			{opening.Filter{Below: 41}, "Lena"},
			{opening.Filter{Sort: opening.ByMark}, "Mateo Lena Amara"},
			{opening.Filter{Sort: opening.Longest}, "Amara Mateo Lena"},
			{opening.Filter{Sort: opening.Newest}, "Lena Mateo Amara"},
			{opening.Filter{Sort: opening.ByMark, View: opening.Us}, ""},
			{opening.Filter{View: opening.Fresh}, "Amara Mateo Lena"},
			{opening.Filter{View: opening.Begun}, ""},
			{opening.Filter{Waited: 2}, "Amara"},
			{opening.Filter{Search: "7F3K", Coded: inv["Mateo"].Application}, "Mateo"},
		} {
			if got := names(w.page(t, o, c.f)); got != c.want {
				t.Errorf("%+v: %q; want %q", c.f, got, c.want)
			}
			var paged []string
			for f := c.f; ; {
				f.Most = 1
				b := w.page(t, o, f)
				paged = append(paged, names(b))
				if f.After = b.Next; b.Next == "" {
					break
				}
			}
			if got := strings.Join(paged, " "); got != c.want {
				t.Errorf("%+v by pages of one: %q; want %q", c.f, got, c.want)
			}
		}
		if got := w.page(t, o, opening.Filter{Sort: opening.ByMark}).Rows; got[0].Mark != 82 || got[2].Mark != -1 {
			t.Errorf("marks = %d, %d; want 82 %% and none", got[0].Mark, got[2].Mark)
		}
	})
}

func TestTags(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o, inv := w.tagged(t)
		a := inv["Lena"].Application
		if err := w.Tag(ctx, w.owner, a, "strong sql", true); err != nil {
			t.Errorf("the same tag again: %v; want nothing changed", err)
		}
		if err := w.Tag(ctx, w.owner, a, "strong sql", false); err != nil {
			t.Fatal(err)
		}
		for i := range opening.MaxTags {
			if err := w.Tag(ctx, w.owner, a, fmt.Sprintf("tag %02d", i), true); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Tag(ctx, w.owner, a, "one more", true); !errors.Is(err, opening.ErrTags) {
			t.Errorf("the eleventh: %v; want ErrTags", err)
		}
		if _, err := opening.ReadTag(strings.Repeat("x", opening.MaxTag+1)); err == nil {
			t.Error("a tag of 31 characters was taken")
		}
		w.write(t, func(tx db.Tx) error {
			got, err := w.TagsOf(ctx, tx, []opening.ApplicationID{a, inv["Amara"].Application})
			if err != nil || len(got[a]) != opening.MaxTags || fmt.Sprint(got[inv["Amara"].Application]) != "[referral]" {
				t.Errorf("TagsOf = %v, %v", got, err)
			}
			known, err := w.KnownTags(ctx, tx, o)
			if err != nil || len(known) != opening.MaxTags+1 {
				t.Errorf("KnownTags = %v, %v; want eleven", known, err)
			}
			return err
		})
		pool := w.member(t, "Mina", "reviewer")
		if err := w.Tag(ctx, pool, a, "x", true); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("a stranger to the opening: %v; want ErrMissing", err)
		}
		w.Openings.Blind = func(context.Context, db.Tx, actor.Actor, opening.ApplicationID) (bool, string, error) {
			return true, "7F3K", nil
		}
		if err := w.Tag(ctx, w.owner, a, "x", true); !errors.Is(err, opening.ErrRole) {
			t.Errorf("somebody blind: %v; want ErrRole", err)
		}
	})
}

func TestSavedViews(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		f := opening.Filter{View: opening.Us, Tag: "referral", Least: 60, Waited: 3, Sort: opening.ByMark, Search: "amara"}
		f.After = "1.2.x"
		if err := w.SaveView(ctx, w.owner, o, "Strong  and waiting", f, false); err != nil {
			t.Fatal(err)
		}
		views := func(who actor.Actor) (out []opening.SavedView) {
			w.write(t, func(tx db.Tx) (err error) { out, err = w.Views(ctx, tx, who, o); return err })
			return out
		}
		f.Search, f.After = "", ""
		if got := views(w.owner); len(got) != 1 || got[0].Name != "Strong and waiting" || !reflect.DeepEqual(got[0].Filter, f) || !got[0].Mine {
			t.Fatalf("views = %+v; want the one, without the name that was searched", got)
		}
		other := w.member(t, "Kit", org.Recruiter)
		if got := views(other); len(got) != 0 {
			t.Errorf("somebody else sees %+v before it is shared", got)
		}
		if err := w.SaveView(ctx, w.owner, o, "Strong and waiting", f, true); err != nil {
			t.Fatal(err)
		}
		got := views(other)
		if len(got) != 1 || got[0].Mine {
			t.Fatalf("shared views of somebody else = %+v", got)
		}
		if err := w.DropView(ctx, other, got[0].ID); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("dropping another's: %v; want ErrMissing", err)
		}
		if err := w.DropView(ctx, w.owner, got[0].ID); err != nil || len(views(w.owner)) != 0 {
			t.Errorf("dropping one's own: %v", err)
		}
	})
}
