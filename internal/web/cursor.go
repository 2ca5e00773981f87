package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/clock"
	"candor/internal/problem"
)

// CursorLife is how long a cursor leads on, from the beginning of its day (UTC): a list that is read later than that is begun again.
const CursorLife = 8 * 24 * time.Hour

// ErrCursor: a cursor of another list, another organisation or another day.
var ErrCursor = problem.New(problem.Invalid, "cursor", "This cursor does not lead on here. Begin the list again without one.")

// cursorPurpose binds a cursor to its list: the route, the objects in its address and the filters.
func cursorPurpose(r *http.Request) string {
	q := r.URL.Query()
	q.Del("cursor")
	return "cursor 1 " + r.URL.Path + "?" + q.Encode()
}

// Cursor is where a list goes on, for the query's "cursor": sealed, so that it tells nothing and cannot be made up. "" stays "".
func Cursor(r *http.Request, at string) (string, error) {
	if at == "" {
		return "", nil
	}
	c := callOf(r)
	plain := fmt.Sprintf("%d %s", clock.Milli(c.mux.cfg.Clock.Now().Truncate(24*time.Hour).Add(CursorLife)), at) // by the day: an unchanged page keeps its ETag
	b, err := c.mux.cfg.Key.SealSame(cursorPurpose(r), []byte(plain))
	return base64.RawURLEncoding.EncodeToString(b), err
}

// ReadCursor is what [Cursor] was given for this list; "" without a cursor. ErrCursor.
func ReadCursor(r *http.Request) (at string, err error) {
	given := r.URL.Query().Get("cursor")
	if given == "" {
		return "", nil
	}
	c := callOf(r)
	sealed, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil {
		return "", ErrCursor
	}
	plain, err := c.mux.cfg.Key.Unseal(cursorPurpose(r), sealed)
	if err != nil {
		return "", ErrCursor
	}
	until, at, _ := strings.Cut(string(plain), " ")
	if ms, err := strconv.ParseInt(until, 10, 64); err != nil || clock.Time(ms).Before(c.mux.cfg.Clock.Now()) {
		return "", ErrCursor
	}
	return at, nil
}
