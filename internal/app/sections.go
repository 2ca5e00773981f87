package app

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/appeal/appealweb"
	"candor/internal/board/boardweb"
	"candor/internal/db"
	"candor/internal/integrity"
	"candor/internal/interview"
	"candor/internal/interview/interviewweb"
	"candor/internal/notify/channels/slack"
	"candor/internal/notify/notifyweb"
	"candor/internal/opening"
	"candor/internal/opening/openingweb"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/talk/talkweb"
	"candor/internal/thread/threadweb"
	"candor/internal/trial"
	"candor/internal/trial/trialweb"
)

// sections are what the faces above an opening's add to the page of an application.
func (a *App) sections() []func(context.Context, actor.Actor, opening.Application) (openingweb.Section, error) {
	return []func(context.Context, actor.Actor, opening.Application) (openingweb.Section, error){a.reading, a.asking, a.interviewing, a.trying, a.talking, a.again, a.meeting, a.mails, a.rooming, a.dossier, a.keeping}
}

// again leads to the second look that was asked for, for whoever runs or decides the opening.
func (a *App) again(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	body, err := a.looked(ctx, who, app.ID)
	if body == nil || err != nil {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "again", Title: "Second look", Body: body}, nil
}

// looked is where the second look of an application stands; nil where none was asked for, or not for the asker.
func (a *App) looked(ctx context.Context, who actor.Actor, app opening.ApplicationID) (templ.Component, error) {
	c, err := a.Appeals.Load(ctx, who, app)
	if _, refused := problem.As(err); refused {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return appealweb.Section(c, "/o/"+who.Org+"/applications/"+string(app)+"/appeal"), nil
}

// trying leads to the work trials of an application, for whoever runs or decides its opening and knows the name.
func (a *App) trying(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	if app.Blind || !app.Opening.MayManage(who) && !app.Opening.MayDecide(who) {
		return openingweb.Section{}, nil
	}
	var list []trial.Trial
	err := a.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		list, err = a.Trials.Of(ctx, tx, app.ID)
		return err
	})
	if err != nil || len(list) == 0 {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "trying", Title: "Work trial", Body: trialweb.Section(who.Org, list)}, nil
}

// meeting leads to the talk that is owed, for whoever arranges it.
func (a *App) meeting(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	t, _, err := a.Talks.Load(ctx, who, app.ID)
	if _, refused := problem.As(err); refused {
		return openingweb.Section{}, nil
	}
	if err != nil {
		return openingweb.Section{}, err
	}
	o, err := a.Orgs.ByID(ctx, who.Org)
	return openingweb.Section{ID: "meeting", Title: "Talk", Body: talkweb.Section("/o/"+who.Org+"/applications/"+string(app.ID)+"/talk", talkweb.Standing(t, o.Zone))}, err
}

// talking leads to the conversation with the candidate, for whoever reads the application with its name.
func (a *App) talking(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	if app.Blind {
		return openingweb.Section{}, nil
	}
	t, err := a.Threads.Load(ctx, who, app.ID)
	if err != nil || len(t.Messages) == 0 && !t.Answers {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "talking", Title: "Conversation", Body: threadweb.Section("/o/"+who.Org+"/conversations/"+string(app.ID), t)}, nil
}

// interviewing leads to the interviews about the work, and to opening one, for whoever reads the application with its name.
func (a *App) interviewing(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	if app.Blind {
		return openingweb.Section{}, nil
	}
	var list []interview.Interview
	err := a.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		list, err = a.Interviews.OfApplication(ctx, tx, app.ID)
		return err
	})
	o, may := interview.Openable{}, app.Opening.MayManage(who) || app.Opening.MayDecide(who)
	if err == nil && may && len(list) == 0 {
		o, err = a.Interviews.Openable(ctx, who, app.ID)
	}
	if err != nil || len(list) == 0 && o.Version == nil {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "interviewing", Title: "Interview", Body: interviewweb.Section(who.Org, app, list, may)}, nil
}

