// Package bridge brings the conversations of an opening into a room of a messenger, and what the team answers there back to the candidate.
//
// An opening has one room, a conversation one thread in it; an application may have a room of its own instead. The candidate is called by a code
// there, never by name, and everything that names them is struck: whoever scores may read along. What is about no task stays here; the room is only
// told that there is something. A member's answer in the thread is theirs, under the same rules as on the page, once they have said who they are by a
// press here. What is said twice by a messenger is heard once. When a person's data is erased, what stands in the room goes, too.
//
// A messenger is whatever fulfils [Messenger], in a folder of notify/channels.
package bridge

import (
	"context"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/bridge/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/thread"
)

//go:embed schema/*.sql
var Schema embed.FS

// Messenger is one that bridges are built to. Its errors are problems where nothing helps but a person, such as a room it is not in; all else is tried again.
type Messenger interface {
	// Name is the word in addresses and rows.
	Name() string
	// Check says whose token it is.
	Check(ctx context.Context, token string) (Team, error)
	// Post says something in a room, under the first post of a thread or, with "", as the first of a new one. stamp names the post.
	Post(ctx context.Context, token, room, under string, w Words) (stamp string, err error)
	// Remove takes a post away; one that is not there any more is no error.
	Remove(ctx context.Context, token, room, stamp string) error
}

// Words are what is posted: plain text of whoever, which a messenger takes for nothing else, and an address of ours under it; "" is none.
type Words struct{ Text, Href, Label string }

// Team is whose a token is: ids of the messenger, and a name for people.
type Team struct{ ID, Name, Bot string }

// Link is an organisation's with a messenger.
type Link struct {
	Team
	Since     time.Time
	Trouble   string // what the messenger said last; "" nothing
	TroubleAt time.Time

	token, secret string
}

var (
	// ErrMissing: there is no such link or room.
	ErrMissing = problem.New(problem.Missing, "bridge_missing", "There is nothing here, or it is not yours to see.")
	// ErrSigned: it does not come from the messenger, or too late.
	ErrSigned = problem.New(problem.Forbidden, "bridge_signature", "This request is not signed by the messenger with the secret that is kept here, or it is older than five minutes. Nothing was done.")
	// ErrPerson: the press that says who somebody is came too late, or was made up.
	ErrPerson = problem.New(problem.Conflict, "bridge_person", "This address is no longer valid. Ask for a new one in the messenger, and open it within an hour.")
	// ErrRoomTaken: another opening, or another application, has it.
	ErrRoomTaken = problem.Field("room", "Another opening or application has this room. One room for one of them: so everybody knows what it is about.")
)

// Bridges keeps them.
type Bridges struct {
	DB         *db.DB
	Jobs       *job.Jobs
	Key        secret.Key
	Orgs       *org.Orgs
	Openings   *opening.Openings
	Threads    *thread.Threads
	Messengers []Messenger
	URL        string // the public address
}

const (
	// claims is how long the address by which somebody says who they are is valid.
	claims = time.Hour
	// remembers is how long what was heard is known; a messenger tries for an hour.
	remembers = 7 * 24 * time.Hour
)

func (bs *Bridges) messenger(name string) (Messenger, bool) {
	i := slices.IndexFunc(bs.Messengers, func(m Messenger) bool { return m.Name() == name })
	if i < 0 {
		return nil, false
	}
	return bs.Messengers[i], true
}

func (bs *Bridges) seal(o, messenger, what, plain string) (string, error) {
	b, err := bs.Key.Seal("bridge "+what+" "+o+" "+messenger, []byte(plain))
	return base64.StdEncoding.EncodeToString(b), err
}

func (bs *Bridges) unseal(o, messenger, what, sealed string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", err
	}
	plain, err := bs.Key.Unseal("bridge "+what+" "+o+" "+messenger, b)
	return string(plain), err
}

// link reads one, with what is sealed opened. ErrMissing.
func (bs *Bridges) link(ctx context.Context, tx db.Tx, messenger string) (l Link, err error) {
	r, err := query.New(tx).Link(ctx, tx.Org, messenger)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrMissing
	}
	if err != nil {
		return l, err
	}
	l = Link{Team: Team{r.Team, r.TeamName, r.Bot}, Since: clock.Time(r.At), Trouble: r.Trouble, TroubleAt: clock.Time(r.TroubleAt)}
	if l.token, err = bs.unseal(tx.Org, messenger, "token", r.Token); err != nil {
		return l, err
	}
	l.secret, err = bs.unseal(tx.Org, messenger, "secret", r.Secret)
	return l, err
}

// Told is how a link stands, for whoever looks after the installation.
type Told struct{ Messenger, Team, Trouble string }

// Links are an organisation's, without what is sealed.
func Links(ctx context.Context, tx db.Tx) (out []Told, err error) {
	rows, err := query.New(tx).Links(ctx, tx.Org)
	for _, r := range rows {
		out = append(out, Told{r.Messenger, r.TeamName, r.Trouble})
	}
	return out, err
}

// Secret is what a messenger's requests to an organisation are signed with, for whoever checks that. ErrMissing.
func (bs *Bridges) Secret(ctx context.Context, o, messenger string) (s string, err error) {
	err = bs.DB.Read(ctx, o, func(tx db.Tx) error {
		l, err := bs.link(ctx, tx, messenger)
		s = l.secret
		return err
	})
	return s, err
}

