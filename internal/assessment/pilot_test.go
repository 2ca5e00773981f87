package assessment_test

import (
	"errors"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/org"
)

// Colleagues take a task first: one clock at a time, pauses left out, corrected at the end, and whoever made the version counts for nothing.
func TestColleaguesTakeItFirst(t *testing.T) {
	eachTick(t, func(t *testing.T, w world, tick *dbtest.Clock) {
		v := w.importTree(t, small(), "")
		mina := actor.Actor{Kind: actor.Member, ID: "mem_2", Org: "org_1", Roles: []string{org.Reviewer}}
		recruiter := actor.Actor{Kind: actor.Member, ID: "mem_3", Org: "org_1", Roles: []string{org.Recruiter}}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		try := func(who actor.Actor, item string) assessment.Pilot {
			t.Helper()
			all, err := w.Pilots(ctx, who, v)
			must(err)
			return all[item]
		}
		if err := w.BeginPilot(ctx, recruiter, v, "pick"); !errors.Is(err, org.ErrRole) {
			t.Errorf("a recruiter: %v; want ErrRole", err)
		}
		if err := w.BeginPilot(ctx, mina, v, "nothing"); !errors.Is(err, assessment.ErrMissing) {
			t.Errorf("no such task: %v; want ErrMissing", err)
		}
		for name, err := range map[string]error{"end": w.EndPilot(ctx, mina, v, "pick", 0), "rest": w.RestPilot(ctx, mina, v, "pick"), "keep": w.KeepPilot(ctx, mina, v, "pick", nil)} {
			if !errors.Is(err, assessment.ErrPilot) {
				t.Errorf("%s before it was begun: %v; want ErrPilot", name, err)
			}
		}
		must(w.BeginPilot(ctx, mina, v, "pick"))
		tick.Add(4 * time.Minute)
		must(w.BeginPilot(ctx, mina, v, "pick")) // a second press, or a second tab
		must(w.KeepPilot(ctx, mina, v, "pick", []byte(`{"choice":["0"]}`)))
		must(w.BeginPilot(ctx, mina, v, "tell-us")) // lets the first one rest
		tick.Add(time.Hour)
		if p := try(mina, "pick"); p.State != assessment.Resting || p.Seconds != 240 || string(p.Body) != `{"choice":["0"]}` {
			t.Errorf("the first rests as %+v; want 4 minutes and what was kept", p)
		}
		must(w.BeginPilot(ctx, mina, v, "pick"))
		tick.Add(2 * time.Minute)
		must(w.EndPilot(ctx, mina, v, "pick", 0))
		must(w.EndPilot(ctx, mina, v, "tell-us", 25)) // it ran over lunch
		if err := w.EndPilot(ctx, mina, v, "pick", 0); !errors.Is(err, assessment.ErrPilot) {
			t.Errorf("done twice: %v; want ErrPilot", err)
		}
		must(w.BeginPilot(ctx, w.author, v, "pick"))
		tick.Add(time.Second)
		must(w.EndPilot(ctx, w.author, v, "pick", 0))
		if p := try(w.author, "pick"); !p.Own || p.State != assessment.Done {
			t.Errorf("the author's own = %+v", p)
		}
		whole, err := w.Version(ctx, "org_1", v)
		must(err)
		for i, want := range []float64{360, 1500} {
			err := w.DB.Read(ctx, "org_1", func(tx db.Tx) error {
				got, err := w.PilotTimes(ctx, tx, whole.Parts[0].Items[i].Work)
				if len(got) != 1 || got[0] != want {
					t.Errorf("task %d took %v; want %v, of one", i, got, want)
				}
				return err
			})
			must(err)
		}
		if _, err := w.Advertise(ctx, mina, v, 1, map[string]int{"all": 35}, nil); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer advertises: %v; want ErrRole", err)
		}
		next, err := w.Advertise(ctx, w.author, v, 1, map[string]int{"all": 35}, map[string]int{"pick": 6, "tell-us": 25})
		must(err)
		now, err := w.Version(ctx, "org_1", next)
		must(err)
		if p := now.Parts[0]; p.Minutes != 35 || p.Items[0].Head.Minutes != 6 || p.Items[1].Head.Minutes != 25 || p.Work != whole.Parts[0].Work {
			t.Errorf("the next version = %+v; want 35, 6 and 25 minutes of the same work", p)
		}
		if _, err := w.Advertise(ctx, w.author, v, 1, map[string]int{"all": 40}, nil); !errors.Is(err, assessment.ErrMoved) {
			t.Errorf("over a newer version: %v; want ErrMoved", err)
		}
	})
}

// Another task is another work: a file of it, its clock.
func TestOtherWorkHasOtherTimes(t *testing.T) {
	read := func(file, text string) string {
		tree := small()
		if file != "" {
			tree[file].Data = []byte(text)
		}
		v, _ := assessment.Read(tree, kinds)
		return v.Parts[0].Work
	}
	same := read("", "")
	for name, x := range map[string][2]string{
		"a statement": {"items/tell-us/item.yaml", "kind: freetext\ntitle: Tell us\nminutes: 8\nstatement: Why not?\n"},
	} {
		if read(x[0], x[1]) == same {
			t.Errorf("%s does not make it another work", name)
		}
	}
	if read("items/tell-us/item.yaml", "# said anew\nkind: freetext\ntitle: Tell us\nminutes: 80\nstatement: Why?\n") != same {
		t.Error("minutes make it another work")
	}
}
