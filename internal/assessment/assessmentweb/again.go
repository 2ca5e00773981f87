package assessmentweb

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/run"
	"candor/internal/web"
)

// againView is what a new run of every submitted answer to one item would change.
type againView struct {
	Page     web.Page
	V        *assessment.Version
	Item     assessment.PartItem
	Versions []assessment.VersionInfo // by whose tests it can be run: those of the assessment, newest first
	By       string
	List     []attempt.Change
	Problem  *problem.Problem
}

func (v againView) here() string {
	return base(v.Page) + "/versions/" + string(v.V.ID) + "/items/" + v.Item.Key + "/again"
}

// counts are how many are through, wait, failed by our fault, and would change.
func (v againView) counts() (done, waiting, failed, differ int) {
	for _, c := range v.List {
		switch c.State {
		case run.Done:
			done++
		case run.Queued, run.Running:
			waiting++
		case run.Failed:
			failed++
		}
		if c.Differs() {
			differ++
		}
	}
	return done, waiting, failed, differ
}

// say is where it stands in one sentence.
func (v againView) say() string {
	done, waiting, failed, differ := v.counts()
	switch {
	case len(v.List) == 0:
		return "Nobody has sent an answer to this item yet."
	case waiting > 0:
		return fmt.Sprintf("%d of %d answers are judged anew.", done, done+waiting+failed)
	case done+failed == 0:
		return fmt.Sprintf("%d answers can be judged anew. Nothing changes before you accept it.", len(v.List))
	case failed > 0:
		return fmt.Sprintf("%d of %d marks would change. %d answers could not be judged by our fault; they stay as they are.", differ, len(v.List), failed)
	}
	return fmt.Sprintf("%d of %d marks would change.", differ, len(v.List))
}

func (v againView) press() string {
	if confirms(v.Item) {
		return fmt.Sprintf("Compare %d marks", len(v.List))
	}
	return fmt.Sprintf("Judge %d answers anew", len(v.List))
}

func (v againView) byWhat() string {
	if confirms(v.Item) {
		return "By what is seeded in"
	}
	return "By the tests of"
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }

func old(m attempt.MarkState) string {
	if m.State != "done" {
		return "none"
	}
	return percent(m.Share) + ", " + m.Why
}

// runs says whether an item's marks come from runs.
func runs(it assessment.PartItem) bool {
	_, ok := it.Kind.(item.LateMarker)
	return ok
}

// confirms says whether people have the last word on an item's marks. Then they can be made anew by another version at once.
func confirms(it assessment.PartItem) bool {
	_, ok := it.Kind.(item.Confirmer)
	return ok
}

func (p *Pages) again(w http.ResponseWriter, r *http.Request) error {
	return p.showAgain(w, r, nil)
}

func (p *Pages) showAgain(w http.ResponseWriter, r *http.Request, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, err2 := p.load(r)
	if err2 != nil {
		return err2
	}
	it, _, ok := v.Item(r.PathValue("item"))
	if !ok {
		return assessment.ErrMissing
	}
	by := v.ID
	var list []attempt.Change
	if confirms(it) {
		if q := r.URL.Query().Get("by"); q != "" {
			by = assessment.VersionID(q)
		}
		list, err2 = p.Attempts.Remarks(r.Context(), web.Actor(r), v.ID, by, it.Key)
		if other, ok := problem.As(err2); ok && err == nil {
			prob, err, err2 = other, other, nil
		}
	} else {
		list, err2 = p.Attempts.Changes(r.Context(), web.Actor(r), v.ID, it.Key)
	}
	if err2 != nil {
		return err2
	}
	_, versions, err2 := p.Assessments.Versions(r.Context(), web.Actor(r), v.Assessment)
	if err2 != nil {
		return err2
	}
	return web.ShowWith(w, r, err, againPage(againView{web.PageOf(r, "Judge anew: "+it.Head.Title), v, it, versions, string(by), list, prob}))
}

func (p *Pages) rejudge(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		By string `form:"by" max:"60"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.showAgain(w, r, err)
	}
	v := assessment.VersionID(r.PathValue("version"))
	by := assessment.VersionID(f.By)
	if by == "" {
		by = v
	}
	if version, err := p.load(r); err != nil {
		return err
	} else if it, _, ok := version.Item(r.PathValue("item")); ok && confirms(it) {
		return web.Redirect(w, r, r.URL.Path+"?by="+url.QueryEscape(string(by)), "")
	}
	n, err := p.Attempts.Rejudge(r.Context(), web.Actor(r), v, by, r.PathValue("item"))
	if errors.Is(err, assessment.ErrMissing) {
		return p.showAgain(w, r, problem.Field("by", "That version has no such item."))
	}
	if err != nil {
		return p.showAgain(w, r, err)
	}
	return web.Redirect(w, r, r.URL.Path, fmt.Sprintf("%d answers are being judged anew. Nothing has changed yet.", n))
}

func (p *Pages) accept(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		By string `form:"by" max:"60"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.showAgain(w, r, err)
	}
	v, key := assessment.VersionID(r.PathValue("version")), r.PathValue("item")
	version, err := p.load(r)
	if err != nil {
		return err
	}
	n := 0
	if it, _, ok := version.Item(key); ok && confirms(it) {
		n, err = p.Attempts.Remark(r.Context(), web.Actor(r), v, assessment.VersionID(f.By), key)
	} else {
		n, err = p.Attempts.Accept(r.Context(), web.Actor(r), v, key)
	}
	if err != nil {
		return p.showAgain(w, r, err)
	}
	return web.Redirect(w, r, base(web.PageOf(r, ""))+"/versions/"+r.PathValue("version")+"/items/"+r.PathValue("item")+"/again", fmt.Sprintf("%d marks changed. Scorecards stay as they are.", n))
}
