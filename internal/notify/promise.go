package notify

import (
	"context"
	"errors"
	"fmt"

	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/promise"
)

// listenPromises wires reminders of what is due today, and who is told of what was not kept.
func (n *Notify) listenPromises() {
	job.Listen(n.Jobs, promise.Near, "notify.near", job.Mail, n.near)
	job.Listen(n.Jobs, promise.Broken, "notify.broken", job.Mail, n.broken)
	job.Listen(n.Jobs, promise.Broken, "notify.late", job.Mail, n.late)
	job.Listen(n.Jobs, payment.Made, "notify.paid", job.Mail, n.paid)
}

// promised is what each kind is in a sentence: to whoever keeps it, and to the candidate.
var promised = map[promise.Kind]struct{ ours, theirs string }{
	promise.Review:     {"the reading of a submission", "that your work is read"},
	promise.Reply:      {"a reply", "a reply"},
	promise.Feedback:   {"written feedback", "written feedback"},
	promise.Appeal:     {"an answer after a second look", "an answer to your wish for a second look"},
	promise.Talk:       {"a talk", "a talk with the team"},
	promise.Payment:    {"a payment", "a payment"},
	promise.Question:   {"the next question", "the next question of your interview"},
	promise.Evaluation: {"what the host of a work trial writes about it", "what your host writes about the work trial"},
}

// keepers are the members who keep a promise: its readers, or those with the first of the roles that anybody has.
func (n *Notify) keepers(ctx context.Context, tx db.Tx, p promise.Promise, a opening.Application) ([]org.Member, error) {
	if p.Kind == promise.Review {
		readers, err := query.New(tx).Reading(ctx, tx.Org, string(a.ID))
		if err != nil {
			return nil, err
		}
		list, err := n.members(ctx, tx, readers)
		if len(list) > 0 || err != nil {
			return list, err
		}
	}
	if p.Kind == promise.Payment {
		return n.firstOf(ctx, tx, a, []opening.Role{opening.Recruiter}, []opening.Role{opening.Manager})
	}
	return n.firstOf(ctx, tx, a, []opening.Role{opening.Manager}, []opening.Role{opening.Recruiter})
}

// firstOf are the active members of an opening with the first of some sets of roles that anybody has; where nobody has any, its contact.
func (n *Notify) firstOf(ctx context.Context, tx db.Tx, a opening.Application, sets ...[]opening.Role) ([]org.Member, error) {
	team, err := n.Openings.Team(ctx, tx, a.Opening.ID)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		var ids []string
		for _, t := range team {
			for _, r := range set {
				if t.Role == r {
					ids = append(ids, t.Member)
				}
			}
		}
		list, err := n.members(ctx, tx, ids)
		if len(list) > 0 || err != nil {
			return list, err
		}
	}
	return n.members(ctx, tx, []string{a.Opening.Contact})
}

// members are the active ones of some, each once.
func (n *Notify) members(ctx context.Context, tx db.Tx, ids []string) (out []org.Member, err error) {
	seen := map[string]bool{}
	for _, id := range ids {
		m, err := n.Orgs.Member(ctx, tx, id)
		if errors.Is(err, org.ErrMissing) || err == nil && (m.State != org.Active || seen[id]) {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[id] = true
		out = append(out, m)
	}
	return out, nil
}

// toKeep reads a promise that is still open; nobody is told of one that was kept meanwhile.
func (n *Notify) toKeep(ctx context.Context, tx db.Tx, id string) (promise.Promise, opening.Application, org.Org, error) {
	p, app, err := n.Promises.In(ctx, tx, id)
	if errors.Is(err, promise.ErrMissing) || err == nil && !p.Kept.IsZero() {
		return p, opening.Application{}, org.Org{}, opening.ErrMissing
	}
	if err != nil {
		return p, opening.Application{}, org.Org{}, err
	}
	a, err := n.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(app))
	if err != nil {
		return p, a, org.Org{}, err
	}
	o, err := n.Orgs.In(ctx, tx)
	return p, a, o, err
}

// near reminds whoever keeps a promise that its last day has come. Nobody is named: some of them read without a name.
func (n *Notify) near(ctx context.Context, note promise.NearNote) error {
	return n.tell(ctx, note.Org, note.Promise, string(promise.Near), n.keepers, func(p promise.Promise, a opening.Application, m org.Member, _ string) (string, string) {
		return "Due today: " + promised[p.Kind].ours,
			fmt.Sprintf("Hello %s,\n\nsomebody in %s was promised %s by the end of today. It is not done yet.", m.Name, a.Opening.Title, promised[p.Kind].ours)
	})
}

