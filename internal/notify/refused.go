package notify

import (
	"context"
	"strconv"
	"strings"

	"candor/internal/db"
	"candor/internal/opening"
)

// RefusedInvitations says for which of the invitations (at most 200) the newest mail was refused or came back, and in the mail server's words.
// One query; who may read it is the caller's loader's business.
func (n *Notify) RefusedInvitations(ctx context.Context, tx db.Tx, list []opening.InvitationID) (map[opening.InvitationID]string, error) {
	out := map[opening.InvitationID]string{}
	args := []any{tx.Org, string(opening.Invited)}
	var which []string
	for _, i := range list {
		if i == "" {
			continue
		}
		// A mail's subject is the invitation and "#" with its turn; "$" follows "#".
		args = append(args, string(i)+"#", string(i)+"$")
		which = append(which, "(org_id = $1 AND about = $2 AND subject_id >= $"+strconv.Itoa(len(args)-1)+" AND subject_id < $"+strconv.Itoa(len(args))+")")
	}
	if len(which) == 0 {
		return out, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT subject_id, state, error FROM mails WHERE `+strings.Join(which, " OR ")+` ORDER BY created_at, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var subject, state, words string
		if err := rows.Scan(&subject, &state, &words); err != nil {
			return nil, err
		}
		i, _, _ := strings.Cut(subject, "#")
		delete(out, opening.InvitationID(i))
		if State(state) == Refused || State(state) == Bounced {
			out[opening.InvitationID(i)] = words
		}
	}
	return out, rows.Err()
}
