package repository

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/git"
	"candor/internal/item"
	"candor/internal/repo"
)

// Author is who makes a commit in the browser: nobody's name is asked for, and none is stored.
var Author = git.Signature{Name: "Candidate", Email: "candidate@invalid"}

func withHeld(a answer, h held) ([]byte, error) {
	a.Held = &h
	return json.Marshal(a)
}

// Act is what the buttons of the page do: commit, add and remove a file, undo an edit or all of them, decide a conflict, go to a
// branch or bring it into the one that counts, search.
func (k Kind) Act(ctx context.Context, _ actor.Actor, ref item.Ref, s item.Spec, action string, body []byte, input url.Values, received time.Time) ([]byte, url.Values, error) {
	if k.Repos == nil || !slices.Contains([]string{"commit", "add", "remove", "undo", "undo-all", "mine", "branch", "merge", "search", "enter"}, action) {
		return body, nil, item.ErrAction
	}
	q, a := s.(*spec), read(body)
	st, err := k.standing(ctx, ref)
	if err != nil {
		return body, nil, err
	}
	if action == "enter" { // the key, in a field of one line
		action = "search"
		if strings.TrimSpace(input.Get("_new")) != "" {
			action = "add"
		} else if name := strings.TrimSpace(input.Get("_branch")); name != "" && name != cmp.Or(a.Branch, st.Main) {
			action = "branch"
		}
	}
	if action == "search" {
		return body, url.Values{"view": {"search"}, "q": {strings.TrimSpace(input.Get("_q"))}}, nil
	}
	st = st.with(a)
	h, err := k.held(ctx, st, q)
	if err != nil {
		return body, nil, err
	}
	h.Branches = st.branches()
	a.Held = &h
	a.Edits = maps.Clone(a.Edits)
	if a.Edits == nil {
		a.Edits = map[string]edit{}
	}
	name := strings.TrimSpace(input.Get("_path"))
	there := q.committed(a)[name]
	show := url.Values{"view": {"files"}}
	switch action {
	case "add":
		if name = strings.TrimSpace(input.Get("_new")); !nameable(name) {
			return body, nil, errName
		}
		if q.protects(name) {
			return body, nil, errProtected
		}
		if _, ok := q.current(a)[name]; !ok {
			a.Edits[name] = edit{Text: "\n", Was: there.hash}
		}
		show.Set("file", name)
	case "remove":
		if q.protects(name) {
			return body, nil, errProtected
		}
		if there.hash == "" {
			delete(a.Edits, name)
		} else {
			a.Edits[name] = edit{Gone: true, Was: there.hash}
		}
	case "undo":
		delete(a.Edits, name)
		show.Set("file", name)
	case "undo-all":
		a.Edits = nil
		show = url.Values{"view": {"changes"}}
	case "branch":
		if err = a.turnTo(strings.TrimSpace(input.Get("_branch")), st.Main); err != nil {
			return body, nil, err
		}
	case "merge":
		if err := k.merge(ctx, st, a, received); err != nil {
			return body, nil, err
		}
		a.Branch = ""
		show = url.Values{"view": {"history"}}
	case "mine":
		if e, ok := a.Edits[name]; ok {
			e.Was = there.hash
			a.Edits[name] = e
		}
		show.Set("file", name)
	case "commit":
		if err := k.commit(ctx, st, q, a, received); err != nil {
			return body, nil, err
		}
		a.Edits, a.Message = nil, ""
		show = url.Values{"view": {"history"}}
	}
	after, err := a.write()
	return after, show, err
}

// commit commits all edits. errConflict where a file was changed by a newer commit; nothing is written then.
func (k Kind) commit(ctx context.Context, st standing, q *spec, a answer, received time.Time) error {
	switch {
	case len(a.Edits) == 0:
		return errNothing
	case strings.TrimSpace(a.Message) == "":
		return errMessage
	case len(q.conflicts(a)) > 0:
		return errConflict
	}
	ask := repo.CommitAsk{Branch: a.Branch, Expected: st.commit, Message: a.Message, Author: Author, Received: received}
	for _, name := range slices.Sorted(maps.Keys(a.Edits)) {
		e := a.Edits[name]
		c := repo.Change{Path: name, Data: e.content(), Delete: e.Gone}
		c.Exec = bytes.HasPrefix(c.Data, []byte("#!"))
		ask.Changes = append(ask.Changes, c)
	}
	_, err := k.Repos.Commit(ctx, st.Repository, ask)
	if errors.Is(err, repo.ErrMoved) {
		return errConflict
	}
	return err
}
