package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

func TestFiguresOfAnOpening(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := reviewtest.Make(t, d, tick)
		an := &analytics.Analytics{DB: d, Openings: w.Openings, Assessments: w.Assessments}
		of := func(who actor.Actor) analytics.Figures {
			f, err := an.Of(ctx, who, w.Opening)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		if f := of(w.Owner); f.Steps[0].Count != 0 || f.Reply.Known() || len(f.Parts) != 0 {
			t.Errorf("an empty opening = %+v", f)
		}
		for i := range 5 {
			n := w.Submitted(fmt.Sprintf("Person %d", i), fmt.Sprintf("p%d@mail.example", i))
			tick.Add(48 * time.Hour)
			w.File(w.Mina, n, reviewtest.Card(3, 1))
			w.File(w.Jun, n, reviewtest.Card(3, 1))
			if i == 3 {
				if f := of(w.Owner); f.Steps[3].Count != 4 || f.Steps[3].Days.Known() {
					t.Errorf("with four people: %+v; want the count, and too few for a median", f.Steps[3])
				}
			}
			tick.Add(time.Duration(i) * 48 * time.Hour)
			err := d.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				return w.Promises.Keep(ctx, tx, promise.Reply, string(n.Application), d.Now())
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		late := w.Enter(w.Invite("Mateo Rossi", "mateo@mail.example"))
		w.Begin(late, "writing")
		w.Invite("Zoe Priem", "zoe@mail.example")
		f := of(w.Rosa)
		got := ""
		for _, s := range f.Steps {
			got += fmt.Sprintf("%s %d, ", s.Name, s.Count)
		}
		if got != "Invited 7, Started 6, Sent 5, Reviewed 5, Decided 0, " {
			t.Errorf("steps: %s", got)
		}
		if m := f.Steps[3].Days; !m.Known() || m.Value != 2 {
			t.Errorf("days from sent to reviewed = %+v; want 2", m)
		}
		if f.Reply.Value != 6 || f.Replies[2] != 1 || f.Replies[10] != 1 || f.Kept+f.Late != 5 || f.Late == 0 {
			t.Errorf("replies = %+v, %v, %d on time, %d late; want a median of 6 days, from 2 to 10", f.Reply, f.Replies, f.Kept, f.Late)
		}
		if len(f.Parts) != 2 || f.Parts[0].Title != "Quiz" || f.Parts[0].Real.N != 0 || f.Parts[1].Began != 6 || f.Parts[1].Finished != 5 || f.Parts[1].Advertised != 20 || !f.Parts[1].Real.Known() {
			t.Errorf("parts = %+v; want a quiz without a clock, and a writing that one of six has not finished", f.Parts)
		}
		if _, err := an.Of(ctx, w.Mina, w.Opening); !errors.Is(err, opening.ErrRole) {
			t.Errorf("somebody of the pool: %v; want ErrRole", err)
		}
	})
}
