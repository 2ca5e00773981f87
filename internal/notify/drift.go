package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/opening"
)

// drifted tells whoever made a version, once, that a part of it takes longer than it advertises. Only middle values are told, never whose.
func (n *Notify) drifted(ctx context.Context, note analytics.DriftNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		d, err := n.Analytics.DriftOf(ctx, tx, note)
		if errors.Is(err, sql.ErrNoRows) {
			return Mail{}, opening.ErrMissing
		}
		if err != nil {
			return Mail{}, err
		}
		v, err := n.Analytics.Assessments.Version(ctx, note.Org, d.Version)
		if errors.Is(err, assessment.ErrMissing) {
			return Mail{}, opening.ErrMissing
		}
		if err != nil {
			return Mail{}, err
		}
		title := d.Part
		if p, ok := v.Part(d.Part); ok {
			title = p.Title
		}
		return n.toMember(ctx, tx, d.Author, Mail{About: string(analytics.Drifted), SubjectID: fmt.Sprintf("%s %d", note.Work, note.Minutes), Subject: "Takes longer than it says: " + d.Title,
			Body: fmt.Sprintf("“%s” in %s says about %d minutes. Of %d people half were done within %d minutes, and three in four within %d.\n\n"+
				"Its first page says so to candidates from now on. You can make the measured time the advertised one with one press, or shorten the task.", title, d.Title, d.Minutes, d.People, d.Half, d.Most),
			Action: "Look at the times", path: "/o/" + tx.Org + "/versions/" + string(d.Version) + "/times"})
	})
}
