// Package org keeps organisations (tenants) and their members.
//
// A member has roles (owner, recruiter, author, reviewer) and a state; only an active member has any right, and both are read
// at each request, so a change holds at once. The outer wall of who may do what is roles.yaml. An organisation always keeps one
// active owner. Two organisations never see each other: everything carries the organisation's id.
package org

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"slices"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/org/internal/query"
	"candor/internal/problem"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is an organisation's.
type ID = string

// MemberID is a member's.
type MemberID = string

// The roles of a member.
const (
	Owner     = "owner"
	Recruiter = "recruiter"
	Author    = "author"
	Reviewer  = "reviewer"
)

// AllRoles are the roles in the order pages list them.
var AllRoles = []string{Owner, Recruiter, Author, Reviewer}

// Org is an organisation.
type Org struct {
	ID             ID
	Name           string
	Contact        string // e-mail address that candidates may write to
	Zone           string // IANA name; its Monday to Friday are the working days
	Hue            int    // of the accent, degrees 0..360 (OKLCH)
	Chroma         int    // thousandths, 0..180
	FailureMinutes int    // what one press "something went wrong on my side" gives
	FactorMax      int    // thousandths: extra time granted at once without proof, 2000 is double
	BreakMax       int    // minutes of breaks in each timed part that are granted likewise
	KeepMonths     int    // how long answers are kept after the decision
	RecordingDays  int    // how long recordings are
	AskHours       int    // above how many hours asked of one person the page of an opening warns
	Created        time.Time
}

// State of a member.
type State string

const (
	Invited  State = "invited"
	Active   State = "active"
	Disabled State = "disabled"
)

// Member is a person of an organisation.
type Member struct {
	ID         MemberID
	Org        ID
	Account    account.ID
	Name       string
	Email      string
	Title      string // "Staff engineer"
	Team       string // "Bookings team"
	Roles      []string
	State      State
	Absent     time.Time // the end of an absence: until then nothing new is given to them; zero is present
	Created    time.Time
	AbsentFrom time.Time // its beginning; zero is at once
}

// Initials are at most two letters for the avatar.
func (m Member) Initials() string { return Initials(m.Name) }

// Initials are the first letters of the first and last word of a name.
func Initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first := string([]rune(words[0])[:1])
	if len(words) == 1 {
		return strings.ToUpper(first)
	}
	return strings.ToUpper(first + string([]rune(words[len(words)-1])[:1]))
}

// Orgs keeps organisations and members.
type Orgs struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Accounts *account.Accounts
}

var (
	// ErrMissing: no such organisation or member for the asker.
	ErrMissing = problem.New(problem.Missing, "org_missing", "There is nothing here, or it is not yours to see.")
	// ErrRole: the asker's roles do not include this.
	ErrRole = problem.New(problem.Forbidden, "role", "Your role does not include this. An owner of your organisation can change that.")
	// ErrLastOwner: an organisation keeps one active owner.
	ErrLastOwner = problem.New(problem.Conflict, "last_owner", "This is the last owner. Make somebody else an owner first.")
	// ErrTwice: the person is a member already.
	ErrTwice = problem.New(problem.Conflict, "member_twice", "This person is a member already.")
)

// Found makes an organisation with its first owner.
func (os *Orgs) Found(ctx context.Context, name, ownerEmail, ownerName, zone string) (Org, Member, error) {
	if err := checkName("organisation", name); err != nil {
		return Org{}, Member{}, err
	}
	if err := checkName("name", ownerName); err != nil {
		return Org{}, Member{}, err
	}
	now := os.DB.Now()
	o := id.New("org", now)
	var m Member
	err := os.DB.Write(ctx, o, func(tx db.Tx) error {
		if err := query.New(tx).AddOrganisation(ctx, query.AddOrganisationParams{OrgID: o, Name: name, ContactEmail: ownerEmail, Zone: zone, CreatedAt: clock.Milli(now)}); err != nil {
			return err
		}
		var err error
		m, err = os.add(ctx, tx, Member{Name: ownerName, Email: ownerEmail, Roles: AllRoles, State: Active})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor.Actor{Kind: actor.Member, ID: m.ID, Org: o}, "organisation.found", o, nil)
	})
	if err != nil {
		return Org{}, Member{}, err
	}
	org, err := os.ByID(ctx, o)
	return org, m, err
}

func checkName(field, s string) error {
	if strings.TrimSpace(s) == "" {
		return problem.Field(field, "Give a name.")
	}
	if len([]rune(s)) > 120 {
		return problem.Field(field, "This is longer than 120 characters. Shorten it a little.")
	}
	return nil
}

