package demo

import (
	"encoding/json"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/opening"
	"candor/internal/payment"
	"candor/internal/response"
	"candor/internal/trial"
)

// trialTree is what is worked on in the work trial: a repository with issues.
const trialTree = "take-home-python"

// checks are the check-ins of the trial that is under way, and what its host answers.
var checks = []struct {
	text, reply string
	minutes     int
}{
	{"Read the README and both issues, and ran the tests. The first issue is two things: late sailings are sorted by text, and a cancelled one still takes its berth. I began with the sort, because the second one needs it.\n\nNext: a test for the berth.\n\nIn my way: I do not know whether a sailing can be cancelled twice.",
		"It can: the harbour’s own system says everything twice. Count the first. And yes, they are two things; make them two commits.", 390},
	{"The sort is in, with its test. The berth is half done: the test fails for the right reason.\n\nNext: the other half.\n\nNothing is in my way.", "", 360},
}

// trials makes an opening whose stage is a work trial: one is under way, and one is offered. Nothing where what is worked on cannot be proven here.
func (f *filler) trials() error {
	version := f.version[trialTree]
	if version == "" {
		return nil
	}
	f.clock.offset.Store(int64(-22 * 24 * time.Hour))
	f.at(6, 9)
	plan, err := f.Trials.AddPlan(f.ctx, f.owner, trial.Terms{Title: "Six days with the timetables team", Version: version, Host: f.who["manager"].ID, Days: 6, Hours: 36,
		Money: payment.Money{Minor: 198000, Currency: "EUR"}, PayDays: 10,
		Scope: "You work on two issues of the timetables, in a repository of your own, with Piotr at hand.\n\n- **Is part of it:** both issues with tests, and a note on what you would do next.\n- **Is not:** deployments, and being on call.\n\nA good end is one issue that is done and one that somebody else can go on with. When six hours a day are over, stop."})
	if err != nil {
		return err
	}
	o, err := f.Openings.Create(f.ctx, f.who["recruiter"], opening.Opening{Title: "Timetable engineer, part-time", Team: "Harbour apps", ReplyDays: 5, About: "We build the software that ferries and harbours run on."},
		[]opening.Stage{{Title: "Six days with us", Reviewers: 1, Window: 10, Format: trial.Format{}.Name(), Ref: string(plan)}})
	if err != nil {
		return err
	}
	for who, role := range map[string]opening.Role{"manager": opening.Manager, "reviewer2": opening.Reviewer, "reviewer3": opening.Reviewer} {
		if err := f.Openings.SetRole(f.ctx, f.who["recruiter"], o, f.who[who].ID, role, true); err != nil {
			return err
		}
	}
	who, err := f.tries(o, "Saoirse Byrne", "Europe/Dublin", 4)
	if err != nil {
		return err
	}
	v, err := f.Trials.Own(f.ctx, who)
	if err != nil {
		return err
	}
	if err := f.Trials.Accept(f.ctx, who, v.First[0].Format("2006-01-02"), "IE64 IRCE 9205 0112 3456 78, Saoirse Byrne"); err != nil {
		return err
	}
	if v, err = f.Trials.Own(f.ctx, who); err != nil {
		return err
	}
	for i, d := range v.Days {
		at := d.Starts.Add(16 * time.Hour)
		if i >= len(checks) || at.After(time.Now().Add(-3*time.Hour)) {
			break
		}
		f.clock.set(at)
		if err := f.check(who, v.ID, d.N, checks[i].text, checks[i].reply, checks[i].minutes); err != nil {
			return err
		}
	}
	_, err = f.tries(o, "Viktor Hahn", "Europe/Berlin", 1)
	return err
}

// tries invites somebody to the trial some days ago, who reads the offer.
func (f *filler) tries(o opening.ID, name, zone string, days int) (actor.Actor, error) {
	f.at(days, 9)
	inv, err := f.Openings.Invite(f.ctx, f.who["recruiter"], o, opening.InviteForm{Name: name, Email: mailOf(name), Zone: zone})
	if err != nil {
		return actor.Actor{}, err
	}
	if err := f.Jobs.Drain(f.ctx); err != nil {
		return actor.Actor{}, err
	}
	f.pass(40 * time.Minute)
	return f.enter(inv)
}

// check writes and sends a day's check-in, which the host answers where there is something to say.
func (f *filler) check(who actor.Actor, id trial.ID, n int, text, reply string, minutes int) error {
	if err := f.Trials.Sweep(f.ctx, f.org.ID); err != nil {
		return err
	}
	key := attempt.DayKey(n)
	s, err := f.Attempts.Begin(f.ctx, who, key)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string][]string{"text": {text}})
	if err != nil {
		return err
	}
	now := f.DB.Now()
	_, err = f.Attempts.Save(f.ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: now, Saves: []response.Save{{Item: key, Client: "c_demo", Seq: clock.Milli(now), Body: body}}})
	if err != nil {
		return err
	}
	_, err = f.Attempts.Send(f.ctx, who, key)
	if err := errors.Join(err, f.Trials.Report(f.ctx, who, n, minutes), f.Jobs.Drain(f.ctx)); err != nil || reply == "" {
		return err
	}
	f.pass(time.Hour)
	if err := f.Trials.Reply(f.ctx, f.who["manager"], id, n, reply); err != nil {
		return err
	}
	return f.Jobs.Drain(f.ctx)
}