// Connect links an organisation with a messenger, once it answered for the token. Both are kept sealed and never shown again. ErrRole, ErrInvalid on token and secret.
func (bs *Bridges) Connect(ctx context.Context, who actor.Actor, messenger, token, signing string) error {
	if err := org.Need(who, "bridge.change"); err != nil {
		return err
	}
	m, ok := bs.messenger(messenger)
	switch {
	case !ok:
		return ErrMissing
	case token == "":
		return problem.Field("token", "Paste the token of the app.")
	case len(signing) < 16:
		return problem.Field("secret", "Paste the signing secret of the app; it has 32 characters.")
	}
	team, err := m.Check(ctx, token)
	if p, ok := problem.As(err); ok {
		return problem.Field("token", p.Text)
	}
	if err != nil {
		return problem.Field("token", "The messenger could not be reached, or did not answer. Nothing was changed; try again.")
	}
	sealed, err := bs.seal(who.Org, messenger, "token", token)
	if err != nil {
		return err
	}
	sealedSecret, err := bs.seal(who.Org, messenger, "secret", signing)
	if err != nil {
		return err
	}
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		now := bs.DB.Now()
		if err := query.New(tx).PutLink(ctx, query.PutLinkParams{OrgID: tx.Org, Messenger: messenger, Team: team.ID, TeamName: team.Name, Bot: team.Bot, Token: sealed, Secret: sealedSecret, MemberID: who.ID,
			At: clock.Milli(now)}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "bridge.connect", tx.Org, audit.Facts{"messenger": messenger, "team": team.ID})
	})
}

// Disconnect ends a link with its rooms. What stands there stays there; nothing more comes or is heard. ErrRole, ErrMissing.
func (bs *Bridges) Disconnect(ctx context.Context, who actor.Actor, messenger string) error {
	if err := org.Need(who, "bridge.change"); err != nil {
		return err
	}
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := q.DropLink(ctx, tx.Org, messenger)
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		if _, err := q.DropRooms(ctx, tx.Org, messenger); err != nil {
			return err
		}
		if _, err := q.DropOwnRooms(ctx, tx.Org, messenger); err != nil {
			return err
		}
		return audit.Record(ctx, tx, bs.DB.Now(), who, "bridge.disconnect", tx.Org, audit.Facts{"messenger": messenger})
	})
}

// Standing is how a bridge stands, for its page.
type Standing struct {
	Link   *Link // nil: there is none
	Rooms  []Room
	People int
}

// Standing reads it: every open opening that the asker sees, with its room. ErrRole.
func (bs *Bridges) Standing(ctx context.Context, who actor.Actor, messenger string) (out Standing, err error) {
	if err := org.Need(who, "bridge.change"); err != nil {
		return out, err
	}
	list, err := bs.Openings.List(ctx, who)
	if err != nil {
		return out, err
	}
	err = bs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		l, err := bs.link(ctx, tx, messenger)
		if errors.Is(err, ErrMissing) {
			return nil
		}
		if err != nil {
			return err
		}
		out.Link = &l
		q := query.New(tx)
		rows, err := q.Rooms(ctx, tx.Org, messenger)
		if err != nil {
			return err
		}
		n, err := q.CountPeople(ctx, tx.Org, messenger)
		out.People = int(n)
		for _, o := range list {
			room := Room{Opening: o.ID, Title: o.Title}
			for _, r := range rows {
				if r.OpeningID == string(o.ID) {
					room.Room = r.Room
				}
			}
			if o.Open || room.Room != "" {
				out.Rooms = append(out.Rooms, room)
			}
		}
		return err
	})
	return out, err
}

// Claim is what the address says by which somebody says who they are.
type Claim struct {
	Messenger, Person string
	secret.Pass
}

const claimPass = "bridge person"

// Claim is for somebody of a messenger who asked for it there.
func (bs *Bridges) Claim(o, messenger, person string) Claim {
	return Claim{messenger, person, bs.Key.Pass(bs.DB.Now().Add(claims), claimPass, o, messenger, person)}
}

// CheckClaim says whether one holds. ErrPerson.
func (bs *Bridges) CheckClaim(o string, c Claim) error {
	if _, ok := bs.Key.Holds(c.Pass, bs.DB.Now(), claimPass, o, c.Messenger, c.Person); !ok {
		return ErrPerson
	}
	return nil
}

// Be says that somebody of a messenger is the asking member. ErrPerson.
func (bs *Bridges) Be(ctx context.Context, who actor.Actor, c Claim) error {
	if err := bs.CheckClaim(who.Org, c); err != nil {
		return err
	}
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q, now := query.New(tx), bs.DB.Now()
		if _, err := q.DropPerson(ctx, tx.Org, c.Messenger, who.ID); err != nil { // one person there for each member
			return err
		}
		if err := q.PutPerson(ctx, query.PutPersonParams{OrgID: tx.Org, Messenger: c.Messenger, Person: c.Person, MemberID: who.ID, At: clock.Milli(now)}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "bridge.person", who.ID, audit.Facts{"messenger": c.Messenger, "person": c.Person})
	})
}
