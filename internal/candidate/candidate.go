// Package candidate keeps people who apply, per organisation, and their adjustments.
//
// A person is known by their e-mail address within one organisation and never across two. Adjustments (extra time, another
// format) belong to the person and apply to every clock of theirs; who reviews never sees them.
package candidate

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/org"
	"candor/internal/problem"

	"golang.org/x/text/unicode/norm"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a candidate's.
type ID string

// Candidate is a person who applies.
type Candidate struct {
	ID      ID
	Name    string
	Email   string
	Zone    string // IANA name; "" until known
	Created time.Time
	Erased  bool
}

// Time is what a person has on every clock of theirs.
type Time struct {
	Factor int // thousandths of the usual time; 1000 is none
	Breaks int // minutes of breaks that stop the clock, in each timed part
}

// Accommodation is what a person takes their parts with.
type Accommodation struct {
	Time
	Wish      string
	WishState string // "", asked, granted, declined
	Asked     time.Time
	Changed   time.Time
}

// Waits says that a wish is not answered yet: parts that are not started wait with it.
func (a Accommodation) Waits() bool { return a.WishState == "asked" }

// AnswerDays are the working days within which a wish is answered.
const AnswerDays = 2

// Candidates keeps them.
type Candidates struct{ DB *db.DB }

var (
	// ErrMissing: no such person for the asker.
	ErrMissing = problem.New(problem.Missing, "candidate_missing", "We do not know this person.")
	// ErrFactor: more extra time than is granted at once.
	ErrFactor = problem.New(problem.Invalid, "factor", "This is more than is granted at once. Ask for it in words below; people who do not score you answer within 2 working days.")
	// ErrAddressTaken: another candidate has this address.
	ErrAddressTaken = problem.New(problem.Conflict, "candidate_address", "Another candidate has this address already.")
)

// Key is how names and addresses are kept for searching: lower case, single spaces, and letters without their accents, so that
// "tomas" finds Tomás.
func Key(s string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return strings.ToLower(strings.Join(strings.Fields(bare), " "))
}

// Like is the pattern of everything whose key begins with what was typed, for LIKE ... ESCAPE '!'.
func Like(typed string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(Key(typed)) + "%"
}

// AddressKey tells addresses apart: lower case only, for an accent makes another mailbox.
func AddressKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// family is the key of the last word of a name.
func family(name string) string {
	words := strings.Fields(Key(name))
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// Ensure finds the person with an address or adds them; a known person keeps the name they have. known says which it was.
// Problems: ErrInvalid on name or email.
func (cs *Candidates) Ensure(ctx context.Context, tx db.Tx, name, email, zone string) (c Candidate, known bool, err error) {
	if email, err = account.Address(email); err != nil {
		return c, false, err
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len([]rune(name)) > 120 {
		return c, false, problem.Field("name", "Give the name you would greet this person with.")
	}
	if err := checkZone(zone); err != nil {
		return c, false, err
	}
	now := cs.DB.Now()
	q := query.New(tx)
	var n int64
	for held := int64(0); held == 0; { // whoever is erased between our look and our hold is added anew
		n, err = q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: id.New("cnd", now), Name: name, Email: email, NameKey: Key(name), FamilyKey: family(name), EmailKey: AddressKey(email),
			Zone: zone, CreatedAt: clock.Milli(now)})
		if err != nil {
			return c, false, err
		}
		if held, err = q.HoldAddress(ctx, tx.Org, AddressKey(email)); err != nil {
			return c, false, err
		}
	}
	r, err := q.ByEmail(ctx, tx.Org, AddressKey(email))
	return candidate(query.ByIDRow(r)), n == 0, err
}

// known is how many addresses are asked for at once.
const known = 500

