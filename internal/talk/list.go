package talk

import (
	"cmp"
	"context"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/talk/internal/query"
)

// OpenLine is a talk that is owed, offered or booked, wherever it is; without its times.
type OpenLine struct {
	Talk
	Name  string    // the candidate's
	Title string    // of its opening
	Due   time.Time // the end of the promised day
}

// page is how many talks a list has.
const page = 50

// Open are the talks that have not taken place, of all openings that the asker runs or decides, in the order in which they were owed, 50 at a time after
// one; without those of people whose work the asker reads without the name. Two queries, however many there are.
func (ts *Talks) Open(ctx context.Context, who actor.Actor, after ID) (out []OpenLine, next ID, err error) {
	err = ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out, next = nil, ""
		rows, err := query.New(tx).OpenOnes(ctx, query.OpenOnesParams{OrgID: tx.Org, After: string(after), Wide: org.May(who, "opening.change"), MemberID: who.ID, Most: page + 1})
		if err != nil {
			return err
		}
		if len(rows) > page {
			rows = rows[:page]
			next = ID(rows[page-1].ID)
		}
		var apps []opening.ApplicationID
		for _, r := range rows {
			apps = append(apps, opening.ApplicationID(r.ApplicationID))
		}
		hidden, err := ts.Openings.HiddenFrom(ctx, tx, who, apps)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, blind := hidden[opening.ApplicationID(r.ApplicationID)]; blind {
				continue
			}
			out = append(out, OpenLine{Talk{ID: ID(r.ID), Application: opening.ApplicationID(r.ApplicationID), Opening: opening.ID(r.OpeningID), State: State(r.State), Minutes: int(r.Minutes), Host: r.HostID,
				Link: r.Link, Starts: clock.Time(r.StartsAt), Sequence: int(r.Sequence)}, cmp.Or(r.Name, "Erased candidate"), r.Title, clock.Time(r.DueAt)})
		}
		return nil
	})
	return out, next, err
}
