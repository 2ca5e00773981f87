package privacy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/integrity"
	"candor/internal/opening"
	"candor/internal/repo"
	"candor/internal/upload"
)

// How much of a repository is in a candidate's data.
const (
	maxBundle  = 16 << 20 // bytes; a larger one is left out, and git clone still gives it
	maxCommits = 1000
)

// repository is a candidate's as they take it along.
type repository struct {
	Name    string       `json:"name"`
	Item    string       `json:"item"`
	State   repo.State   `json:"state"`
	Refs    []repo.Ref   `json:"refs"`
	Arrived []arrived    `json:"arrived"`
	Commits []git.Commit `json:"commits"`          // of all branches, of each the newest first; without what was given
	Bundle  []byte       `json:"bundle,omitempty"` // base64 of a file that git clone takes
}

// arrived is a change of a ref as it reached us.
type arrived struct {
	Ref      string        `json:"ref"`
	Commit   repo.Hash     `json:"commit"`
	Received time.Time     `json:"received"`
	Standing repo.Standing `json:"standing"`
}

// repositories are those of an attempt with what stands in them.
func (ps *Privacy) repositories(ctx context.Context, who actor.Actor, a attempt.ID) (out []repository, err error) {
	var list []repo.Repository
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if list, err = ps.Repos.Of(ctx, tx, string(a)); err != nil {
			return err
		}
		out = make([]repository, len(list))
		for i, r := range list {
			o := repository{Name: r.Name, Item: r.Item, State: r.State}
			if o.Refs, err = ps.Repos.Refs(ctx, tx, r.ID); err != nil {
				return err
			}
			updates, err := ps.Repos.Updates(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			for _, u := range updates {
				o.Arrived = append(o.Arrived, arrived{u.Ref, u.New, u.Received, u.Standing})
			}
			out[i] = o
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, r := range list {
		if out[i].Commits, err = ps.commits(ctx, r, out[i].Refs); err != nil {
			return nil, err
		}
		if r.Bytes > maxBundle {
			continue
		}
		var b bytes.Buffer
		if err := ps.Repos.Bundle(ctx, r, &b); err != nil {
			return nil, err
		}
		out[i].Bundle = b.Bytes()
	}
	return out, nil
}

// commits are those behind any ref.
func (ps *Privacy) commits(ctx context.Context, r repo.Repository, refs []repo.Ref) (out []git.Commit, err error) {
	seen := map[repo.Hash]bool{}
	for _, ref := range refs {
		list, _, err := ps.Repos.Log(ctx, r, string(ref.Hash), git.LogOptions{Not: r.Base, Max: maxCommits})
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if !seen[c.Hash] && len(out) < maxCommits {
				seen[c.Hash], out = true, append(out, c)
			}
		}
	}
	return out, nil
}

// maxAdded is how many bytes of files are in a candidate's data; those beyond are left out, and the states of an answer show them.
const maxAdded = 64 << 20

// added is a file that the candidate added to an answer, as it is kept.
type added struct {
	ID   upload.ID `json:"id"` // by which the answer names it
	Item string    `json:"item"`
	Type string    `json:"type"`
	At   time.Time `json:"at"`
	Data []byte    `json:"data,omitempty"` // base64
}

// added are those of an attempt, in the order in which they were added.
func (ps *Privacy) added(ctx context.Context, who actor.Actor, a attempt.ID) (out []added, err error) {
	var list []upload.Upload
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		list, err = ps.Uploads.Of(ctx, tx, string(a), "")
		return err
	})
	room := int64(maxAdded)
	for _, u := range list {
		if u.State != upload.Complete || u.Media.State != upload.Plain {
			continue
		}
		x := added{ID: u.ID, Item: u.Item, Type: u.Type, At: u.Finished}
		if room -= u.Bytes; room >= 0 {
			if x.Data, err = ps.bytes(ctx, u); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, err
}

func (ps *Privacy) bytes(ctx context.Context, u upload.Upload) (data []byte, err error) {
	r, err := ps.Uploads.Read(ctx, u, upload.Raw)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r) // of a file that is at most 10 MB
}

// message is what the candidate or somebody of the team wrote.
type message struct {
	By      string    `json:"by,omitempty"` // a name of the team; "" is the candidate
	Item    string    `json:"item,omitempty"`
	Assumed bool      `json:"assumed,omitempty"`
	Text    string    `json:"text"`
	Files   []string  `json:"files,omitempty"` // by name; they are saved from the page of the conversation
	At      time.Time `json:"at"`
}

// conversation is the asking candidate's.
func (ps *Privacy) conversation(ctx context.Context, who actor.Actor) (out []message, err error) {
	t, err := ps.Threads.Own(ctx, who, "")
	for _, m := range t.Messages {
		x := message{m.Name, m.Item, m.Assumed, m.Body, nil, m.At}
		for _, f := range m.Files {
			x.Files = append(x.Files, f.Name)
		}
		out = append(out, x)
	}
	return out, err
}

// question is what a candidate was asked about their work, and what they said.
type question struct {
	Question string            `json:"question"`
	Asked    time.Time         `json:"asked"`
	Answers  []integrity.Word  `json:"answers"`
	Outcome  integrity.Outcome `json:"outcome,omitempty"`
	Appeal   integrity.Outcome `json:"appeal,omitempty"`
}

// secondLook is what a candidate asked about a no, and what they were told.
type secondLook struct {
	Asked  time.Time `json:"asked"`
	Reason string    `json:"reason"`
	State  string    `json:"state"`
	Answer string    `json:"answer,omitempty"`
}

// secondLook is the asking candidate's newest; nil where there is none.
func (ps *Privacy) secondLook(ctx context.Context, who actor.Actor) (*secondLook, error) {
	o, err := ps.Appeals.Own(ctx, who)
	if err != nil || o.Appeal == nil {
		return nil, err
	}
	return &secondLook{o.Appeal.Asked, o.Appeal.Reason, string(o.Appeal.State), o.Appeal.Draft.Answer}, nil
}

// questions are those about an application.
func (ps *Privacy) questions(ctx context.Context, who actor.Actor, a opening.ApplicationID) (out []question, err error) {
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out = nil
		cases, err := ps.Integrity.CasesOf(ctx, tx, a)
		for _, c := range cases {
			out = append(out, question{c.Question, c.Opened, c.Words, c.Outcome, c.Appeal})
		}
		return err
	})
	return out, err
}
