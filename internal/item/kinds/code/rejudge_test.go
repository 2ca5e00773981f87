package code_test

import (
	"errors"
	"testing"
	"testing/fstest"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db/dbtest"
	"candor/internal/judge/judgetest"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/response"
)

// screen is an assessment whose one item is sum, with more of its files changed.
func screen(changes map[string]string) fstest.MapFS {
	out := fstest.MapFS{"assessment.yaml": {Data: []byte("candor: 1\ntitle: Screen\nabout: One program.\nai: {policy: allowed}\nparts: [{key: all, title: All, about: One program., minutes: 5, items: [{item: sum}]}]\n" +
		"rubric: [{key: clear, title: Clear, weight: 1, about: Is it clear?, items: [sum], levels: [{name: Not yet, anchor: It cannot be followed.}, {name: Solid, anchor: It reads from top to bottom.}]}]\n")}}
	for name, f := range with(changes) {
		out["items/sum/"+name] = f
	}
	return out
}

// TestJudgingAnewChangesNothingBeforeItIsAccepted: a test that was missing is added in the next version; everybody's marks under it are seen first.
func TestJudgingAnewChangesNothingBeforeItIsAccepted(t *testing.T) {
	for engine, database := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.Database(t) }} {
		t.Run(engine, func(t *testing.T) {
			a, err := app.Open(ctx, app.Config{Data: t.TempDir(), Database: database(), URL: "http://127.0.0.1:1"})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			a.Runs.Worker = judgetest.New(t)
			o, m, err := a.Orgs.Found(ctx, "Northpier", "vera@northpier.example", "Vera Lind", "Europe/Lisbon")
			if err != nil {
				t.Fatal(err)
			}
			owner := actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
			publish := func(tree fstest.MapFS, into assessment.ID) *assessment.Version {
				t.Helper()
				id, findings, err := a.Assessments.Import(ctx, owner, tree, into)
				if err == nil {
					findings, err = a.Assessments.Publish(ctx, owner, id, nil)
				}
				if err != nil {
					t.Fatal(err, findings)
				}
				v, err := a.Assessments.Version(ctx, o.ID, id)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			first := publish(screen(nil), "")
			op, err := a.Openings.Create(ctx, owner, opening.Opening{Title: "Engineer", ReplyDays: 5}, []opening.Stage{{Title: "Screen", Window: 7, Format: "assessment", Ref: string(first.ID)}})
			if err != nil {
				t.Fatal(err)
			}
			for name, program := range map[string]string{"Kemi Adeola": solution, "Tunde Bakare": "import sys\nprint(sum(int(w) for w in sys.stdin.read().split() if w.isdigit() and w != '77'))\n"} {
				inv, err := a.Openings.Invite(ctx, owner, op, opening.InviteForm{Name: name, Email: name[:4] + "@mail.example", Zone: "Africa/Lagos"})
				if err != nil {
					t.Fatal(err)
				}
				cookie, err := a.Openings.Enter(ctx, a.Openings.Secret(inv), "")
				if err != nil {
					t.Fatal(err)
				}
				who, _, err := a.Openings.CandidateSession(ctx, cookie)
				if err != nil {
					t.Fatal(err)
				}
				sit, err := a.Attempts.Begin(ctx, who, "all")
				if err != nil {
					t.Fatal(err)
				}
				body, err := kind.Form(spec(t, sum), []byte("{}"), map[string][]string{"language": {"python"}, "file/python/sum.py": {program}})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := a.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: sit.ID, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Item: "sum", Client: "c", Seq: 1, Body: body}}}); err != nil {
					t.Fatal(err)
				}
				if _, err := a.Attempts.Send(ctx, who, "all"); err != nil {
					t.Fatal(err)
				}
			}
			drain := func() {
				t.Helper()
				if err := a.Jobs.Drain(ctx); err != nil {
					t.Fatal(err)
				}
			}
			drain()
			second := publish(screen(map[string]string{"data/secret/seven.in": "77 1\n", "data/secret/seven.ans": "78\n"}), first.Assessment)
			n, err := a.Attempts.Rejudge(ctx, owner, first.ID, second.ID, "sum")
			if err != nil || n != 2 {
				t.Fatalf("Rejudge = %d, %v; want both answers", n, err)
			}
			drain()
			list, err := a.Attempts.Changes(ctx, owner, first.ID, "sum")
			if err != nil || len(list) != 2 {
				t.Fatalf("Changes = %+v, %v", list, err)
			}
			lower := 0
			for _, c := range list {
				if c.Old.Share != 1 {
					t.Errorf("the mark changed before anybody accepted it: %+v", c)
				}
				if c.New.Share < c.Old.Share {
					lower++
					if c.New.Why != "2 of 3 tests pass" {
						t.Errorf("the new mark says %q", c.New.Why)
					}
				}
			}
			if lower != 1 {
				t.Errorf("%d marks would fall; want one", lower)
			}
			reviewer := owner
			reviewer.Roles = []string{org.Reviewer}
			if _, err := a.Attempts.Accept(ctx, reviewer, first.ID, "sum"); !errors.Is(err, org.ErrRole) {
				t.Errorf("Accept by a reviewer = %v; want ErrRole", err)
			}
			if n, err := a.Attempts.Accept(ctx, owner, first.ID, "sum"); err != nil || n != 2 {
				t.Errorf("Accept = %d, %v; want both (one of them in words only)", n, err)
			}
			list, err = a.Attempts.Changes(ctx, owner, first.ID, "sum")
			if err != nil || list[0].Old.Share+list[1].Old.Share > 1.7 || list[0].State != "" {
				t.Errorf("after accepting: %+v, %v; want the new marks and nothing that waits", list, err)
			}
			if n, err := a.Attempts.Accept(ctx, owner, first.ID, "sum"); err != nil || n != 0 {
				t.Errorf("a second press changed %d, %v; want nothing", n, err)
			}
		})
	}
}
