package opening

import (
	"context"
	"errors"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/org"
	"candor/internal/problem"
)

// TeamMember is a member's role in an opening.
type TeamMember struct {
	Member string
	Role   Role
}

// Team are the members around an opening.
func (os *Openings) Team(ctx context.Context, tx db.Tx, o ID) ([]TeamMember, error) {
	rows, err := query.New(tx).Team(ctx, tx.Org, string(o))
	var out []TeamMember
	for _, r := range rows {
		out = append(out, TeamMember{r.MemberID, Role(r.Role)})
	}
	return out, err
}

// SetRole gives or takes a role in an opening. An owner may add themselves to a confidential one; that is in the audit. ErrRole, ErrMissing.
func (os *Openings) SetRole(ctx context.Context, who actor.Actor, o ID, member string, role Role, on bool) error {
	if !slices.Contains(Roles, role) {
		return problem.Field("role", "There is no such role.")
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		_, err := os.manage(ctx, tx, who, o)
		joining := on && member == who.ID && org.May(who, "opening.join")
		if joining && errors.Is(err, ErrMissing) {
			_, err = os.In(ctx, tx, o)
		}
		if err != nil && !(joining && errors.Is(err, ErrRole)) {
			return err
		}
		if _, err := os.Orgs.Member(ctx, tx, member); err != nil {
			return err
		}
		q := query.New(tx)
		if on {
			err = q.AddRole(ctx, query.AddRoleParams{OrgID: who.Org, OpeningID: string(o), MemberID: member, Role: string(role)})
		} else {
			_, err = q.DropRole(ctx, query.DropRoleParams{OrgID: who.Org, OpeningID: string(o), MemberID: member, Role: string(role)})
		}
		if err != nil {
			return err
		}
		if err := os.rid(ctx, tx, o, member); err != nil {
			return err
		}
		verb := map[bool]string{true: "opening.add_role", false: "opening.drop_role"}[on]
		return audit.Record(ctx, tx, os.DB.Now(), who, verb, string(o), audit.Facts{"member": member, "role": string(role)})
	})
}

// SetRoles makes a member's roles in an opening exactly these, in one transaction. ErrRole, ErrMissing, ErrInvalid.
func (os *Openings) SetRoles(ctx context.Context, who actor.Actor, o ID, member string, roles []Role) error {
	for _, r := range roles {
		if !slices.Contains(Roles, r) {
			return problem.Field("roles", "There is no such role.")
		}
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		if _, err := os.Orgs.Member(ctx, tx, member); err != nil {
			return err
		}
		q := query.New(tx)
		var given []string
		for _, r := range Roles {
			var err error
			if slices.Contains(roles, r) {
				given = append(given, string(r))
				err = q.AddRole(ctx, query.AddRoleParams{OrgID: who.Org, OpeningID: string(o), MemberID: member, Role: string(r)})
			} else {
				_, err = q.DropRole(ctx, query.DropRoleParams{OrgID: who.Org, OpeningID: string(o), MemberID: member, Role: string(r)})
			}
			if err != nil {
				return err
			}
		}
		if err := os.rid(ctx, tx, o, member); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "opening.set_roles", string(o), audit.Facts{"member": member, "roles": strings.Join(given, " ")})
	})
}

// rid takes from a member what went with a role that they do not have any more: the stages that they are named to read, and, once they have none
// left, what they say on the opening's page.
func (os *Openings) rid(ctx context.Context, tx db.Tx, o ID, member string) error {
	q := query.New(tx)
	left, err := q.RolesIn(ctx, tx.Org, string(o), member)
	if err == nil && !slices.Contains(left, string(Reviewer)) {
		_, err = q.DropReaderOf(ctx, tx.Org, string(o), member)
	}
	if err == nil && len(left) == 0 {
		err = os.ungreet(ctx, tx, o, member)
	}
	return err
}
