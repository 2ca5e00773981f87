package org

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/org/internal/query"
)

// Member reads one. ErrMissing.
func (os *Orgs) Member(ctx context.Context, tx db.Tx, m MemberID) (Member, error) {
	r, err := query.New(tx).Member(ctx, tx.Org, m)
	if errors.Is(err, sql.ErrNoRows) {
		return Member{}, ErrMissing
	}
	return member(tx.Org, query.MembersRow(r)), err
}

// MemberOf reads who an account is here, in any state. ErrMissing.
func (os *Orgs) MemberOf(ctx context.Context, tx db.Tx, a account.ID) (Member, error) {
	r, err := query.New(tx).MemberOf(ctx, tx.Org, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return Member{}, ErrMissing
	}
	return member(tx.Org, query.MembersRow(r)), err
}

// Vouch lets somebody who was invited in, because the organisation's sign-in service says that the address is theirs. The state is the guard.
// ErrMissing when they were let in or disabled meanwhile.
func (os *Orgs) Vouch(ctx context.Context, tx db.Tx, m MemberID, issuer string) error {
	n, err := query.New(tx).SetState(ctx, query.SetStateParams{OrgID: tx.Org, ID: m, Was: string(Invited), Next: string(Active)})
	if err == nil && n == 0 {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, os.DB.Now(), actor.Actor{Kind: actor.Member, ID: m, Org: tx.Org}, "member.accept", m, audit.Facts{"issuer": issuer})
}

// Join adds an active member whom the organisation's sign-in service knows; the unique key (organisation, account) is the guard. ErrTwice,
// ErrInvalid.
func (os *Orgs) Join(ctx context.Context, tx db.Tx, m Member, issuer string) (Member, error) {
	if err := checkName("name", m.Name); err != nil {
		return m, err
	}
	m.State = Active
	m, err := os.add(ctx, tx, m)
	if err != nil {
		return m, err
	}
	who := actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org}
	return m, audit.Record(ctx, tx, os.DB.Now(), who, "member.join", m.ID, audit.Facts{"issuer": issuer, "roles": strings.Join(m.Roles, " ")})
}

// In lists the members of the transaction's organisation by name, at most 1,000.
func (os *Orgs) MembersIn(ctx context.Context, tx db.Tx) ([]Member, error) {
	rows, err := query.New(tx).Members(ctx, tx.Org)
	var out []Member
	for _, r := range rows {
		out = append(out, member(tx.Org, r))
	}
	return out, err
}

// Members lists them for a member. ErrRole.
func (os *Orgs) Members(ctx context.Context, who actor.Actor) ([]Member, error) {
	if err := Need(who, "member.list"); err != nil {
		return nil, err
	}
	var out []Member
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = os.MembersIn(ctx, tx)
		return err
	})
	return out, err
}

// Invite adds a person and mails them a link; until they press it they have no rights. Problems: ErrRole, ErrTwice, ErrInvalid.
func (os *Orgs) Invite(ctx context.Context, who actor.Actor, m Member) (Member, error) {
	if err := Need(who, "member.invite"); err != nil {
		return m, err
	}
	if err := checkName("name", m.Name); err != nil {
		return m, err
	}
	if err := checkRoles(m.Roles); err != nil {
		return m, err
	}
	err := os.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		invited := m
		invited.State = Invited
		if invited, err = os.add(ctx, tx, invited); err != nil {
			return err
		}
		m = invited
		if _, err := os.Accounts.InviteLink(ctx, tx, m.Account, who.Org); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "member.invite", m.ID, audit.Facts{"roles": strings.Join(m.Roles, " ")})
	})
	return m, err
}

// Enrol adds an active member at once, without a mail: the demo and the command line use it.
func (os *Orgs) Enrol(ctx context.Context, who actor.Actor, m Member) (Member, error) {
	err := os.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		added := m
		added.State = Active
		if m, err = os.add(ctx, tx, added); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "member.enrol", m.ID, nil)
	})
	return m, err
}

// Accept is the human press on an invitation's page: the membership becomes active and the browser signed in. ErrLink.
func (os *Orgs) Accept(ctx context.Context, secret, agent string) (cookie string, o ID, err error) {
	var l account.Link
	err = os.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		l, err = os.Accounts.Look(ctx, tx, secret, "")
		return err
	})
	if err != nil {
		return "", "", err
	}
	if l.Purpose != account.Member {
		return "", "", account.ErrLink
	}
	err = os.DB.Write(ctx, l.Org, func(tx db.Tx) error {
		if err := os.Accounts.Take(ctx, tx, l); err != nil {
			return err
		}
		q := query.New(tx)
		m, err := q.MemberOf(ctx, l.Org, string(l.Account))
		if errors.Is(err, sql.ErrNoRows) {
			return account.ErrLink
		}
		if err != nil {
			return err
		}
		n, err := q.SetState(ctx, query.SetStateParams{OrgID: l.Org, ID: m.ID, Was: string(Invited), Next: string(Active)})
		if err != nil {
			return err
		}
		if n == 0 {
			return account.ErrLink // disabled meanwhile, or active already
		}
		if err := audit.Record(ctx, tx, os.DB.Now(), actor.Actor{Kind: actor.Member, ID: m.ID, Org: l.Org}, "member.accept", m.ID, nil); err != nil {
			return err
		}
		cookie, err = os.Accounts.Begin(ctx, tx, l.Account, agent)
		return err
	})
	return cookie, l.Org, err
}

