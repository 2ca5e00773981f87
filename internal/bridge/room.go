package bridge

import (
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/bridge/internal/query"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// Room is an opening's.
type Room struct {
	Opening opening.ID
	Title   string
	Room    string // "" it has none
}

var roomShape = regexp.MustCompile(`^[A-Za-z0-9._-]{2,80}$`)

// roomOf is the id of a room as somebody typed it; "" is none. ErrInvalid on room.
func roomOf(typed string) (string, error) {
	room := strings.TrimSpace(typed)
	if room != "" && !roomShape.MatchString(room) {
		return "", problem.Field("room", "Paste its id, such as C0123ABCD. It stands at the end of its details.")
	}
	return room, nil
}

// SetRoom gives an opening a room, or with "" none. Threads that were begun go on where they are. ErrRole, ErrMissing, ErrRoomTaken, ErrInvalid on room.
func (bs *Bridges) SetRoom(ctx context.Context, who actor.Actor, messenger string, o opening.ID, room string) error {
	if err := org.Need(who, "bridge.change"); err != nil {
		return err
	}
	room, err := roomOf(room)
	if err != nil {
		return err
	}
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := bs.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if _, err := bs.link(ctx, tx, messenger); err != nil {
			return err
		}
		err := taken(ctx, q, tx.Org, messenger, room, string(o), "")
		switch {
		case room == "":
			_, err = q.DropRoom(ctx, tx.Org, messenger, string(o))
		case err == nil:
			err = q.PutRoom(ctx, query.PutRoomParams{OrgID: tx.Org, Messenger: messenger, OpeningID: string(o), Room: room})
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, bs.DB.Now(), who, "bridge.room", string(o), audit.Facts{"messenger": messenger, "room": room})
	})
}

// taken says whether another opening or application has a room. ErrRoomTaken.
func taken(ctx context.Context, q *query.Queries, o, messenger, room, opening, application string) error {
	there, err := q.OfRoom(ctx, o, messenger, room)
	if err == nil && there != opening {
		return ErrRoomTaken
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	there, err = q.OfOwnRoom(ctx, o, messenger, room)
	if err == nil && there != application {
		return ErrRoomTaken
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return err
}

// SetOwnRoom gives one application a room of its own, or with "" that of its opening. What was begun goes on where it is. Whoever must not know the name gives none.
// ErrRole, ErrMissing, ErrRoomTaken, ErrInvalid on room.
func (bs *Bridges) SetOwnRoom(ctx context.Context, who actor.Actor, messenger string, a opening.ApplicationID, room string) error {
	if err := org.Need(who, "bridge.change"); err != nil {
		return err
	}
	room, err := roomOf(room)
	if err != nil {
		return err
	}
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if err := bs.named(ctx, tx, who, a); err != nil {
			return err
		}
		if _, err := bs.link(ctx, tx, messenger); err != nil {
			return err
		}
		err := taken(ctx, q, tx.Org, messenger, room, "", string(a))
		switch {
		case room == "":
			_, err = q.DropOwnRoom(ctx, tx.Org, messenger, string(a))
		case err == nil:
			err = q.PutOwnRoom(ctx, query.PutOwnRoomParams{OrgID: tx.Org, Messenger: messenger, ApplicationID: string(a), Room: room})
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, bs.DB.Now(), who, "bridge.own_room", string(a), audit.Facts{"messenger": messenger, "own": strconv.FormatBool(room != "")}) // what it is called may tell the name
	})
}

// named says whether the asker sees an application with its name. ErrMissing.
func (bs *Bridges) named(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) error {
	app, err := bs.Openings.LoadApplicationIn(ctx, tx, who, a)
	if errors.Is(err, opening.ErrMissing) || err == nil && app.Blind {
		return ErrMissing
	}
	return err
}

// OwnRoom is the room of one application, "" for none, and whether there is a link at all. ErrRole, ErrMissing.
func (bs *Bridges) OwnRoom(ctx context.Context, who actor.Actor, messenger string, a opening.ApplicationID) (room string, linked bool, err error) {
	if err := org.Need(who, "bridge.change"); err != nil {
		return "", false, err
	}
	err = bs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if err := bs.named(ctx, tx, who, a); err != nil {
			return err
		}
		if _, err := bs.link(ctx, tx, messenger); errors.Is(err, ErrMissing) {
			return nil
		} else if err != nil {
			return err
		}
		linked = true
		room, err = query.New(tx).OwnRoom(ctx, tx.Org, messenger, string(a))
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return err
	})
	return room, linked, err
}
