package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review"
)

// people of the sample organisation, by their place in it.
var people = []struct {
	key, name, title, team string
	roles                  []string
}{
	{"recruiter", "Noor Haddad", "Recruiter", "People", []string{org.Recruiter}},
	{"manager", "Piotr Zielinski", "Head of bookings", "Bookings", []string{org.Author, org.Reviewer}},
	{"reviewer", "Jun Park", "Senior engineer", "Bookings", []string{org.Reviewer}},
	{"reviewer2", "Mina Sato", "Staff engineer", "Bookings", []string{org.Reviewer, org.Author}},
	{"reviewer3", "Adaeze Obi", "Engineer", "Harbour apps", []string{org.Reviewer}},
}

type filler struct {
	*app.App
	ctx     context.Context
	clock   *Clock
	org     org.Org
	owner   actor.Actor
	whole   bool
	who     map[string]actor.Actor
	version map[string]assessment.VersionID
}

// Fill makes the content in an empty installation whose clock is c, and leaves the clock at the present. Code is judged for real. Where the
// machine cannot do that, the parts with code are left out, and one line of the log says so. What takes minutes is left out, too, unless the
// whole is asked for: the take-home in Go is a draft then.
func Fill(ctx context.Context, a *app.App, c *Clock, whole bool, progress func(done, total int, what string)) error {
	f := &filler{App: a, ctx: ctx, clock: c, whole: whole, who: map[string]actor.Actor{}, version: map[string]assessment.VersionID{}}
	defer c.offset.Store(0)
	if progress == nil {
		progress = func(int, int, string) {}
	}
	total := len(stories) + 2
	progress(0, total, "people")
	f.at(21, 9)
	if err := f.people(); err != nil {
		return err
	}
	progress(1, total, "assessments")
	if err := f.assessments(); err != nil {
		return err
	}
	if err := f.pilot("backend-screen"); err != nil {
		return err
	}
	openings, err := f.openings()
	if err != nil {
		return err
	}
	for i, s := range stories {
		progress(i+2, total, s.name)
		o, ok := openings[s.opening]
		if !ok {
			continue // what they would work on cannot be proven here
		}
		if err := f.tell(o, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if err := f.trials(); err != nil {
		return fmt.Errorf("the work trial: %w", err)
	}
	c.offset.Store(0)
	return a.Jobs.Drain(ctx)
}

// at moves the clock to an hour of a day so many days ago, never backwards over midnight of weekends: a Saturday becomes Friday.
func (f *filler) at(daysAgo, hour int) {
	day := time.Now().UTC().AddDate(0, 0, -daysAgo)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	t := time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, time.UTC)
	if limit := time.Now().Add(-time.Minute); t.After(limit) {
		t = limit
	}
	if t.After(f.clock.Now()) || f.org.ID == "" {
		f.clock.set(t)
	}
}

func (f *filler) people() error {
	o, m, err := f.Orgs.Found(f.ctx, "Tideway", mailOf("Helena Brandt"), "Helena Brandt", "Europe/Lisbon")
	if err != nil {
		return err
	}
	f.org, f.owner = o, actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	f.who["owner"] = f.owner
	for _, p := range people {
		m, err := f.Orgs.Enrol(f.ctx, f.owner, org.Member{Name: p.name, Email: mailOf(p.name), Title: p.title, Team: p.team, Roles: p.roles})
		if err != nil {
			return err
		}
		f.who[p.key] = actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: p.roles}
	}
	for _, p := range phrases {
		if _, err := f.Reviews.AddPhrase(f.ctx, f.who["recruiter"], p); err != nil {
			return err
		}
	}
	return nil
}

// phrases are everybody's.
var phrases = []review.Phrase{
	{Shared: true, Criterion: "Explains to people outside engineering", Text: "You say first what it means for the passenger, and only then how it came about."},
	{Shared: true, Criterion: "What was asked for, works", Text: "It does what the issue asks, also at midnight and with an empty list."},
	{Shared: true, Text: "For the next level, one sentence on what you left out, and why, would do."},
}

// slow is the assessment whose checks compile nine packages of Go each time: to prove it and to mark what three people sent takes two thirds
// of the CPU time of all of the content (262 s of which 75 s are without the take-homes).
const slow = "take-home-go"

