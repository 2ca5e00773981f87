package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/secret"
)

// perAddress is how seldom one address is written to about applying to one opening: whoever types somebody else's address does not fill their box.
const perAddress = 10 * time.Minute

// applied mails an applicant the link that confirms their address; whoever is in the opening already gets the way to their own place instead. What
// they typed is not shown in it, but for the greeting.
func (n *Notify) applied(ctx context.Context, note opening.AppliedNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		o := opening.ID(note.Opening)
		a, err := n.Openings.Unseal(note.Org, o, note.Sealed)
		if errors.Is(err, opening.ErrConfirm) {
			return Mail{}, opening.ErrMissing // too late to be of use
		}
		if err != nil {
			return Mail{}, err
		}
		op, err := n.Openings.In(ctx, tx, o)
		if err != nil {
			return Mail{}, err
		}
		organisation, err := n.Orgs.In(ctx, tx)
		if err != nil {
			return Mail{}, err
		}
		contact, err := n.Orgs.Member(ctx, tx, op.Contact)
		if err != nil {
			contact = org.Member{Name: organisation.Name, Email: organisation.Contact}
		}
		turn := clock.Time(note.At).Truncate(perAddress).UnixMilli()
		m := Mail{About: string(opening.Applied), SubjectID: secret.Hash(fmt.Sprint(o, " ", candidate.AddressKey(a.Email), " ", turn)), ToName: a.Name, ToEmail: a.Email,
			replyName: contact.Name, replyEmail: contact.Email, path: "apply:" + note.Opening + ":" + note.Sealed}
		key := "confirm"
		switch inv, err := n.Openings.StandingOf(ctx, tx, o, a.Email); {
		case err == nil:
			key, m.path, m.application = "place", "invitation:"+string(inv.ID), inv.Application
		case !errors.Is(err, opening.ErrMissing):
			return m, err
		}
		err = n.write(ctx, tx, &m, op, organisation, key, nil)
		return m, err
	})
}
