package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
)

// wished tells those who may grant it that somebody asked for something in words, without the words and without a name: both are private, and
// one of them may be about to read the work.
func (n *Notify) wished(ctx context.Context, note attempt.WishNote) error {
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		if err := n.Candidates.Hold(ctx, tx, candidate.ID(note.Candidate)); errors.Is(err, candidate.ErrMissing) {
			return nil
		} else if err != nil {
			return err
		}
		adjusted, err := n.Candidates.AccommodationIn(ctx, tx, candidate.ID(note.Candidate))
		if err != nil || !adjusted.Waits() {
			return err // answered already
		}
		to, err := n.granting(ctx, tx, note.Candidate)
		if err != nil {
			return err
		}
		o, err := n.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		due, err := n.Attempts.AnswerBy(ctx, tx, clock.Time(note.At))
		if err != nil {
			return err
		}
		for _, m := range to {
			err := n.Put(ctx, tx, Mail{About: string(attempt.Asked), SubjectID: fmt.Sprintf("%s %d %s", note.Candidate, note.At, m.ID), ToName: m.Name, ToEmail: m.Email,
				Subject: "Somebody asks to take a part differently",
				Body: fmt.Sprintf("Hello %s,\n\nSomebody who is invited asks for something that would help them take their parts. They were promised an answer by %s, and what they have not started waits for it.\n\nNobody who reads their work sees what they ask for.",
					m.Name, day(due, o.Zone)),
				Action: "Read it and answer", path: "/o/" + tx.Org + "/candidates/" + note.Candidate})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// day is the working day that an instant at its end stands for: "Friday 4 December".
func day(end time.Time, zone string) string {
	return end.Add(-time.Second).In(zoneOf(zone)).Format("Monday 2 January")
}

// granting are the members to ask: those who recruit for the openings that a person stands in and read nobody's work there; where there are
// none, the organisation's owners and recruiters of whom that is true; and where all read, all of them.
func (n *Notify) granting(ctx context.Context, tx db.Tx, c string) ([]org.Member, error) {
	apps, err := n.Openings.ApplicationsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	reads, recruits := map[string]bool{}, map[string]bool{}
	for _, a := range apps {
		if a.Status != opening.Active {
			continue
		}
		team, err := n.Openings.Team(ctx, tx, a.Opening)
		if err != nil {
			return nil, err
		}
		for _, m := range team {
			reads[m.Member] = reads[m.Member] || m.Role == opening.Reviewer
			recruits[m.Member] = recruits[m.Member] || m.Role == opening.Recruiter
		}
	}
	all, err := n.Orgs.MembersIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	may := slices.DeleteFunc(all, func(m org.Member) bool {
		return m.State != org.Active || !slices.Contains(m.Roles, org.Owner) && !slices.Contains(m.Roles, org.Recruiter)
	})
	for _, want := range []func(org.Member) bool{
		func(m org.Member) bool { return recruits[string(m.ID)] && !reads[string(m.ID)] },
		func(m org.Member) bool { return !reads[string(m.ID)] },
	} {
		some := slices.DeleteFunc(slices.Clone(may), func(m org.Member) bool { return !want(m) })
		if len(some) > 0 {
			return some, nil
		}
	}
	return may, nil
}

// granted tells a candidate that their wish was settled.
func (n *Notify) granted(ctx context.Context, note attempt.WishNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		adjusted, err := n.Candidates.AccommodationIn(ctx, tx, candidate.ID(note.Candidate))
		if err != nil {
			return Mail{}, err
		}
		apps, err := n.Openings.ApplicationsOf(ctx, tx, note.Candidate)
		if err != nil || len(apps) == 0 {
			return Mail{}, errors.Join(err, opening.ErrMissing)
		}
		m, op, o, err := n.toCandidate(ctx, tx, apps[0].ID)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = string(attempt.Answered), fmt.Sprintf("%s %d", note.Candidate, note.At)
		says := "Yes: we do what you asked for. Your place says how it stands."
		if adjusted.WishState == "declined" {
			says = "We could not do what you asked for. Write to us by answering this mail; there may be another way."
		}
		if m.path, err = n.place(ctx, tx, apps[0].ID); err != nil {
			return m, err
		}
		err = n.write(ctx, tx, &m, op, o, "wish", map[string]string{"outcome": says})
		return m, err
	})
}
