package assessment_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

// What an author recorded and put into no question is thrown away after thirty days; what belongs to anything else stays.
func TestRecordingsOfNoQuestionGo(t *testing.T) {
	dbtest.Each(t, slices.Clone(uploadtest.Schemas), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		ctx, author := t.Context(), actor.Actor{Kind: actor.Member, ID: "mem_a", Org: "org_a"}
		us := uploadtest.New(t, d, t.TempDir())
		as := &assessment.Assessments{DB: d, Uploads: us}
		send := func(owner, org string) (upload.ID, actor.Actor) {
			who := author
			who.Org = org
			u, err := us.Create(ctx, who, upload.Subject{Owner: owner, Item: "built", Purpose: "rec_one"}, -1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := us.Append(ctx, who, u.ID, 0, strings.NewReader("\x1a\x45\xdf\xa3 webm")); err != nil {
				t.Fatal(err)
			}
			return u.ID, who
		}
		old, _ := send(assessment.PromptOwner("ver_1"), "org_a")
		other, stranger := send(assessment.PromptOwner("ver_1"), "org_b")
		theirs, _ := send("att_1", "org_a")
		tick.Add(assessment.Unused)
		fresh, _ := send(assessment.PromptOwner("ver_2"), "org_a")
		tick.Add(time.Second)
		if err := as.Sweep(ctx, "org_a"); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			i    upload.ID
			who  actor.Actor
			gone bool
		}{"an old one": {old, author, true}, "another organisation's": {other, stranger, false}, "a candidate's": {theirs, author, false}, "one of today": {fresh, author, false}} {
			if _, err := us.Load(ctx, c.who, c.i); errors.Is(err, upload.ErrMissing) != c.gone {
				t.Errorf("%s: %v; want it gone: %v", name, err, c.gone)
			}
		}
	})
}
