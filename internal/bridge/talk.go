package bridge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/bridge/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/thread"
)

// Listen registers what is said, and what is taken away.
func (bs *Bridges) Listen() {
	job.Listen(bs.Jobs, thread.Added, "bridge.added", job.Hooks, bs.added)
	job.Work(bs.Jobs, tell, job.Hooks, bs.tell)
	job.Work(bs.Jobs, unsay, job.Hooks, bs.unsay)
}

// added brings a message into the room of its opening, at each messenger that has one.
func (bs *Bridges) added(ctx context.Context, n thread.AddedNote) error {
	var errs []error
	for _, m := range bs.Messengers {
		errs = append(errs, bs.bring(ctx, m, n))
	}
	return errors.Join(errs...)
}

// place is where a message goes.
type place struct {
	link    Link
	room    string
	under   string // "" the thread is not begun
	code    string
	title   string // of the opening
	message thread.Message
}

// bring posts a message once: whether it stands there is read first and written last, so that of a job that breaks off in between a message may stand twice, and
// none is lost.
func (bs *Bridges) bring(ctx context.Context, m Messenger, n thread.AddedNote) error {
	var p place
	err := bs.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		p, err = bs.where(ctx, tx, m.Name(), n)
		return err
	})
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.under == "" {
		if p.under, p.code, err = bs.begin(ctx, m, n, p); err != nil {
			return bs.trouble(ctx, n.Org, m, err)
		}
	}
	stamp, err := m.Post(ctx, p.link.token, p.room, p.under, bs.words(n, p))
	if err != nil {
		return bs.trouble(ctx, n.Org, m, err)
	}
	return bs.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		_, err := query.New(tx).AddPost(ctx, query.AddPostParams{OrgID: tx.Org, Messenger: m.Name(), MessageID: n.Message, ApplicationID: n.Application, Room: p.room, Stamp: stamp})
		return err
	})
}

// where reads it. ErrMissing: there is no room, or the message stands there, or is gone.
func (bs *Bridges) where(ctx context.Context, tx db.Tx, messenger string, n thread.AddedNote) (p place, err error) {
	if p.link, err = bs.link(ctx, tx, messenger); err != nil {
		return p, err
	}
	q := query.New(tx)
	if _, err := q.Post(ctx, tx.Org, messenger, n.Message); !errors.Is(err, sql.ErrNoRows) {
		return p, errors.Join(err, ErrMissing)
	}
	app, err := bs.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(n.Application))
	if errors.Is(err, opening.ErrMissing) {
		return p, ErrMissing
	}
	if err != nil {
		return p, err
	}
	p.title = app.Opening.Title
	if p.message, err = bs.Threads.Struck(ctx, tx, app.ID, n.Message); errors.Is(err, thread.ErrMissing) {
		return p, ErrMissing
	} else if err != nil {
		return p, err
	}
	t, err := q.Thread(ctx, tx.Org, messenger, n.Application)
	if err == nil {
		p.room, p.under, p.code = t.Room, t.Stamp, t.Code
		return p, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return p, err
	}
	if p.room, err = q.OwnRoom(ctx, tx.Org, messenger, n.Application); err == nil {
		return p, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return p, err
	}
	p.room, err = q.Room(ctx, tx.Org, messenger, string(app.Opening.ID))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrMissing
	}
	return p, err
}

// begin makes the thread of a conversation. Of two at once one stays.
func (bs *Bridges) begin(ctx context.Context, m Messenger, n thread.AddedNote, p place) (stamp, code string, err error) {
	code = id.Code(5)
	text := fmt.Sprintf("Candidate %s, %s. Answer here, in this thread: whatever you write goes to the candidate under your name.", code, p.title)
	if stamp, err = m.Post(ctx, p.link.token, p.room, "", bs.open(n, text)); err != nil {
		return "", "", err
	}
	var there query.ThreadRow
	err = bs.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.AddThread(ctx, query.AddThreadParams{OrgID: tx.Org, Messenger: m.Name(), ApplicationID: n.Application, Room: p.room, Stamp: stamp, Code: code}); err != nil {
			return err
		}
		there, err = q.Thread(ctx, tx.Org, m.Name(), n.Application)
		return err
	})
	if err == nil && there.Stamp != stamp {
		err = m.Remove(ctx, p.link.token, p.room, stamp)
	}
	return there.Stamp, there.Code, err
}