func (f *filler) assessments() error {
	dirs, err := fs.ReadDir(Content(), ".")
	if err != nil {
		return err
	}
	type published struct {
		version assessment.VersionID
		left    []string
		err     error
	}
	all := make([]published, len(dirs))
	var wg sync.WaitGroup
	for i, d := range dirs { // at once: proving takes a core each
		wg.Go(func() {
			p := &all[i]
			var tree fs.FS
			if tree, p.err = fs.Sub(Content(), d.Name()); p.err != nil {
				return
			}
			if d.Name() == slow && !f.whole {
				_, _, p.err = f.Assessments.Import(f.ctx, f.who["manager"], tree, "")
				return
			}
			p.version, p.left, p.err = f.publish(tree)
		})
	}
	wg.Wait()
	var left []string
	for i, p := range all {
		if p.err != nil {
			return fmt.Errorf("%s: %w", dirs[i].Name(), p.err)
		}
		if p.version != "" {
			f.version[dirs[i].Name()] = p.version
		}
		left = append(left, p.left...)
	}
	if len(left) > 0 {
		f.Config.Log.WarnContext(f.ctx, "Some parts of the demo are left out, because this machine cannot run their tests. `candor doctor` says what is missing; "+
			"`candor demo --fresh` then starts over with them.", "parts", strings.Join(left, ", "))
	}
	return nil
}

