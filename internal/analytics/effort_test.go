package analytics_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/org"
	"candor/internal/recording"
	"candor/internal/repo"
	"candor/internal/review/reviewtest"
	"candor/internal/run"
	"candor/internal/talk"
)

var schemas = append(slices.Clone(reviewtest.Schemas), []fs.FS{run.Schema, repo.Schema, recording.Schema, talk.Schema, analytics.Schema}...)

// measured is a world that measures, with what was announced.
type measured struct {
	*reviewtest.World
	an     *analytics.Analytics
	drifts *[]analytics.DriftNote
	last   actor.Actor
}

func measure(t *testing.T, fn func(t *testing.T, w measured)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := measured{World: reviewtest.Make(t, d, tick), drifts: &[]analytics.DriftNote{}}
		w.an = &analytics.Analytics{DB: d, Jobs: w.Jobs, Openings: w.Openings, Assessments: w.Assessments}
		w.an.Listen()
		job.Listen(w.Jobs, analytics.Drifted, "test.drifted", job.Housekeeping, func(_ context.Context, n analytics.DriftNote) error {
			*w.drifts = append(*w.drifts, n)
			return nil
		})
		fn(t, w)
	})
}

// write takes somebody through both parts: two minutes for the first choice, a pause, and so many minutes of writing in saves of five.
func (w measured) write(who actor.Actor, pause time.Duration, minutes int) {
	w.T.Helper()
	quiz := w.Begin(who, "quiz")
	w.Tick.Add(2 * time.Minute)
	w.Save(who, quiz, 1, "pick", `{"choice":["0"]}`)
	w.Tick.Add(pause)
	w.Save(who, quiz, 1, "number", `{"typed":["299"]}`)
	w.send(who, "quiz")
	writing := w.Begin(who, "writing")
	for i := int64(1); minutes > 0; i++ {
		n := min(5, minutes)
		w.Tick.Add(time.Duration(n) * time.Minute)
		w.Save(who, writing, i, "tell-us", `{"text":["The queue delivered again because the provider was slow. Nobody was charged twice."]}`)
		minutes -= n
	}
	w.send(who, "writing")
	w.Drain()
}

func (w measured) send(who actor.Actor, part string) {
	w.T.Helper()
	if _, err := w.Attempts.Send(ctx, who, part); err != nil {
		w.T.Fatal(err)
	}
}

func (w measured) person(i int) actor.Actor {
	name := string(rune('a' + i))
	return w.Enter(w.Invite("Person "+name, name+"@mail.example"))
}

// of is the time of a part or a task of the world's version.
func (w measured) of(v assessment.VersionID, part, item string) analytics.Time {
	w.T.Helper()
	_, list, err := w.an.Times(ctx, w.Owner, v)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, x := range list {
		if x.Part == part && x.Item == item {
			return x
		}
	}
	w.T.Fatalf("no time of %s %s in %+v", part, item, list)
	return analytics.Time{}
}

func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

// A real time comes of what was kept, pauses cut; from eight people on one that lies a quarter over what is advertised is told once.
func TestWhatIsAdvertisedIsHeldAgainstWhatItTakes(t *testing.T) {
	measure(t, func(t *testing.T, w measured) {
		if _, _, err := w.an.Times(ctx, w.Rosa, w.Version); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer reads the times: %v; want ErrRole", err)
		}
		more := w.person(20)
		if err := w.Attempts.Adjust(ctx, more, more.Subject, candidate.Time{Factor: 1500}); err != nil {
			t.Fatal(err)
		}
		w.write(more, 3*time.Hour, 29)
		minutes := []int{20, 22, 24, 25, 26, 27, 28}
		for i, n := range minutes {
			w.write(w.person(i), 3*time.Hour, n)
			if len(*w.drifts) != 0 && i < len(minutes)-1 {
				t.Fatalf("told of %d people", i+2)
			}
		}
		whole := w.of(w.Version, "writing", "")
		if whole.Real.N != 8 || !near(whole.Real.Half, 25.5) || !near(whole.Real.Most, 27.25) || !whole.Longer() || whole.Advertised != 20 {
			t.Errorf("writing = %+v; want 25.5 and 27.25 minutes of 8, whoever had more time among them", whole)
		}
		if q := w.of(w.Version, "quiz", ""); !near(q.Real.Half, 12) || !near(w.of(w.Version, "quiz", "pick").Real.Half, 2) || !near(w.of(w.Version, "quiz", "number").Real.Half, 10) {
			t.Errorf("quiz = %+v; want 2 minutes and a pause that counts as 10", q)
		}
		if len(*w.drifts) != 2 { // the quiz, advertised as 5, too
			t.Fatalf("told %+v; want both parts once", *w.drifts)
		}
		w.last = w.person(8)
		w.write(w.last, time.Minute, 29)
		if len(*w.drifts) != 2 {
			t.Errorf("told again: %+v", *w.drifts)
		}
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			d, err := w.an.DriftOf(ctx, tx, (*w.drifts)[0])
			if d.Author != w.Owner.ID || d.Version != w.Version || d.Title != "Small screen" || d.People != 8 {
				t.Errorf("the author is told %+v", d)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if x := w.of(w.Version, "writing", ""); x.Real != whole.Real {
			t.Errorf("one more person moves the figures from %+v to %+v", whole.Real, x.Real)
		}
		w.advertise(t)
		for _, who := range []actor.Actor{more, w.last} {
			gone, err := w.Attempts.View(ctx, who)
			if err == nil {
				err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
					return w.an.Drop(ctx, tx, db.Person{Org: w.Org.ID, Attempts: []string{string(gone.Attempt.ID)}})
				})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if x := w.of(w.Version, "writing", ""); x.Real.N != 4 || x.Real.Known() || x.Longer() {
			t.Errorf("after two of nine were erased: %+v; want that too few are left", x.Real)
		}
	})
}

