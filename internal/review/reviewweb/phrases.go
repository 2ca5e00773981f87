package reviewweb

import (
	"net/http"
	"slices"

	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
)

// phrasesView is a member's phrases and everybody's.
type phrasesView struct {
	Page    web.Page
	Base    string
	Mine    []review.Phrase
	Shared  []review.Phrase
	Shares  bool // the asker may change everybody's
	Typed   review.Phrase
	At      review.PhraseID // which one what was typed and the problem belong to; "" the new one
	Problem *problem.Problem
	Fields  map[string]string
}

func (p *Pages) phrases(w http.ResponseWriter, r *http.Request) error {
	return p.showPhrases(w, r, review.Phrase{Criterion: r.URL.Query().Get("criterion")}, nil)
}

func (p *Pages) showPhrases(w http.ResponseWriter, r *http.Request, typed review.Phrase, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v := phrasesView{Page: web.PageOf(r, "Phrases"), Base: base(r) + "/phrases", Shares: org.May(web.Actor(r), "review.phrases"), Typed: typed, At: typed.ID, Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	}
	all, lerr := p.Reviews.Phrases(r.Context(), web.Actor(r))
	if lerr != nil {
		return lerr
	}
	for _, x := range all {
		if x.ID == typed.ID {
			x.Text, x.Criterion = typed.Text, typed.Criterion
		}
		if x.Shared {
			v.Shared = append(v.Shared, x)
		} else {
			v.Mine = append(v.Mine, x)
		}
	}
	return web.ShowWith(w, r, err, phrasesPage(v))
}

type phraseForm struct {
	Text      string `max:"4000"`
	Criterion string `max:"400"`
	Shared    bool
	Step      string `max:"10"` // save, remove
}

func (p *Pages) addPhrase(w http.ResponseWriter, r *http.Request) error {
	var f phraseForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	typed := review.Phrase{Text: f.Text, Criterion: f.Criterion, Shared: f.Shared}
	if _, err := p.Reviews.AddPhrase(r.Context(), web.Actor(r), typed); err != nil {
		return p.showPhrases(w, r, typed, err)
	}
	return web.Redirect(w, r, base(r)+"/phrases", "The phrase is kept. It stands on every scorecard with that criterion.")
}

func (p *Pages) changePhrase(w http.ResponseWriter, r *http.Request) error {
	var f phraseForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	typed := review.Phrase{ID: review.PhraseID(r.PathValue("phrase")), Text: f.Text, Criterion: f.Criterion}
	if f.Step == "remove" {
		if err := p.Reviews.RemovePhrase(r.Context(), web.Actor(r), typed.ID); err != nil {
			return err
		}
		return web.Redirect(w, r, base(r)+"/phrases", "The phrase is removed. What was written with it stays.")
	}
	if err := p.Reviews.ChangePhrase(r.Context(), web.Actor(r), typed); err != nil {
		return p.showPhrases(w, r, typed, err)
	}
	return web.Redirect(w, r, base(r)+"/phrases", "The phrase is changed.")
}

// fitting are the phrases of a card: those of its criteria, and those of any.
func (v cardView) fitting(all []review.Phrase) []review.Phrase {
	return slices.DeleteFunc(all, func(p review.Phrase) bool {
		return !slices.ContainsFunc(v.Rows, func(c criterion) bool { return p.Fits(c.Scale.Title) })
	})
}
