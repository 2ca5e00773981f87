package notify_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"candor/internal/analytics"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/mail"
	"candor/internal/recording"
	"candor/internal/repo"
	"candor/internal/run"
	"candor/internal/talk"
)

// The author of a version is told once that a part takes longer than it says, and nothing of anybody.
func TestAnAuthorIsToldOnceThatAPartTakesLonger(t *testing.T) {
	more := append(slices.Clone(schemas), []fs.FS{run.Schema, repo.Schema, recording.Schema, talk.Schema, analytics.Schema}...)
	dbtest.Each(t, more, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := build(t, d, tick)
		w.n.Analytics = &analytics.Analytics{DB: d, Jobs: w.Jobs, Openings: w.Openings, Assessments: w.Assessments}
		v, err := w.Assessments.Version(ctx, w.Org.ID, w.Version)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // a job may run twice
			err := d.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				if _, err := tx.Exec(ctx, `INSERT INTO drifts (org_id, work, minutes, version_id, part, people, half, most, at) VALUES ($1, $2, 20, $3, 'writing', 9, 26, 31, 1)
					ON CONFLICT (org_id, work, minutes) DO NOTHING`, tx.Org, v.Parts[1].Work, string(w.Version)); err != nil {
					return err
				}
				if err := analytics.Drifted.Announce(ctx, w.Jobs, tx, analytics.DriftNote{Org: tx.Org, Work: "gone", Minutes: 20}); err != nil {
					return err
				}
				return analytics.Drifted.Announce(ctx, w.Jobs, tx, analytics.DriftNote{Org: tx.Org, Work: v.Parts[1].Work, Minutes: 20})
			})
			if err != nil {
				t.Fatal(err)
			}
			w.Drain()
		}
		if len(w.post.got) != 1 {
			t.Fatalf("%d mails; want one", len(w.post.got))
		}
		m := w.post.got[0]
		if m.ToEmail != "ada@tideway.example" || !strings.Contains(m.Text, "“Writing” in Small screen says about 20 minutes. Of 9 people half were done within 26 minutes, and three in four within 31.") ||
			!strings.Contains(m.Text, "https://candor.example/o/"+w.Org.ID+"/versions/"+string(w.Version)+"/times") {
			t.Errorf("the author reads\n%s\nat %s", m.Text, m.ToEmail)
		}

		// Whoever is invited from now on reads what it takes, not what was planned.
		for i := range 8 {
			_, a := w.Submit(fmt.Sprintf("Person %d", i), fmt.Sprintf("p%d@mail.example", i))
			err := d.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO efforts (org_id, attempt_id, part, item, work, seconds, at) VALUES ($1, $2, 'writing', '', $3, 1860, 1)`, tx.Org, string(a.ID), v.Parts[1].Work)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w.Invite("Amara Okafor", "amara@mail.example")
		w.Drain()
		i := slices.IndexFunc(w.post.got, func(l mail.Letter) bool { return l.ToEmail == "amara@mail.example" })
		if i < 0 || !strings.Contains(w.post.got[i].Text, "about 36 minutes in all") {
			t.Errorf("letter %d is the invitation: %+v; want 36 minutes: 25, and 11 that the writing takes longer", i, w.post.got)
		}
	})
}