// advertise makes the measured time the advertised one: nothing else in the files changes, and the same work keeps its times.
func (w measured) advertise(t *testing.T) {
	t.Helper()
	next, err := w.an.Advertise(ctx, w.Owner, w.Version, 1, analytics.FromReal)
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Assessments.Version(ctx, w.Org.ID, next)
	if err != nil {
		t.Fatal(err)
	}
	if v.Parts[1].Minutes != 30 || v.Parts[1].Timed != 30*time.Minute || v.Parts[0].Minutes != 15 {
		t.Errorf("advertised %+v; want 30 minutes of writing and 15 of the quiz", v.Parts)
	}
	if x := w.of(next, "writing", ""); x.Real.N != 8 || x.Longer() {
		t.Errorf("the same task in the next version = %+v; want its 8 people, and that it holds now", x)
	}
	before, _ := w.Assessments.Tree(ctx, w.Org.ID, w.Version)
	after, _ := w.Assessments.Tree(ctx, w.Org.ID, next)
	one, _ := fs.ReadFile(before, "assessment.yaml")
	two, _ := fs.ReadFile(after, "assessment.yaml")
	if want := strings.NewReplacer("minutes: 5,", "minutes: 15,", "minutes: 20,", "minutes: 30,").Replace(string(one)); want != string(two) {
		t.Errorf("the file is now\n%s", two)
	}
	if again, err := w.an.Advertise(ctx, w.Owner, w.Version, 1, analytics.FromReal); err != nil || again != next {
		t.Errorf("a second press = %s, %v; want the same draft", again, err)
	}
	if _, err := w.an.Advertise(ctx, w.Owner, next, 2, analytics.FromReal); !errors.Is(err, assessment.ErrPilotEmpty) {
		t.Errorf("nothing to change: %v; want ErrPilotEmpty", err)
	}
}

// What an opening asks of one person is all its stages and its talk; minutes of both sides stand beside each other from Fewest people on.
func TestWhatIsAskedAndGiven(t *testing.T) {
	measure(t, func(t *testing.T, w measured) {
		asks := func(want analytics.Ask) {
			t.Helper()
			if got, err := w.an.Asks(ctx, w.Org.ID, w.Opening); err != nil || got != want {
				t.Errorf("asked = %+v, %v; want %+v", got, err, want)
			}
		}
		asks(analytics.Ask{Stages: 2, Planned: 50, Takes: 50, Limit: 360})
		w.Questions(4)
		err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO talk_terms (org_id, opening_id, days, minutes) VALUES ($1, $2, 5, 45)`, tx.Org, string(w.Opening))
			return err
		})
		o := w.Orgs
		if whole, err2 := o.ByID(ctx, w.Org.ID); err == nil && err2 == nil {
			whole.AskHours = 1
			err = o.Change(ctx, w.Owner, whole)
		}
		if err != nil {
			t.Fatal(err)
		}
		want := analytics.Ask{Stages: 2, Planned: 107, Takes: 107, Talk: 45, Limit: 60}
		asks(want)
		if !want.Over() {
			t.Error("107 minutes are not over a limit of 60")
		}
		ratio := func() analytics.Ratio {
			t.Helper()
			f, err := w.an.Of(ctx, w.Rosa, w.Opening)
			if err != nil {
				t.Fatal(err)
			}
			return f.Ratio
		}
		w.Questions(0)
		for i := range 8 {
			who := w.person(i)
			w.write(who, time.Minute, 30)
			if r := ratio(); r.Known() != (i >= 4) {
				t.Errorf("of %d people: %+v", i+1, r)
			}
		}
		err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE reviews SET seconds = 61 WHERE org_id = $1`, tx.Org) // how it is measured is review's business
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if r := ratio(); r.Sent != 5 || r.Theirs != 5*33 || r.Ours != 5*2*2 || r.Times() != 8.25 {
			t.Errorf("ratio = %+v; want 5 of 8 people with 33 minutes each, and two readers with two begun minutes for each", r)
		}
		// Both stages use the assessment whose writing now takes 30 instead of 20 minutes.
		want.Planned, want.Takes = 95, 95+2*10
		asks(want)
	})
}
