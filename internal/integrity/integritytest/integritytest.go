// Package integritytest makes submitted texts that are alike or not, by the same methods the pages call, for the tests of integrity and its pages.
package integritytest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/integrity"
	"candor/internal/response"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// Schemas are those that a World needs, in order.
var Schemas = append(slices.Clone(reviewtest.Schemas), fs.FS(integrity.Schema))

// World is reviewtest's with everything compared, and three people who see no score: Sol and Tam can decide cases, Cleo answers candidates.
type World struct {
	*reviewtest.World
	Integrity      *integrity.Integrity
	Sol, Tam, Cleo actor.Actor
}

// Make makes a World on a migrated database.
func Make(t testing.TB, d *db.DB, tick *dbtest.Clock) *World {
	t.Helper()
	w := &World{World: reviewtest.Make(t, d, tick)}
	w.Integrity = &integrity.Integrity{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Candidates: w.Candidates, Promises: w.Promises, Assessments: w.Assessments, Openings: w.Openings, Attempts: w.Attempts, Reviews: w.Reviews}
	w.Integrity.Listen()
	w.Reviews.Bars = w.Integrity.Bars
	w.Sol = w.Member("Sol Marsh", "sol@tideway.example", []string{"author"})
	w.Tam = w.Member("Tam Oduya", "tam@tideway.example", []string{"reviewer"})
	w.Cleo = w.Member("Cleo Brandt", "cleo@tideway.example", nil)
	return w
}

// Copied is somebody who handed in what another one of a crowd had, both scored by both reviewers.
func (w *World) Copied() (n, first review.Round, who actor.Actor) {
	w.T.Helper()
	first = w.Crowd(7)[0]
	n, who, _ = w.Sent("Cora Copy", strings.ReplaceAll(Essay(0), "because", "since"))
	for _, r := range []review.Round{first, n} {
		for _, m := range []actor.Actor{w.Mina, w.Jun} {
			w.File(m, r, reviewtest.Card(3, 2))
		}
	}
	w.Drain()
	return n, first, who
}

// Asks is a case about a round that rests on its likeness to another one.
func (w *World) Asks(first review.Round) integrity.Ask {
	return integrity.Ask{Facts: []integrity.FactKey{{Item: "tell-us", Other: first.Code}}, Question: "Most of this text is in another one too. How did you come to it?",
		Contact: w.Cleo.ID, Decider: w.Sol.ID, Days: integrity.AnswerDays}
}

// Essay is a text of its own: the same number gives the same one.
func Essay(n uint64) string {
	r := rand.New(rand.NewPCG(n, 7))
	words := strings.Fields("queue worker retry charge provider customer payment order broker message lock row batch deploy alarm graph timeout cache index report replica leader shard cursor journal ledger budget refund invoice")
	links := strings.Fields("before after while because until unless although since")
	var b strings.Builder
	for range 14 {
		fmt.Fprintf(&b, "The %s %s %d %ss %s the %s was %s by a %s. ", words[r.IntN(len(words))], []string{"lost", "sent", "kept", "saw", "took"}[r.IntN(5)], r.IntN(900), words[r.IntN(len(words))],
			links[r.IntN(len(links))], words[r.IntN(len(words))], []string{"held", "dropped", "repeated", "delayed"}[r.IntN(4)], words[r.IntN(len(words))])
	}
	return b.String()
}

// Hand takes somebody through the assessment with a text.
func (w *World) Hand(name, text string) review.Round {
	w.T.Helper()
	n, _, _ := w.Sent(name, text)
	return n
}

// Sent is Hand that tells who it was and in which sitting they wrote.
func (w *World) Sent(name, text string) (review.Round, actor.Actor, attempt.Sitting) {
	w.T.Helper()
	return w.Wrote(name, State{Text: text})
}

// State is a saved state of a text: how long after the one before it came, and whether a button posted it.
type State struct {
	After  time.Duration
	Posted bool
	Text   string
}

// Wrote is Sent of a text that was saved in several states.
func (w *World) Wrote(name string, states ...State) (review.Round, actor.Actor, attempt.Sitting) {
	w.T.Helper()
	ctx := context.Background()
	who := w.Enter(w.Invite(name, strings.ReplaceAll(strings.ToLower(name), " ", ".")+"@mail.example"))
	s := w.Begin(who, "writing")
	for i, st := range states {
		w.Tick.Add(st.After)
		body, err := json.Marshal(map[string][]string{"text": {st.Text}})
		if err != nil {
			w.T.Fatal(err)
		}
		client := "c1"
		if st.Posted {
			client = response.FormClient + strconv.Itoa(i)
		}
		_, err = w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(),
			Saves: []response.Save{{Item: "tell-us", Client: client, Seq: int64(i + 1), Body: body}}})
		if err != nil {
			w.T.Fatal(err)
		}
	}
	w.Begin(who, "quiz")
	for _, part := range []string{"quiz", "writing"} {
		if _, err := w.Attempts.Send(ctx, who, part); err != nil {
			w.T.Fatal(err)
		}
	}
	v, err := w.Attempts.View(ctx, who)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Drain()
	return w.Round(string(v.Attempt.ID)), who, s
}

// Crowd are n innocent people.
func (w *World) Crowd(n int) (out []review.Round) {
	for i := range n {
		out = append(out, w.Hand(fmt.Sprintf("Person Number%c", 'A'+i), fmt.Sprintf("%sSigned: Number%c", Essay(uint64(i)), 'A'+i)))
	}
	return out
}
