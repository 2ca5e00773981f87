package survey_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"

	"candor/internal/actor"
	"candor/internal/agreement"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/survey"
)

var (
	ctx     = context.Background()
	schemas = append(slices.Clone(attempttest.Schemas), []fs.FS{review.Schema, feedback.Schema, survey.Schema}...)
)

// What was asked is never changed: a wording that was asked is as it was.
func TestWordingsStayAsTheyWere(t *testing.T) {
	want := []string{"373af17666edb94d05707a24494b989c9e0084f98da462a3e5cc0d157a6b7a70"}
	for i, w := range survey.Wordings() {
		raw, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		if got := hex.EncodeToString(sum[:]); w.Number != i+1 || i >= len(want) || got != want[i] {
			t.Errorf("wording %d is now %s; what was asked stays as it was, other words are another wording", w.Number, got)
		}
	}
}

func TestSumsTellNobodysAnswer(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := attempttest.Make(t, d, tick)
		ss := &survey.Surveys{DB: d, Openings: w.Openings}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		rosa := w.Member("Rosa Lindqvist", "rosa@tideway.example", []string{"reviewer"}, opening.Manager)
		mina := w.Member("Mina Kovač", "mina@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if _, _, err := ss.Results(ctx, mina, w.Opening); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer of the pool: %v; want ErrRole", err)
		}
		early := w.Enter(w.Invite("Early Bird", "early@mail.example"))
		if s, err := ss.Standing(ctx, early); err != nil || !s.Early || s.Asks {
			t.Errorf("before anything was sent: %+v, %v; want nothing asked", s, err)
		}
		for what, err := range map[string]error{"answer": ss.Answer(ctx, early, 1, map[string]string{"live": "yes"}), "later": ss.Put(ctx, early, survey.Later)} {
			if !errors.Is(err, survey.ErrEarly) {
				t.Errorf("%s before anything was sent: %v; want ErrEarly", what, err)
			}
		}
		if _, err := ss.Standing(ctx, rosa); !errors.Is(err, survey.ErrMissing) {
			t.Errorf("a member asks how it was for them: %v; want ErrMissing", err)
		}
		people := make([]actor.Actor, 7)
		for i := range people {
			people[i], _ = w.Submit(fmt.Sprintf("Person %d", i), fmt.Sprintf("p%d@mail.example", i))
		}
		stage := func() survey.Result {
			t.Helper()
			_, list, err := ss.Results(ctx, rosa, w.Opening)
			must(err)
			return list[0]
		}
		for i, who := range people[:6] {
			live := "no"
			if i == 0 || i == 5 {
				live = "yes"
			}
			answers := map[string]string{"live": live}
			if i < 3 {
				answers["clear"] = "partly"
			}
			must(ss.Answer(ctx, who, 1, answers))
			if r := stage(); i < 4 && (r.People != 0 || r.Questions != nil) {
				t.Fatalf("after %d people there is %+v", i+1, r)
			}
		}
		// The sixth is not in the sums yet: before and after it they are the same.
		r := stage()
		live := r.Questions[4]
		low, high := agreement.Wilson(1, 5)
		if yes := live.Shares[0]; r.People != 5 || live.N != 5 || yes.Count != 1 || yes.Low != low || yes.High != high || live.Shares[1].Count != 4 || live.Text != "Would you have preferred a live interview?" {
			t.Errorf("of six = %+v; want the first five", live)
		}
		if clear := r.Questions[0]; clear.Known() || clear.N != 0 || clear.Shares[1].Count != 0 {
			t.Errorf("what three answered is shown: %+v", clear)
		}
		if err := ss.Answer(ctx, people[0], 1, map[string]string{"live": "either"}); !errors.Is(err, survey.ErrAnswered) {
			t.Errorf("answered twice: %v; want ErrAnswered", err)
		}
		if err := ss.Put(ctx, people[0], survey.Refused); !errors.Is(err, survey.ErrAnswered) {
			t.Errorf("refused after it was answered: %v; want ErrAnswered", err)
		}
		if err := ss.Answer(ctx, people[6], 1, map[string]string{"live": "perhaps"}); err == nil {
			t.Error("an answer that there is not is taken")
		}
		if err := ss.Answer(ctx, people[6], 1, nil); !errors.Is(err, survey.ErrNothing) {
			t.Errorf("nothing: %v; want ErrNothing", err)
		}
		if err := ss.Answer(ctx, people[6], 2, map[string]string{"live": "no"}); !errors.Is(err, survey.ErrMissing) {
			t.Errorf("a wording that there is not: %v; want ErrMissing", err)
		}
		asks := func(want bool, state survey.State) {
			t.Helper()
			if s, err := ss.Standing(ctx, people[6]); err != nil || s.Asks != want || s.State != state {
				t.Errorf("standing = %+v, %v; want asks %v, %q", s, err, want, state)
			}
		}
		asks(true, survey.Unasked)
		must(ss.Put(ctx, people[6], survey.Later))
		asks(false, survey.Later)
		reply(t, d, w.Org.ID, people[6])
		asks(true, survey.Later) // once more, after the reply
		must(ss.Put(ctx, people[6], survey.Later))
		asks(false, survey.Later)
		must(ss.Put(ctx, people[6], survey.Refused))
		asks(false, survey.Refused)

		// Twenty tabs of one person are one answer, and whoever refused may think again.
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if err := ss.Answer(ctx, people[6], 1, map[string]string{"live": "no"}); err != nil && !errors.Is(err, survey.ErrAnswered) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		must(d.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			var n, k int
			if err := tx.QueryRowContext(ctx, `SELECT n FROM survey_counts WHERE org_id = $1`, tx.Org).Scan(&n); err != nil {
				return err
			}
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM survey_answers WHERE org_id = $1 AND question = 'live'`, tx.Org).Scan(&k)
			if n != 7 || k != 7 {
				t.Errorf("%d people, %d answers; want 7", n, k)
			}
			return err
		}))
		var app string
		must(d.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			err := tx.QueryRowContext(ctx, `SELECT application_id FROM invitations WHERE org_id = $1 AND id = $2`, tx.Org, people[0].ID).Scan(&app)
			if err != nil {
				return err
			}
			return ss.Drop(ctx, tx, db.Person{Org: tx.Org, Applications: []string{app}})
		}))
		if r := stage(); r.People != 5 || r.Questions[4].Shares[0].Count != 1 {
			t.Errorf("after somebody was erased = %+v; want the same sums", r)
		}
	})
}

// reply puts a released reply to somebody; how one is made is feedback's business.
func reply(t *testing.T, d *db.DB, org string, who actor.Actor) {
	t.Helper()
	err := d.Write(ctx, org, func(tx db.Tx) error {
		var app, stage, op string
		if err := tx.QueryRowContext(ctx, `SELECT application_id, stage_id, opening_id FROM invitations WHERE org_id = $1 AND id = $2`, org, who.ID).Scan(&app, &stage, &op); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO decisions (org_id, id, application_id, opening_id, stage_id, outcome, reason_id, by_member, at, undone_at, settled_at)
			VALUES ($1, 'dec_1', $2, $3, $4, 'reject', '', 'mem_1', 1, 0, 1)`, org, app, op, stage); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO feedbacks (org_id, id, decision_id, application_id, outcome, final, body, criteria, created_at, release_at, released_at)
			VALUES ($1, 'fbk_1', 'dec_1', $2, 'reject', TRUE, 'No.', '[]', 1, 1, 1)`, org, app)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
