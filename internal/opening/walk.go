package opening

import (
	"context"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/org"
)

// WalkSize is how many a walk gives at once.
const WalkSize = 100

// Walk lists the openings the asker may see in the order they were made, from behind one on; next is where it goes on, "" at the end.
// ErrRole.
func (os *Openings) Walk(ctx context.Context, who actor.Actor, after ID) (list []Opening, next ID, err error) {
	if err := org.Need(who, "opening.list"); err != nil {
		return nil, "", err
	}
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).WalkOpenings(ctx, query.WalkOpeningsParams{OrgID: tx.Org, After: string(after), AllOpen: org.May(who, "opening.change"), Member: who.ID, Most: WalkSize + 1})
		for _, r := range rows[:min(len(rows), WalkSize)] {
			list = append(list, Opening{ID: ID(r.ID), Title: r.Title, Team: r.Team, About: r.About, Open: r.State == "open", Confidential: r.Confidential,
				ReplyDays: int(r.ReplyDays), Contact: r.ContactID, Created: clock.Time(r.CreatedAt)})
		}
		if len(rows) > WalkSize {
			next = list[WalkSize-1].ID
		}
		return err
	})
	return list, next, err
}

// WalkApplications lists an opening's applications in the order they came, for those who see its board; stage and status "" are all.
// Those that the asker reads blind are left out, for their order would tell more than they may know, so a page may be shorter.
// next as in Walk. ErrMissing, ErrRole.
func (os *Openings) WalkApplications(ctx context.Context, who actor.Actor, o ID, stage StageID, status Status, after ApplicationID) (list []Application, next ApplicationID, err error) {
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		op, err := os.LoadIn(ctx, tx, who, o)
		if err == nil && !op.SeesBoard(who) {
			err = ErrRole
		}
		if err != nil {
			return err
		}
		rows, err := query.New(tx).WalkApplications(ctx, query.WalkApplicationsParams{OrgID: tx.Org, OpeningID: string(o), After: string(after), Stage: string(stage), Status: string(status), Most: WalkSize + 1})
		if err != nil {
			return err
		}
		if len(rows) > WalkSize {
			rows = rows[:WalkSize]
			next = ApplicationID(rows[WalkSize-1].ID)
		}
		ids := make([]ApplicationID, len(rows))
		for i, r := range rows {
			ids[i] = ApplicationID(r.ID)
		}
		hidden := map[ApplicationID]string{}
		if hidden, err = os.HiddenFrom(ctx, tx, who, ids); err != nil {
			return err
		}
		for i, r := range rows {
			if _, blind := hidden[ids[i]]; blind {
				continue
			}
			a := Application{ID: ids[i], Opening: op, Candidate: r.CandidateID, Name: r.Name, Email: r.Email, Zone: r.Zone, Stage: StageID(r.StageID),
				Status: Status(r.Status), Created: clock.Time(r.CreatedAt), Moved: clock.Time(r.MovedAt)}
			if !op.SeesAddresses(who) {
				a.Email = ""
			}
			list = append(list, a)
		}
		return nil
	})
	return list, next, err
}

// InvitationsFor are an application's, newest first, for those who run its opening and do not read it blind. ErrMissing, ErrRole.
func (os *Openings) InvitationsFor(ctx context.Context, who actor.Actor, a ApplicationID) (list []Invitation, err error) {
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		app, err := os.LoadApplicationIn(ctx, tx, who, a)
		if err == nil && (app.Blind || !app.Opening.MayManage(who)) {
			err = ErrRole
		}
		if err != nil {
			return err
		}
		list, err = os.InvitationsOf(ctx, tx, a)
		return err
	})
	return list, err
}