func (f *filler) openings() (map[string]opening.ID, error) {
	stage := func(title, tree string, reviewers int) opening.Stage {
		return opening.Stage{Title: title, Reviewers: reviewers, Window: 10, Format: attempt.Format{}.Name(), Ref: string(f.version[tree])}
	}
	asking := stage("Reviewing code", "reviewing-code", 2)
	asking.Questions = 2
	built := stage("Take-home", "take-home-python", 1)
	if walk := f.version["walk-us-through"]; walk != "" { // who has something to show builds nothing
		built.Others = []opening.Offer{{Format: attempt.Format{}.Name(), Ref: string(walk)}}
	}
	out := map[string]opening.ID{}
	for _, o := range []struct {
		key, title, team string
		stages           []opening.Stage
	}{
		{"backend", "Backend engineer", "Bookings", []opening.Stage{stage("Screen", "backend-screen", 2), stage("Working with systems", "working-with-systems", 1)}},
		{"frontend", "Front-end engineer", "Harbour apps", []opening.Stage{stage("Screen", "frontend-screen", 2)}},
		{"platform", "Platform engineer", "Harbour apps", []opening.Stage{asking}},
		{"tools", "Tools engineer", "Bookings", []opening.Stage{stage("Take-home", "take-home-go", 2)}},
		{"systems", "Systems engineer", "Bookings", []opening.Stage{stage("A design", "designing-a-system", 2)}},
		{"timetables", "Timetable engineer", "Harbour apps", []opening.Stage{built}},
	} {
		if slices.ContainsFunc(o.stages, func(s opening.Stage) bool { return s.Ref == "" }) {
			continue
		}
		id, err := f.Openings.Create(f.ctx, f.who["recruiter"], opening.Opening{Title: o.title, Team: o.team, ReplyDays: 5,
			About: "We build the software that ferries and harbours run on."}, o.stages)
		if err != nil {
			return nil, err
		}
		out[o.key] = id
		for _, r := range []struct {
			who  string
			role opening.Role
		}{{"manager", opening.Manager}, {"reviewer", opening.Reviewer}, {"reviewer2", opening.Reviewer}, {"reviewer3", opening.Reviewer}} {
			if o.key == "tools" && r.who == "reviewer3" {
				r.role = opening.Facilitator
			}
			if err := f.Openings.SetRole(f.ctx, f.who["recruiter"], id, f.who[r.who].ID, r.role, true); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// tell makes one candidate's story.
func (f *filler) tell(o opening.ID, s story) error {
	f.clock.offset.Store(int64(-22 * 24 * time.Hour)) // stories overlap; each begins in the past again
	f.at(s.invited, 10)
	inv, err := f.Openings.Invite(f.ctx, f.who["recruiter"], o, opening.InviteForm{Name: s.name, Email: s.mail(), Zone: s.zone})
	if err != nil {
		return err
	}
	if err := f.Jobs.Drain(f.ctx); err != nil {
		return err
	}
	if s.until == invited {
		return nil
	}
	f.at(s.worked, 8)
	who, err := f.enter(inv)
	if err != nil {
		return err
	}
	if inv.Unchosen() && s.until != opened {
		if err := f.Openings.Choose(f.ctx, who, opening.Offer{Format: inv.Format, Ref: inv.Ref}); err != nil {
			return err
		}
	}
	if s.factor > 0 {
		if err := f.Attempts.Adjust(f.ctx, who, who.Subject, candidate.Time{Factor: s.factor}); err != nil {
			return err
		}
	}
	if err := f.talk(who, inv.Application, s.name); err != nil {
		return err
	}
	switch s.until {
	case opened:
		return nil
	case withdrew:
		return f.Attempts.Withdraw(f.ctx, who)
	}
	if err := f.stage(who, inv.Application, s); err != nil || s.next == nil {
		return err
	}
	next := *s.next
	next.name = s.name
	f.at(next.worked, 9)
	if err := f.Jobs.Drain(f.ctx); err != nil { // a reply of Friday evening goes out on Monday, and the next stage with it
		return err
	}
	if inv, err = invitationOf(f.ctx, f.App, f.org.ID, s.mail()); err != nil {
		return err
	}
	if who, err = f.enter(inv); err != nil {
		return err
	}
	return f.stage(who, inv.Application, next)
}

// read files as many scorecards as the story says.
func (f *filler) read(app opening.ApplicationID, s story) error {
	filed := 0
	for _, key := range []string{"reviewer", "reviewer2", "reviewer3", "manager"} {
		if filed == s.cards {
			break
		}
		who := f.who[key]
		list, _, _, err := f.Reviews.Queue(f.ctx, who, "")
		if err != nil {
			return err
		}
		for _, w := range list {
			sheet, err := f.Reviews.Load(f.ctx, who, w.Code)
			if err != nil {
				return err
			}
			if sheet.Application != app {
				continue
			}
			for range 10 + 2*filed { // their clock counts between what they write
				f.pass(110 * time.Second)
				if err := f.Reviews.Rate(f.ctx, who, w.Code, s.card(sheet.Rubric, filed)); err != nil {
					return err
				}
			}
			if filed == 0 {
				if err := f.rule(who, w.Code, s); err != nil {
					return err
				}
			}
			if err := f.Reviews.File(f.ctx, who, w.Code, s.card(sheet.Rubric, filed)); err != nil {
				return err
			}
			filed++
		}
	}
	if filed < s.cards {
		return fmt.Errorf("%d of %d scorecards could be filed", filed, s.cards)
	}
	if s.opening == "tools" && filed > 0 {
		if err := f.worked(app); err != nil {
			return err
		}
	}
	return f.Jobs.Drain(f.ctx)
}

// worked is what the facilitator of a take-home says of working with its candidate, beside the scorecards.
func (f *filler) worked(app opening.ApplicationID) error {
	return f.Reviews.FileTogether(f.ctx, f.who["reviewer3"], app, review.Card{Private: "We wrote three times in an hour and it was never one question twice.",
		Ratings: map[string]review.Rating{
			"asks":     {Level: 4, Note: "Asked about holds on the first evening, and wrote down what they would do if nobody answered."},
			"takes-up": {Level: 3, Note: "Renamed the package after one remark, and said why the second one stayed."},
		}})
}

// rule confirms what a story's review of a pull request found.
func (f *filler) rule(who actor.Actor, code review.Code, s story) error {
	sheet, err := f.Reviews.Load(f.ctx, who, code)
	if err != nil {
		return err
	}
	for _, p := range sheet.Rubric.Parts {
		for _, it := range p.Items {
			r, err := s.review(it.Key)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			for n, c := range r.Comments {
				if c.Is == "" {
					continue
				}
				if err := f.Reviews.Rule(f.ctx, who, code, it.Key, commentID(n), c.Is); err != nil {
					return fmt.Errorf("%s %s: %w", it.Key, c.At, err)
				}
			}
		}
	}
	return nil
}

func (f *filler) decide(app opening.ApplicationID, s story) error {
	table, err := f.Feedbacks.Table(f.ctx, f.who["manager"], app)
	if err != nil {
		return err
	}
	d := table.Draft
	d.Outcome, d.Reason, d.Body = s.outcome, s.reason, s.reply
	if _, _, err := f.Feedbacks.Decide(f.ctx, f.who["manager"], app, d, false); err != nil {
		return err
	}
	f.pass(18 * time.Hour) // a reply waits for the candidate's daytime
	return f.Jobs.Drain(f.ctx)
}