// dossier is what can be taken out of an application, for whoever runs or decides its opening and knows the name.
func (a *App) dossier(_ context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	if app.Blind || !app.Opening.MayManage(who) && !app.Opening.MayDecide(who) {
		return openingweb.Section{}, nil
	}
	return openingweb.Section{ID: "dossier", Title: "Dossier", Body: boardweb.Take("/o/" + who.Org + "/applications/" + string(app.ID) + "/dossier")}, nil
}

// rooming leads to the channel of an application's own, for whoever looks after the bridge and knows the name; nothing where there is none.
func (a *App) rooming(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	if app.Blind || !org.May(who, "bridge.change") {
		return openingweb.Section{}, nil
	}
	room, linked, err := a.Bridges.OwnRoom(ctx, who, slack.Name, app.ID)
	if err != nil || !linked {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "rooming", Title: "Slack", Body: slack.Own("/o/"+who.Org+"/bridge/slack/applications/"+string(app.ID), room)}, nil
}

// mails is what was written about an application, for whoever runs its opening.
func (a *App) mails(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	list, err := a.Notify.Log(ctx, who, app.ID)
	if err != nil || len(list) == 0 {
		return openingweb.Section{}, err
	}
	o, err := a.Orgs.ByID(ctx, who.Org)
	if err != nil {
		return openingweb.Section{}, err
	}
	body := notifyweb.Log("/o/"+who.Org+"/applications/"+string(app.ID), list, o.Location(), a.Notify.Server != nil)
	return openingweb.Section{ID: "mails", Title: "Mails", Body: body}, nil
}

// asking says that a question to the candidate is open, to whoever reads the application with its name.
func (a *App) asking(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	if app.Blind {
		return openingweb.Section{}, nil
	}
	v := askingView{Base: "/o/" + who.Org}
	err := a.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		list, err := a.Integrity.CasesOf(ctx, tx, app.ID)
		for _, c := range list {
			v.Cases = append(v.Cases, askingCase{string(c.ID), standing(c, a.DB.Now()), c.Due})
		}
		return err
	})
	if err != nil || len(v.Cases) == 0 {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "asking", Title: "A question to the candidate", Body: askingBody(v)}, nil
}

// standing is where a case stands, in words for the team.
func standing(c integrity.Case, now time.Time) string {
	switch c.Standing(now) {
	case integrity.Waits:
		return "Waits for the candidate. Nothing is decided, and the promise of a reply stands still until " + c.Due.Add(-time.Minute).Format("Mon 2 Jan") + "."
	case integrity.Answered:
		return "Waits for the second person. Nothing is decided before it is settled."
	case integrity.Appealed:
		return "Waits for a third person. Nothing is decided before it is settled."
	case integrity.Stands:
		return "Settled. The candidate can ask for another look until " + c.AppealDue.Add(-time.Minute).Format("Mon 2 Jan") + "; nobody is declined before that."
	case integrity.Ended:
		return "The candidate left before it was settled."
	}
	return "Settled."
}

// reading leads to the scorecards and, for whoever decides, to the decision.
func (a *App) reading(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	v := readingView{Base: "/o/" + who.Org, Application: string(app.ID), Decides: app.Opening.MayDecide(who) && app.Status == opening.Active}
	err := a.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rounds, err := a.Reviews.RoundsOf(ctx, tx, app.ID)
		if err != nil {
			return err
		}
		for _, n := range rounds {
			reviews, err := a.Reviews.ReviewsIn(ctx, tx, n.Attempt)
			if err != nil {
				return err
			}
			r := readingRound{Code: string(n.Code), Wanted: n.Wanted, Submitted: n.Submitted, Due: n.Due, Closed: !n.Closed.IsZero()}
			for _, card := range reviews {
				if card.State == review.Filed {
					r.Filed++
				}
			}
			v.Rounds = append(v.Rounds, r)
		}
		return nil
	})
	if err != nil || len(v.Rounds) == 0 {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "reading", Title: "Reading", Body: readingBody(v)}, nil
}
