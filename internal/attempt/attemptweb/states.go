package attemptweb

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/response"
	"candor/internal/web"
	"candor/internal/web/ui/diff"
)

func statePath(part, key string, n int64) string {
	return itemPath(part, key) + "/states/" + strconv.FormatInt(n, 10)
}

// history lists the states of one answer, a page at a time.
func (p *Pages) history(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 1 {
		before = 0
	}
	list, err := p.Attempts.History(r.Context(), web.Actor(r), v.Item.Key, before)
	if err != nil {
		return err
	}
	return web.Show(w, r, historyPage(historyView{itemView: v, List: list, First: before == 0}))
}

// state shows one state of an answer, and what using it would change.
func (p *Pages) state(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64-2 {
		return response.ErrMissing
	}
	s := stateView{itemView: v}
	if s.State, err = p.Attempts.State(r.Context(), web.Actor(r), v.Item.Key, n); err != nil {
		return err
	}
	near, err := p.Attempts.History(r.Context(), web.Actor(r), v.Item.Key, n+2)
	if err != nil {
		return err
	}
	s.Newer = len(near) > 0 && near[0].N == n+1
	it := v.Item
	body := s.State.Body
	if _, ok := it.Kind.(item.Filer); ok { // a state names the files that it had
		if body, err = item.Fetched(r.Context(), it.Kind, it.Spec, p.ref(r, v), body); err != nil {
			return err
		}
	}
	s.Body = it.Kind.Read(it.Spec, item.ReadView{Ref: p.ref(r, v), Body: body, Seed: v.V.Attempt.Seed + it.Key, Candidate: true, Link: p.link(r)})
	if f, ok := it.Kind.(item.Fingerprinter); ok && !s.present() {
		s.Changes = changes(f.Documents(it.Spec, v.V.Body(it)), f.Documents(it.Spec, s.State.Body))
	}
	return web.Show(w, r, statePage(s))
}

// changes are the files of two answers that differ.
func changes(before, after map[string]string) []diff.File {
	var out []diff.File
	for name := range union(before, after) {
		if before[name] != after[name] {
			out = append(out, diff.File{Path: name, Old: before[name], New: after[name]})
		}
	}
	slices.SortFunc(out, func(a, b diff.File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func union(a, b map[string]string) map[string]bool {
	out := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for name := range m {
			out[name] = true
		}
	}
	return out
}

type settler = func(ctx context.Context, who actor.Actor, s attempt.SittingID, revision string) error

type revisionForm struct {
	Revision string `form:"revision,required"`
}

func (p *Pages) restore(w http.ResponseWriter, r *http.Request) error {
	return p.settle(w, r, p.Attempts.Restore, "That state is the present one now. The one before is kept too.")
}

// leave keeps a branch without offering it any more.
func (p *Pages) leave(w http.ResponseWriter, r *http.Request) error {
	return p.settle(w, r, p.Attempts.Leave, "It stays among the earlier states of this answer.")
}

func (p *Pages) settle(w http.ResponseWriter, r *http.Request, do settler, toast string) error {
	var f revisionForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), web.Actor(r), v.Sitting.ID, f.Revision); err != nil {
		return err
	}
	return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key), toast)
}

// branches are what other devices had written of the item and nobody decided about yet.
func (v itemView) branches() []response.Revision {
	return slices.DeleteFunc(slices.Clone(v.V.Branches), func(r response.Revision) bool { return r.Item != v.Item.Key })
}

// writable says whether a state can be made the present one.
func (v itemView) writable() bool {
	return v.Sitting.Works(v.V.Now)
}
