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
		m := Mail{About: string(opening.Applied), SubjectID: secret.Hash(fmt.Sprint(o, " ", candidate.AddressKey(a.Email), " ", turn)), ToName: a.Name, ToEmail: a.Email, replyName: contact.Name, replyEmail: contact.Email,
			Subject: "Confirm your address: " + op.Title + " at " + organisation.Name, Action: "Yes, this is my address", path: "apply:" + note.Opening + ":" + note.Sealed}
		m.Body = fmt.Sprintf("Hello,\n\nSomebody, most likely you, wants to apply for %s at %s with this address. Press the link within two days, and you get your place. Nothing starts and no clock runs by it.\n\nIt was not you? Then delete this mail; nothing was kept.",
			op.Title, organisation.Name)
		inv, err := n.Openings.StandingOf(ctx, tx, o, a.Email)
		if errors.Is(err, opening.ErrMissing) {
			return m, nil
		}
		m.Subject, m.Action, m.path = "You have a place already: "+op.Title+" at "+organisation.Name, "Open your place", "invitation:"+string(inv.ID)
		m.Body = fmt.Sprintf("Hello,\n\nSomebody, most likely you, wanted to apply for %s at %s with this address. You are in it already: the link opens your place, with everything you wrote.", op.Title, organisation.Name)
		m.application = inv.Application
		return m, err
	})
}