// open is a text with the address of its conversation.
func (bs *Bridges) open(n thread.AddedNote, text string) Words {
	return Words{Text: text, Href: bs.URL + "/o/" + n.Org + "/conversations/" + n.Application, Label: "Open the conversation"}
}

// words are a message as the room reads it.
func (bs *Bridges) words(n thread.AddedNote, p place) Words {
	x := p.message
	who := "Candidate " + p.code
	if x.Member != "" {
		if who = x.Name; who == "" {
			who = "Somebody of the team"
		}
	}
	if x.Item == "" {
		return bs.open(n, who+" wrote something that is about no task, so it is not shown where people who score may read it.")
	}
	text := who + ":\n" + x.Body
	if x.Assumed {
		text = who + " assumed, and nobody has to answer:\n" + x.Body
	}
	switch k := len(x.Files); {
	case k == 0:
		return Words{Text: text}
	case k == 1:
		return bs.open(n, text+"\n(With a file.)")
	default:
		return bs.open(n, text+fmt.Sprintf("\n(With %d files.)", k))
	}
}

// trouble keeps what only a person can mend, and gives back what is tried again.
func (bs *Bridges) trouble(ctx context.Context, o string, m Messenger, err error) error {
	p, ok := problem.As(err)
	if !ok {
		return err
	}
	return bs.DB.Write(ctx, o, func(tx db.Tx) error {
		_, err := query.New(tx).Trouble(ctx, query.TroubleParams{Trouble: p.Text, Now: clock.Milli(bs.DB.Now()), OrgID: tx.Org, Messenger: m.Name()})
		return err
	})
}

// Heard is something that was said in a thread of a room.
type Heard struct {
	Event, Team, Room, Under, Person, Stamp, Text string
}

// Hear takes what a messenger says was said; who signed it is the caller's business. An answer in the thread of a conversation is the member's to the candidate; whoever is
// nobody here, or may not answer, is told so in the thread. Twice is once. ErrMissing: the link is with another team, or there is none.
func (bs *Bridges) Hear(ctx context.Context, o, messenger string, h Heard) error {
	var refused *problem.Problem
	err := bs.DB.Write(ctx, o, func(tx db.Tx) error {
		refused = nil
		l, err := bs.link(ctx, tx, messenger)
		if err != nil {
			return err
		}
		if l.ID != h.Team {
			return ErrMissing
		}
		q, now := query.New(tx), bs.DB.Now()
		n, err := q.Hear(ctx, query.HearParams{OrgID: tx.Org, Messenger: messenger, Event: h.Event, At: clock.Milli(now)})
		if err != nil || n == 0 {
			return err
		}
		t, err := q.OfThread(ctx, query.OfThreadParams{OrgID: tx.Org, Messenger: messenger, Room: h.Room, Stamp: h.Under})
		if errors.Is(err, sql.ErrNoRows) {
			return nil // a thread of theirs
		}
		if err != nil {
			return err
		}
		who, err := bs.person(ctx, tx, messenger, h.Person)
		if err != nil {
			return err
		}
		if who.ID == "" {
			return bs.whisper(ctx, tx, messenger, h, "This did not go to the candidate: nobody here knows yet who you are in Candor. Write /candor link, open the address, and send it again.")
		}
		key, err := bs.Threads.AnswerIn(ctx, tx, who, opening.ApplicationID(t.ApplicationID), h.Text)
		if p, ok := problem.As(err); ok {
			refused = p
		}
		if err != nil {
			return err
		}
		_, err = q.AddPost(ctx, query.AddPostParams{OrgID: tx.Org, Messenger: messenger, MessageID: key, ApplicationID: t.ApplicationID, Room: h.Room, Stamp: h.Stamp})
		return err
	})
	if refused == nil {
		return err
	}
	// Nothing of it is kept but that it was heard, and the thread is told.
	text := refused.Text
	for _, f := range refused.Fields {
		text = f
	}
	return bs.DB.Write(ctx, o, func(tx db.Tx) error {
		n, err := query.New(tx).Hear(ctx, query.HearParams{OrgID: tx.Org, Messenger: messenger, Event: h.Event, At: clock.Milli(bs.DB.Now())})
		if err != nil || n == 0 {
			return err
		}
		return bs.whisper(ctx, tx, messenger, h, "This did not go to the candidate. "+text)
	})
}