// Setup is the first owner naming the organisation with the link printed at the first start. Problems: ErrLink, ErrInvalid.
func (os *Orgs) Setup(ctx context.Context, secret, name, ownerEmail, ownerName, zone, agent string) (cookie string, o ID, err error) {
	var l account.Link
	err = os.DB.Installation(ctx, func(tx db.Tx) (err error) {
		if l, err = os.Accounts.Look(ctx, tx, secret, ""); err != nil {
			return err
		}
		if l.Purpose != account.Setup {
			return account.ErrLink
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	if _, err := account.Address(ownerEmail); err != nil {
		return "", "", err
	}
	if err := checkName("organisation", name); err != nil {
		return "", "", err
	}
	if err := checkName("name", ownerName); err != nil {
		return "", "", err
	}
	if err := os.DB.Installation(ctx, func(tx db.Tx) error { return os.Accounts.Take(ctx, tx, l) }); err != nil {
		return "", "", err
	}
	org, m, err := os.Found(ctx, name, ownerEmail, ownerName, zone)
	if err != nil {
		return "", "", err
	}
	err = os.DB.Installation(ctx, func(tx db.Tx) (err error) {
		cookie, err = os.Accounts.Begin(ctx, tx, m.Account, agent)
		return err
	})
	return cookie, org.ID, err
}

// ChangeMember sets name, title, team, roles and absence. An owner may change everybody, a member their own name, title, team
// and absence. Problems: ErrRole, ErrLastOwner, ErrMissing, ErrInvalid.
func (os *Orgs) ChangeMember(ctx context.Context, who actor.Actor, m Member) error {
	own := who.Kind == actor.Member && who.ID == m.ID
	if !own {
		if err := Need(who, "member.change"); err != nil {
			return err
		}
	}
	if err := checkName("name", m.Name); err != nil {
		return err
	}
	if err := checkRoles(m.Roles); err != nil {
		return err
	}
	if err := checkAway(m.AbsentFrom, m.Absent, os.DB.Now()); err != nil {
		return err
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldOwners(ctx, who.Org); err != nil { // no two changes of owners at once
			return err
		}
		before, err := os.Member(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		if !May(who, "member.change") {
			m.Roles = before.Roles
		}
		n, err := q.SetMember(ctx, query.SetMemberParams{OrgID: who.Org, ID: m.ID, Name: m.Name, Title: m.Title, Team: m.Team,
			Roles: strings.Join(m.Roles, " "), AbsentUntil: clock.Milli(m.Absent), AbsentFrom: clock.Milli(m.AbsentFrom)})
		if err == nil && n == 0 {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if err := os.keepOwner(ctx, tx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "member.change", m.ID, audit.Facts{"roles": strings.Join(m.Roles, " ")})
	})
}

func (os *Orgs) keepOwner(ctx context.Context, tx db.Tx) error {
	n, err := query.New(tx).Owners(ctx, tx.Org)
	if err == nil && n == 0 {
		return ErrLastOwner
	}
	return err
}

// Left is announced when a member is disabled: what others keep of them as a person goes.
const Left = job.Topic[MemberNote]("org.member_left")

// MemberNote names a member.
type MemberNote struct{ Org, Member string }

// Disable ends everything a member had, at once: their rights here, and, when they belong to no other organisation, their
// sessions and links. Problems: ErrRole, ErrLastOwner, ErrMissing.
func (os *Orgs) Disable(ctx context.Context, who actor.Actor, m MemberID) error {
	if err := Need(who, "member.disable"); err != nil {
		return err
	}
	var elsewhere []Org
	var target Member
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		target, err = os.Member(ctx, tx, m)
		return err
	})
	if err != nil {
		return err
	}
	if elsewhere, err = os.Of(ctx, target.Account); err != nil {
		return err
	}
	elsewhere = slices.DeleteFunc(elsewhere, func(o Org) bool { return o.ID == who.Org })
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldOwners(ctx, who.Org); err != nil {
			return err
		}
		var changed int64
		for _, from := range []State{Invited, Active} {
			n, err := q.SetState(ctx, query.SetStateParams{OrgID: who.Org, ID: m, Was: string(from), Next: string(Disabled)})
			if err != nil {
				return err
			}
			changed += n
		}
		if changed == 0 {
			return ErrMissing
		}
		if err := os.keepOwner(ctx, tx); err != nil {
			return err
		}
		if len(elsewhere) == 0 {
			if err := os.Accounts.End(ctx, tx, target.Account); err != nil {
				return err
			}
		}
		if err := Left.Announce(ctx, os.Jobs, tx, MemberNote{who.Org, m}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "member.disable", m, nil)
	})
}

// Enable lets a disabled member in again. Problems: ErrRole, ErrMissing.
func (os *Orgs) Enable(ctx context.Context, who actor.Actor, m MemberID) error {
	if err := Need(who, "member.change"); err != nil {
		return err
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).SetState(ctx, query.SetStateParams{OrgID: who.Org, ID: m, Was: string(Disabled), Next: string(Active)})
		if err == nil && n == 0 {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "member.enable", m, nil)
	})
}

// All are the ids of every organisation of the installation, for the jobs that go from one to the next.
func (os *Orgs) All(ctx context.Context) ([]ID, error) {
	var out []ID
	err := os.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		out, err = query.New(tx).AllOrganisations(ctx)
		return err
	})
	return out, err
}
