package recording_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/live"
	"candor/internal/recording"

	"pgregory.net/rapid"
)

var (
	ctx  = context.Background()
	amy  = recording.Of{Owner: "att_amy", Item: "tell"}
	ben  = recording.Of{Owner: "att_ben", Item: "tell"}
	one  = takeID('a')
	two  = takeID('b')
	more = takeID('c')
)

func takeID(c byte) recording.ID {
	b := []byte("rec_aaaaaaaaaaaaaaaaaaaaaaaaaa")
	b[len(b)-1] = c
	return recording.ID(b)
}

// each gives a store whose amy has agreed.
func each(t *testing.T, fn func(t *testing.T, rs *recording.Recordings, write func(func(tx db.Tx) error))) {
	dbtest.Each(t, []fs.FS{live.Schema, recording.Schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		rs := &recording.Recordings{DB: d}
		write := func(f func(tx db.Tx) error) {
			t.Helper()
			if err := d.Write(ctx, "org_1", f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx db.Tx) error { return rs.Agree(ctx, tx, amy, "Mina and Jun may watch it.", "en") })
		fn(t, rs, write)
	})
}

func TestARecordingWithoutConsentCannotExist(t *testing.T) {
	each(t, func(t *testing.T, rs *recording.Recordings, write func(func(tx db.Tx) error)) {
		var agreed recording.Consent
		write(func(tx db.Tx) (err error) {
			agreed, err = rs.Consent(ctx, tx, amy)
			return err
		})
		if agreed.Text != "Mina and Jun may watch it." || agreed.Lang != "en" || agreed.At.IsZero() {
			t.Errorf("Consent = %+v", agreed)
		}
		for name, c := range map[string]struct {
			org, owner, consent string
			want                bool
		}{
			"nobody's":           {"org_1", ben.Owner, "", false},
			"somebody else's":    {"org_1", ben.Owner, agreed.ID, false},
			"of another company": {"org_2", amy.Owner, agreed.ID, false},
			"their own":          {"org_1", amy.Owner, agreed.ID, true},
		} {
			err := rs.DB.Write(ctx, c.org, func(tx db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO recordings (org_id, id, owner, item, consent_id, number, way, state, cut, late, length_ms, reason, started_at, stopped_at)
					VALUES ($1, $2, $3, 'tell', $4, 7, 'video', 'sent', 0, 0, 0, '', 0, 0)`, c.org, "rec_"+name, c.owner, c.consent)
				return err
			})
			if (err == nil) != c.want {
				t.Errorf("a row with the consent %s: %v", name, err)
			}
		}
		err := rs.DB.Write(ctx, "org_1", func(tx db.Tx) error {
			_, err := rs.Begin(ctx, tx, ben, one, recording.Video, 3, false)
			return err
		})
		if !errors.Is(err, recording.ErrConsent) {
			t.Errorf("Begin without consent = %v", err)
		}
	})
}

func TestConsentTakenBackDeletesTheTakesAndEndsRecording(t *testing.T) {
	each(t, func(t *testing.T, rs *recording.Recordings, write func(func(tx db.Tx) error)) {
		write(func(tx db.Tx) error {
			if _, err := rs.Begin(ctx, tx, amy, one, recording.Sound, 3, false); err != nil {
				return err
			}
			gone, err := rs.Withdraw(ctx, tx, amy)
			if len(gone) != 1 || gone[0].ID != one {
				t.Errorf("Withdraw = %+v", gone)
			}
			return err
		})
		err := rs.DB.Write(ctx, "org_1", func(tx db.Tx) error {
			_, err := rs.Begin(ctx, tx, amy, two, recording.Sound, 3, false)
			return err
		})
		if !errors.Is(err, recording.ErrConsent) {
			t.Errorf("Begin after it = %v", err)
		}
		write(func(tx db.Tx) error {
			list, err := rs.List(ctx, tx, amy)
			if len(list) != 1 || list[0].State != recording.Dropped {
				t.Errorf("List = %+v", list)
			}
			return err
		})
	})
}

func TestTakesAreCountedAsPeopleWould(t *testing.T) {
	each(t, func(t *testing.T, rs *recording.Recordings, write func(func(tx db.Tx) error)) {
		begin := func(id recording.ID, late bool) error {
			return rs.DB.Write(ctx, "org_1", func(tx db.Tx) error {
				_, err := rs.Begin(ctx, tx, amy, id, recording.Video, 1, late)
				return err
			})
		}
		move := func(id recording.ID, e recording.Event) {
			write(func(tx db.Tx) error {
				_, err := rs.Move(ctx, tx, amy, id, e, recording.Take{Length: time.Minute, Reason: "empty"})
				return err
			})
		}
		if err := errors.Join(begin(one, false), begin(one, false)); err != nil {
			t.Errorf("the same announcement twice = %v", err)
		}
		move(one, recording.Fail)
		if err := begin(two, false); err != nil {
			t.Errorf("after a failed take = %v; it uses up nothing", err)
		}
		if err := begin(more, false); err != nil {
			t.Errorf("while another one still ran = %v; that one is cut off and uses up nothing", err)
		}
		move(more, recording.Stop)
		if err := begin(takeID('d'), false); !errors.Is(err, recording.ErrTakes) {
			t.Errorf("a second whole take of one = %v", err)
		}
		if err := begin(takeID('e'), true); err != nil {
			t.Errorf("a late one = %v; it is kept and marked", err)
		}
		write(func(tx db.Tx) error {
			got, err := rs.Take(ctx, tx, amy, more)
			if got.ID != more || got.State != recording.Stopped || got.Length != time.Minute {
				t.Errorf("Take = %+v", got)
			}
			return err
		})
	})
}

// TestATakeOnlyGoesOn: whatever happens in whatever order and however often, a take never comes back from where it was, failed and deleted takes
// are never the answer, and of the whole ones that came in time the newest is, unless another one was chosen.
func TestATakeOnlyGoesOn(t *testing.T) {
	rank := map[recording.State]int{recording.Running: 0, recording.Stopped: 1, recording.Sent: 2, recording.Failed: 3, recording.Dropped: 3}
	seen := map[recording.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		takes := make([]recording.Take, rapid.IntRange(1, 5).Draw(t, "takes"))
		for i := range takes {
			takes[i] = recording.Take{ID: takeID(byte('a' + i)), Number: i + 1, State: recording.Running, Late: rapid.Bool().Draw(t, "late")}
			for _, e := range rapid.SliceOfN(rapid.SampledFrom(recording.Events), 0, 6).Draw(t, "events") {
				was := takes[i].State
				to, ok := was.Next(e)
				if !ok {
					continue
				}
				if rank[to] <= rank[was] {
					t.Fatalf("%s by %s becomes %s", was, e, to)
				}
				takes[i].State, takes[i].Cut = to, takes[i].Cut || e == recording.Cut
			}
			seen[takes[i].State]++
			if failed := takes[i].State == recording.Failed; failed && takes[i].Uses() || failed && takes[i].Counts() {
				t.Fatalf("a failed take uses one up or counts: %+v", takes[i])
			}
		}
		choice := takeID(byte('a' + rapid.IntRange(0, 6).Draw(t, "choice")))
		got, ok := recording.Chosen(takes, choice)
		var newest, cut, any recording.Take
		for _, x := range takes {
			if !x.Counts() {
				continue
			}
			any = x
			if x.ID == choice {
				if got.ID != choice {
					t.Fatalf("Chosen = %+v; want the choice %s", got, choice)
				}
				return
			}
			if !x.Late && !x.Cut {
				newest = x
			} else if !x.Late {
				cut = x
			}
		}
		want := any
		if cut.ID != "" {
			want = cut
		}
		if newest.ID != "" {
			want = newest
		}
		if ok != (want.ID != "") || got.ID != want.ID && !(want.Late && got.Late) {
			t.Fatalf("Chosen = %+v, %v; want %+v", got, ok, want)
		}
	})
	for _, s := range recording.States {
		if seen[s] == 0 {
			t.Errorf("no take was ever %s: %v", s, maps.Clone(seen))
		}
	}
}
