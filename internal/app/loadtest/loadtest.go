// Package loadtest plays candidates against a running server, as people and their browsers behave, and keeps a ledger of what the
// server acknowledged outside of it. Afterwards the ledger is compared with the database: every acknowledged save must be there, and
// the last one must be what was sent. It is for developers; nothing of it runs in an installation.
package loadtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"testing/fstest"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

// Name is the organisation in which invented candidates are. An installation that holds another one has real people in it.
const Name = "Load test"

// Owner is the address of that organisation's owner, for candor admin link.
const Owner = "owner@load.example"

// Plan is who plays. It holds their links, so it is as secret as those are.
type Plan struct {
	Org     string `json:"org"`
	Opening string `json:"opening"`
	Code    bool   `json:"code"`    // the assessment has a program to write
	Records bool   `json:"records"` // it has a question that is answered with a recording
	Seats   []Seat `json:"seats"`
}

// Seat is one invented candidate.
type Seat struct {
	Invitation  string `json:"invitation"`
	Application string `json:"application"`
	Candidate   string `json:"candidate"`
	Secret      string `json:"secret"` // of the link
}

// ErrPeople: the installation is in use.
var ErrPeople = problem.New(problem.Conflict, "people_here",
	"Real people are in this installation, and a load test fills it with invented ones. Give it a folder of its own with --data, or say --among-people.")

// Prepare makes an organisation with an opening and n invited candidates; code gives their assessment a program to write, records a question to answer with a recording. Unless among is
// set it refuses an installation with another organisation: ErrPeople.
func Prepare(ctx context.Context, a *app.App, n int, code, records, among bool) (Plan, error) {
	orgs, err := a.Orgs.All(ctx)
	if err != nil {
		return Plan{}, err
	}
	for _, id := range orgs {
		o, err := a.Orgs.ByID(ctx, id)
		if err != nil {
			return Plan{}, err
		}
		if o.Name != Name && !among {
			return Plan{}, ErrPeople.With("organisation", o.Name)
		}
	}
	o, m, err := a.Orgs.Found(ctx, Name, Owner, "Load Owner", "UTC")
	if err != nil {
		return Plan{}, err
	}
	owner := actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	v, findings, err := a.Assessments.Import(ctx, owner, tree(code, records), "")
	if err != nil {
		return Plan{}, fmt.Errorf("%w %v", err, findings)
	}
	if _, err := a.Assessments.Publish(ctx, owner, v, nil); err != nil {
		return Plan{}, err
	}
	op, err := a.Openings.Create(ctx, owner, opening.Opening{Title: "Load test", Team: "Load", ReplyDays: 5},
		[]opening.Stage{{Title: "Screen", Reviewers: 1, Window: 7, Format: attempt.Format{}.Name(), Ref: string(v)}})
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Org: o.ID, Opening: string(op), Code: code, Records: records}
	for len(p.Seats) < n {
		if err := invite(ctx, a, owner, op, &p, min(100, n-len(p.Seats))); err != nil {
			return p, err
		}
	}
	return p, a.Jobs.Drain(ctx) // the letters are written before anybody plays
}

// invite adds n seats in one transaction.
func invite(ctx context.Context, a *app.App, who actor.Actor, op opening.ID, p *Plan, n int) error {
	var more []Seat
	err := a.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		more = nil
		for i := range n {
			name := fmt.Sprintf("Candidate %d", len(p.Seats)+i+1)
			inv, err := a.Openings.InviteIn(ctx, tx, who, op, opening.InviteForm{Name: name, Email: fmt.Sprintf("c%d@load.example", len(p.Seats)+i+1), Zone: "UTC"})
			if err != nil {
				return err
			}
			more = append(more, Seat{string(inv.ID), string(inv.Application), inv.Candidate, a.Openings.Secret(inv)})
		}
		return nil
	})
	p.Seats = append(p.Seats, more...)
	return err
}

// tree is the assessment: a choice and a text in one timed part, and a program in another.
func tree(code, records bool) fs.FS {
	head := `candor: 1
title: Load test
about: What invented candidates do.
ai: {policy: allowed}
reply_days: 5
rubric:
  - {key: clear, title: Clear, weight: 1, about: Is it clear?, items: [tell-us], levels: [{name: Not yet, anchor: It cannot be followed.}, {name: Solid, anchor: It is clear at the first reading.}]}
parts:
  - {key: writing, title: Writing, about: A choice and a text., minutes: 20, timed: 180, items: [{item: pick}, {item: tell-us}]}
`
	out := fstest.MapFS{
		"items/pick/item.yaml":    {Data: []byte("kind: choice\ntitle: Pick\nminutes: 2\nstatement: Which?\ntype: single\noptions: [{text: alpha, correct: true}, {text: beta}]\n")},
		"items/tell-us/item.yaml": {Data: []byte("kind: freetext\ntitle: Tell us\nminutes: 18\nstatement: What happened?\nwords: {from: 2, to: 2000}\n")},
	}
	if code {
		head += "  - {key: coding, title: Coding, about: One program., minutes: 10, items: [{item: program}]}\n"
		out["items/program/item.yaml"] = &fstest.MapFile{Data: []byte("kind: code\ntitle: Program\nminutes: 10\nstyle: stdin\nstatement: Print what you read.\nlanguages: {python: {}}\n")}
		out["items/program/data/sample/one.in"] = &fstest.MapFile{Data: []byte("1\n")}
		out["items/program/data/sample/one.ans"] = &fstest.MapFile{Data: []byte("1\n")}
	}
	if records {
		head += "  - {key: telling, title: Telling, about: One question., minutes: 5, items: [{item: built}]}\n"
		out["items/built/item.yaml"] = &fstest.MapFile{Data: []byte("kind: video\ntitle: Built\nminutes: 5\nlength: 1800\nstatement: What did you build?\n")}
	}
	out["assessment.yaml"] = &fstest.MapFile{Data: []byte(head)}
	return out
}

// Write keeps a plan in a file that only its owner reads.
func (p Plan) Write(path string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(path, raw, 0o600)
}

// ReadPlan reads what Write kept.
func ReadPlan(path string) (Plan, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Plan{}, err
	}
	var p Plan
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("%s is no plan of candor loadtest: %w", path, err)
	}
	return p, nil
}