// person is the member that somebody of a messenger is; ID "" where nobody is known, or they are not there any more.
func (bs *Bridges) person(ctx context.Context, tx db.Tx, messenger, person string) (actor.Actor, error) {
	key, err := query.New(tx).WhoIs(ctx, tx.Org, messenger, person)
	if errors.Is(err, sql.ErrNoRows) {
		return actor.Actor{}, nil
	}
	if err != nil {
		return actor.Actor{}, err
	}
	m, err := bs.Orgs.Member(ctx, tx, key)
	if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
		return actor.Actor{}, nil
	}
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org, Roles: m.Roles}, err
}

// tell is the job that says something in a thread; unsay the one that takes posts away.
const (
	tell  = job.Task[tellNote]("bridge.tell")
	unsay = job.Task[unsayNote]("bridge.unsay")
)

type tellNote struct{ Org, Messenger, Room, Under, Text string }

type unsayNote struct{ Org, Messenger, Room, Stamp string }

func (bs *Bridges) whisper(ctx context.Context, tx db.Tx, messenger string, h Heard, text string) error {
	return tell.Enqueue(ctx, bs.Jobs, tx, tellNote{tx.Org, messenger, h.Room, h.Under, text})
}

func (bs *Bridges) with(ctx context.Context, o, messenger string, fn func(m Messenger, token string) error) error {
	m, ok := bs.messenger(messenger)
	if !ok {
		return nil
	}
	var l Link
	err := bs.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		l, err = bs.link(ctx, tx, messenger)
		return err
	})
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err == nil {
		err = fn(m, l.token)
	}
	return bs.trouble(ctx, o, m, err)
}

func (bs *Bridges) tell(ctx context.Context, n tellNote) error {
	return bs.with(ctx, n.Org, n.Messenger, func(m Messenger, token string) error {
		_, err := m.Post(ctx, token, n.Room, n.Under, Words{Text: n.Text})
		return err
	})
}

func (bs *Bridges) unsay(ctx context.Context, n unsayNote) error {
	return bs.with(ctx, n.Org, n.Messenger, func(m Messenger, token string) error { return m.Remove(ctx, token, n.Room, n.Stamp) })
}

// Command is what somebody typed to the app; the reply is for them alone. ErrMissing as Hear.
func (bs *Bridges) Command(ctx context.Context, o, messenger, team, room, person, text string) (reply string, err error) {
	err = bs.DB.Read(ctx, o, func(tx db.Tx) error {
		l, err := bs.link(ctx, tx, messenger)
		if err == nil && l.ID != team {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		switch strings.TrimSpace(text) {
		case "link":
			c := bs.Claim(o, messenger, person)
			reply = fmt.Sprintf("Open this within an hour, signed in to Candor, and press the button: %s/o/%s/bridge/%s/me?person=%s&until=%s&sign=%s", bs.URL, o, messenger, c.Person, c.Until, c.Sign)
			return nil
		case "waiting":
			rows, err := query.New(tx).Waiting(ctx, tx.Org, messenger, room)
			for _, r := range rows {
				reply += fmt.Sprintf("Candidate %s has waited for %s.\n", r.Code, waited(bs.DB.Now().Sub(clock.Time(r.WaitsSince))))
			}
			if reply == "" {
				reply = "Nobody waits for an answer in this room."
			}
			return err
		}
		reply = "/candor link says who you are in Candor, so that what you write in a thread goes to the candidate under your name. /candor waiting lists who waits for an answer in this room."
		return nil
	})
	return reply, err
}

func waited(d time.Duration) string {
	switch h := int(d / time.Hour); {
	case h < 1:
		return "less than an hour"
	case h < 48:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d days", h/24)
	}
}

// Sweep forgets what was heard long ago.
func (bs *Bridges) Sweep(ctx context.Context, o string) error {
	return bs.DB.Write(ctx, o, func(tx db.Tx) error {
		_, err := query.New(tx).Forget(ctx, tx.Org, clock.Milli(bs.DB.Now().Add(-remembers)))
		return err
	})
}