func (os *Orgs) add(ctx context.Context, tx db.Tx, m Member) (Member, error) {
	a, err := os.Accounts.Ensure(ctx, tx, m.Email, m.Name)
	if err != nil {
		return m, err
	}
	now := os.DB.Now()
	m.ID, m.Org, m.Account, m.Email, m.Created = id.New("mem", now), tx.Org, a.ID, a.Email, now
	q := query.New(tx)
	n, err := q.AddMember(ctx, query.AddMemberParams{OrgID: tx.Org, ID: m.ID, AccountID: string(a.ID), Name: m.Name, Email: m.Email, Title: m.Title,
		Team: m.Team, Roles: strings.Join(m.Roles, " "), State: string(m.State), CreatedAt: clock.Milli(now)})
	if err != nil {
		return m, err
	}
	if n == 0 {
		return m, ErrTwice
	}
	return m, q.AddMembership(ctx, string(a.ID), tx.Org)
}

// ByID reads an organisation. ErrMissing.
func (os *Orgs) ByID(ctx context.Context, o ID) (Org, error) {
	var out Org
	err := os.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		out, err = os.In(ctx, tx)
		return err
	})
	return out, err
}

// Location is its zone; UTC where this machine knows no such zone.
func (o Org) Location() *time.Location {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// In reads the transaction's organisation. ErrMissing.
func (os *Orgs) In(ctx context.Context, tx db.Tx) (Org, error) {
	r, err := query.New(tx).Organisation(ctx, tx.Org)
	if errors.Is(err, sql.ErrNoRows) {
		return Org{}, ErrMissing
	}
	return Org{r.OrgID, r.Name, r.ContactEmail, r.Zone, int(r.Hue), int(r.ChromaMilli), int(r.FailureMinutes), int(r.FactorMax), int(r.BreakMax), int(r.KeepMonths), int(r.RecordingDays), int(r.AskHours), clock.Time(r.CreatedAt)}, err
}

// Change sets what an owner may set. Problems: ErrRole, ErrInvalid per field.
func (os *Orgs) Change(ctx context.Context, who actor.Actor, o Org) error {
	if err := Need(who, "organisation.change"); err != nil {
		return err
	}
	if err := checkName("name", o.Name); err != nil {
		return err
	}
	contact, err := account.Address(o.Contact)
	if err != nil {
		return problem.Field("contact", "This is not an e-mail address. It looks like name@company.example.")
	}
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" {
		return problem.Field("zone", "Choose a time zone such as Europe/Lisbon.")
	}
	for field, ok := range map[string]bool{"hue": o.Hue >= 0 && o.Hue <= 360, "chroma": o.Chroma >= 0 && o.Chroma <= 180,
		"failure_minutes": o.FailureMinutes >= 0 && o.FailureMinutes <= 120, "factor_max": o.FactorMax >= 1000 && o.FactorMax <= 10000, "break_max": o.BreakMax >= 0 && o.BreakMax <= 240,
		"keep_months": o.KeepMonths >= 1 && o.KeepMonths <= 120, "recording_days": o.RecordingDays >= 1 && o.RecordingDays <= 1830, "ask_hours": o.AskHours >= 1 && o.AskHours <= 80} {
		if !ok {
			return problem.Field(field, "This number is out of range.")
		}
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).SetOrganisation(ctx, query.SetOrganisationParams{OrgID: who.Org, Name: o.Name, ContactEmail: contact, Zone: o.Zone,
			Hue: int64(o.Hue), ChromaMilli: int64(o.Chroma), FailureMinutes: int64(o.FailureMinutes), FactorMax: int64(o.FactorMax), BreakMax: int64(o.BreakMax), KeepMonths: int64(o.KeepMonths), RecordingDays: int64(o.RecordingDays), AskHours: int64(o.AskHours)})
		if err == nil && n == 0 {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "organisation.change", who.Org, nil)
	})
}

// Actor is who an account is in an organisation: an active member, or ErrMissing.
func (os *Orgs) Actor(ctx context.Context, a account.ID, o ID) (actor.Actor, Member, error) {
	var m Member
	err := os.DB.Read(ctx, o, func(tx db.Tx) error {
		r, err := query.New(tx).MemberOf(ctx, o, string(a))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		m = member(o, query.MembersRow(r))
		return err
	})
	if err == nil && m.State != Active {
		err = ErrMissing
	}
	if err != nil {
		return actor.Actor{}, Member{}, err
	}
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: o, Roles: m.Roles}, m, nil
}

// Of lists the organisations in which an account is an active member.
func (os *Orgs) Of(ctx context.Context, a account.ID) ([]Org, error) {
	var ids []string
	err := os.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		ids, err = query.New(tx).Memberships(ctx, string(a))
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Org
	for _, o := range ids {
		if _, _, err := os.Actor(ctx, a, o); errors.Is(err, ErrMissing) {
			continue
		} else if err != nil {
			return nil, err
		}
		org, err := os.ByID(ctx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, org)
	}
	return out, nil
}

func member(o ID, r query.MembersRow) Member {
	return Member{r.ID, o, account.ID(r.AccountID), r.Name, r.Email, r.Title, r.Team, strings.Fields(r.Roles), State(r.State),
		clock.Time(r.AbsentUntil), clock.Time(r.CreatedAt), clock.Time(r.AbsentFrom)}
}

func checkRoles(roles []string) error {
	for _, r := range roles {
		if !slices.Contains(AllRoles, r) {
			return problem.Field("roles", "There is no such role.")
		}
	}
	return nil
}