// Known finds who has which address, by [AddressKey], in as many queries as there are five hundreds of them.
func (cs *Candidates) Known(ctx context.Context, tx db.Tx, emails []string) (map[string]ID, error) {
	out := map[string]ID{}
	for list := range slices.Chunk(emails, known) {
		args, marks := []any{tx.Org}, make([]string, len(list))
		for i, e := range list {
			args, marks[i] = append(args, AddressKey(e)), fmt.Sprint("$", i+2)
		}
		rows, err := tx.QueryContext(ctx, `SELECT email_key, id FROM candidates WHERE org_id = $1 AND email_key IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var key, id string
			if err := rows.Scan(&key, &id); err != nil {
				rows.Close()
				return nil, err
			}
			out[key] = ID(id)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkZone(zone string) error {
	if zone == "" {
		return nil
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return problem.Field("zone", "Choose a time zone such as Africa/Lagos.")
	}
	return nil
}

// ByEmail finds a person. ErrMissing.
func (cs *Candidates) ByEmail(ctx context.Context, tx db.Tx, email string) (Candidate, error) {
	r, err := query.New(tx).ByEmail(ctx, tx.Org, AddressKey(email))
	if errors.Is(err, sql.ErrNoRows) {
		return Candidate{}, ErrMissing
	}
	return candidate(query.ByIDRow(r)), err
}

// In reads one in a transaction; who may see them is the caller's loader's business. ErrMissing.
func (cs *Candidates) In(ctx context.Context, tx db.Tx, c ID) (Candidate, error) {
	r, err := query.New(tx).ByID(ctx, tx.Org, string(c))
	if errors.Is(err, sql.ErrNoRows) {
		return Candidate{}, ErrMissing
	}
	return candidate(r), err
}

func candidate(r query.ByIDRow) Candidate {
	return Candidate{ID(r.ID), r.Name, r.Email, r.Zone, clock.Time(r.CreatedAt), r.ErasedAt != 0}
}

// Load reads one for a recruiter or for themselves. ErrMissing.
func (cs *Candidates) Load(ctx context.Context, who actor.Actor, c ID) (Candidate, error) {
	if !mine(who, c) && !org.May(who, "candidate.read") {
		return Candidate{}, ErrMissing
	}
	var out Candidate
	err := cs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = cs.In(ctx, tx, c)
		return err
	})
	return out, err
}

func mine(who actor.Actor, c ID) bool { return who.Kind == actor.Candidate && who.Subject == string(c) }

// Search lists by the beginning of the name or address, at most 50; after is the last of the page before, and more says whether there
// are others behind the last. ErrRole.
func (cs *Candidates) Search(ctx context.Context, tx db.Tx, who actor.Actor, prefix string, after Candidate) (list []Candidate, more bool, err error) {
	if err := org.Need(who, "candidate.list"); err != nil {
		return nil, false, err
	}
	const most = 50
	rows, err := query.New(tx).Search(ctx, query.SearchParams{OrgID: tx.Org, Prefix: Like(prefix), AfterName: Key(after.Name), AfterID: string(after.ID), Most: most + 1})
	for _, r := range rows[:min(len(rows), most)] {
		list = append(list, candidate(query.ByIDRow(r)))
	}
	return list, len(rows) > most, err
}

// SetZone keeps the zone a candidate's times are shown in. ErrMissing, ErrInvalid.
func (cs *Candidates) SetZone(ctx context.Context, who actor.Actor, c ID, zone string) error {
	if !mine(who, c) {
		return ErrMissing
	}
	if err := checkZone(zone); err != nil {
		return err
	}
	return cs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).SetZone(ctx, who.Org, string(c), zone)
		if err == nil && n == 0 {
			err = ErrMissing
		}
		return err
	})
}

// Correct changes name, address and zone. ErrRole, ErrAddressTaken, ErrInvalid, ErrMissing.
func (cs *Candidates) Correct(ctx context.Context, tx db.Tx, who actor.Actor, c Candidate) error {
	email, err := account.Address(c.Email)
	if err != nil {
		return err
	}
	if c.Name = strings.Join(strings.Fields(c.Name), " "); c.Name == "" || len([]rune(c.Name)) > 120 {
		return problem.Field("name", "Give the name you would greet this person with.")
	}
	if err := checkZone(c.Zone); err != nil {
		return err
	}
	n, err := query.New(tx).Change(ctx, query.ChangeParams{OrgID: tx.Org, ID: string(c.ID), Name: c.Name, Email: email, NameKey: Key(c.Name), FamilyKey: family(c.Name), EmailKey: AddressKey(email), Zone: c.Zone})
	if db.IsUnique(err) {
		return ErrAddressTaken.On("email", "Another candidate has this address already.")
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMissing
	}
	return audit.Record(ctx, tx, cs.DB.Now(), who, "candidate.correct", string(c.ID), nil)
}

// AccommodationIn is what a person takes their parts with; factor 1000 where nothing was asked.
func (cs *Candidates) AccommodationIn(ctx context.Context, tx db.Tx, c ID) (Accommodation, error) {
	r, err := query.New(tx).Accommodation(ctx, tx.Org, string(c))
	if errors.Is(err, sql.ErrNoRows) {
		return Accommodation{Time: Time{Factor: 1000}}, nil
	}
	return Accommodation{Time{int(r.FactorPermille), int(r.BreakMinutes)}, r.Wish, r.WishState, clock.Time(r.AskedAt), clock.Time(r.ChangedAt)}, err
}

// Adjust sets what a person has on every clock, in the caller's transaction: the candidate up to most, a recruiter up to ten times the usual time
// and [MaxBreaks]; never less than before, for running clocks are never shortened. ErrFactor, ErrMissing.
func (cs *Candidates) Adjust(ctx context.Context, tx db.Tx, who actor.Actor, c ID, want, most Time) error {
	if !mine(who, c) {
		if !org.May(who, "candidate.adjust") {
			return ErrMissing
		}
		most = Time{10000, MaxBreaks}
	}
	if want.Factor < 1000 || want.Factor > most.Factor || want.Breaks < 0 || want.Breaks > most.Breaks {
		return ErrFactor
	}
	if err := cs.Hold(ctx, tx, c); err != nil {
		return err
	}
	before, err := cs.AccommodationIn(ctx, tx, c)
	if err != nil {
		return err
	}
	now := cs.DB.Now()
	err = query.New(tx).Adjust(ctx, query.AdjustParams{OrgID: tx.Org, ID: string(c), FactorPermille: int64(max(want.Factor, before.Factor)),
		BreakMinutes: int64(max(want.Breaks, before.Breaks)), ChangedAt: clock.Milli(now)})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "candidate.adjust", string(c), nil)
}

// MaxBreaks is how many minutes of breaks in a part anybody may have.
const MaxBreaks = 240

// Ask keeps a wish in words, for people who do not review, in the caller's transaction. Asking again before it is answered changes the words, not
// the day by which it is answered. ErrMissing, ErrInvalid.
func (cs *Candidates) Ask(ctx context.Context, tx db.Tx, who actor.Actor, c ID, wish string) error {
	if !mine(who, c) {
		return ErrMissing
	}
	if wish = strings.TrimSpace(wish); wish == "" || len([]rune(wish)) > 2000 {
		return problem.Field("wish", "Say in up to 2,000 characters what would help.")
	}
	if err := cs.Hold(ctx, tx, c); err != nil {
		return err
	}
	now := cs.DB.Now()
	if err := query.New(tx).Wish(ctx, query.WishParams{OrgID: who.Org, ID: string(c), Wish: wish, AskedAt: clock.Milli(now)}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "candidate.ask", string(c), nil)
}

// Answer settles a wish, in the caller's transaction. ErrRole, ErrMissing.
func (cs *Candidates) Answer(ctx context.Context, tx db.Tx, who actor.Actor, c ID, granted bool) error {
	if err := org.Need(who, "candidate.adjust"); err != nil {
		return err
	}
	state := "declined"
	if granted {
		state = "granted"
	}
	now := cs.DB.Now()
	n, err := query.New(tx).AnswerWish(ctx, query.AnswerWishParams{OrgID: who.Org, ID: string(c), WishState: state, ChangedAt: clock.Milli(now)})
	if err == nil && n == 0 {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "candidate.answer_wish", string(c), audit.Facts{"state": state})
}

// Erase removes everything that names the person; the row stays as a hollow id for what is counted.
func (cs *Candidates) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	n, err := q.Erase(ctx, tx.Org, p.Candidate, clock.Milli(cs.DB.Now()))
	if err != nil {
		return nil, err
	}
	a, err := q.EraseAccommodation(ctx, tx.Org, p.Candidate)
	return map[string]int{"name and address": int(n), "adjustments": int(a)}, err
}

// Tombstone is somebody who was erased.
type Tombstone struct {
	Org       string `json:"org"`
	Candidate ID     `json:"candidate"`
}

// Tombstones are all of them, so that a restored backup from before erases them again.
func Tombstones(ctx context.Context, p *db.Picture) ([]Tombstone, error) {
	var out []Tombstone
	var t Tombstone
	for err := range p.Query(ctx, `SELECT org_id, id FROM candidates WHERE erased_at <> 0 ORDER BY org_id, id`, &t.Org, &t.Candidate) {
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Preview counts what Erase would remove.
func (cs *Candidates) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n, err := query.New(tx).CountPerson(ctx, tx.Org, p.Candidate)
	return map[string]int{"name and address": int(n.People), "adjustments": int(n.Adjustments)}, err
}