// broken tells the next in line: the managers where readers are late, and managers and recruiters of everything else.
func (n *Notify) broken(ctx context.Context, note promise.BrokenNote) error {
	next := func(ctx context.Context, tx db.Tx, p promise.Promise, a opening.Application) ([]org.Member, error) {
		if p.Kind == promise.Review {
			return n.firstOf(ctx, tx, a, []opening.Role{opening.Manager}, []opening.Role{opening.Recruiter})
		}
		return n.firstOf(ctx, tx, a, []opening.Role{opening.Manager, opening.Recruiter})
	}
	return n.tell(ctx, note.Org, note.Promise, string(promise.Broken), next, func(p promise.Promise, a opening.Application, m org.Member, by string) (string, string) {
		says := "They read on their page that we are late, and were written to."
		if p.Kind == promise.Review {
			says = "Somebody else can read it, or you go on with the cards that are in."
		}
		return "Late: " + promised[p.Kind].ours,
			fmt.Sprintf("Hello %s,\n\nsomebody in %s was promised %s by %s, and it was not kept. %s\n\nAbove %d late promises this opening invites nobody new.",
				m.Name, a.Opening.Title, promised[p.Kind].ours, by, says, a.Opening.MostLate)
	})
}

// tell writes to several members about one promise, each once.
func (n *Notify) tell(ctx context.Context, o, id, about string, to func(context.Context, db.Tx, promise.Promise, opening.Application) ([]org.Member, error),
	words func(p promise.Promise, a opening.Application, m org.Member, by string) (subject, body string)) error {
	err := n.DB.Write(ctx, o, func(tx db.Tx) error {
		p, a, organisation, err := n.toKeep(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.Kind == promise.Question {
			return nil // who asks and who may hand over is told by the interview itself
		}
		list, err := to(ctx, tx, p, a)
		if err != nil {
			return err
		}
		for _, m := range list {
			subject, body := words(p, a, m, day(p.Due, organisation.Zone))
			action, path := "Open the list", "/o/"+tx.Org+"/openings/"+string(a.Opening.ID)
			if p.Kind == promise.Review && about == string(promise.Near) {
				action, path = "Open your queue", "/o/"+tx.Org+"/review"
			}
			if err := n.Put(ctx, tx, Mail{About: about, SubjectID: p.ID + " " + m.ID, ToName: m.Name, ToEmail: m.Email, Subject: subject, Body: body, Action: action, path: path}); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	return err
}

// apology is what mails to candidates about broken promises are about.
const apology = string(promise.Broken) + ".apology"

// late apologises to the candidate, in their daytime. Who reads when is between us: they hear of what they wait for.
func (n *Notify) late(ctx context.Context, note promise.BrokenNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		p, a, _, err := n.toKeep(ctx, tx, note.Promise)
		if err != nil {
			return Mail{}, err
		}
		if p.Kind == promise.Review {
			return Mail{}, opening.ErrMissing
		}
		m, op, o, err := n.toCandidate(ctx, tx, a.ID)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = apology, p.ID
		if m.path, err = n.place(ctx, tx, a.ID); err != nil {
			return m, err
		}
		err = n.write(ctx, tx, &m, op, o, "late", map[string]string{"promise": promised[p.Kind].theirs, "by": day(p.Due, o.Zone)})
		return m, err
	})
}

// paid brings a candidate their receipt.
func (n *Notify) paid(ctx context.Context, note payment.MadeNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		p, err := n.Payments.In(ctx, tx, payment.ID(note.Payment))
		if errors.Is(err, payment.ErrMissing) {
			return Mail{}, opening.ErrMissing
		}
		if err != nil {
			return Mail{}, err
		}
		m, op, o, err := n.toCandidate(ctx, tx, p.Application)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = string(payment.Made), note.Payment
		if m.path, err = n.place(ctx, tx, p.Application); err != nil {
			return m, err
		}
		err = n.write(ctx, tx, &m, op, o, "paid", map[string]string{"money": p.Money.String(), "proof": p.Proof})
		return m, err
	})
}
