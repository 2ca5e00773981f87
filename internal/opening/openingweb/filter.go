package openingweb

import (
	"net/http"
	"net/url"
	"slices"

	"candor/internal/actor"
	"candor/internal/board"
	"candor/internal/opening"
	"candor/internal/web"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/keys"
	"candor/internal/web/ui/table"
)

// states are the lists that a filter chooses from, sorts its orders.
var (
	states = options("", "Under way", string(opening.Us), "Our turn", string(opening.Fresh), "Their turn, link not opened", string(opening.Begun), "Their turn, link opened",
		string(opening.Stuck), "Stuck", string(opening.Openers), "Opened a link", string(opening.Senders), "Sent something", string(opening.Answered), "Got a reply", string(opening.Hires), "Hired",
		string(opening.Declines), "Declined", string(opening.Withdrawal), "Withdrew", string(opening.Invitees), "Everybody ever invited")
	sorts = options("", "Our turn first, waiting longest", string(opening.Longest), "Longest where they are", string(opening.Newest), "Newest where they are",
		string(opening.ByMark), "Automatic mark, highest first")
)

// letters are the keys of the list.
var letters = []keys.Key{{Letter: "j", Does: "next candidate"}, {Letter: "k", Does: "the one before"}, {Letter: "x", Does: "tick them"}, {Letter: "/", Does: "find"}}

// options are those of a select, value and text by turns.
func options(pairs ...string) []field.Option {
	var out []field.Option
	for p := range slices.Chunk(pairs, 2) {
		out = append(out, field.Option{Value: p[0], Text: p[1]})
	}
	return out
}

// act is a button of the bulk bar.
type act struct {
	Act  board.Act
	Text string
}

// actsOf are what the asker may do to many in an opening.
func actsOf(o opening.Opening, who actor.Actor) []act {
	var out []act
	for _, a := range []act{{board.Time, "Give more time"}, {board.Message, "Send message"}, {board.Assign, "Assign readers"}, {board.Tag, "Tag"}, {board.Advance, "Advance"}, {board.Decline, "Decline"}} {
		if board.May(o, who, a.Act) {
			out = append(out, a)
		}
	}
	return out
}

// chip is a filter that is on.
type chip struct{ Text, Href string }

func (v boardView) chips() []chip {
	var out []chip
	off := func(on bool, text string, change func(f *opening.Filter)) {
		if on {
			f := v.Filter
			change(&f)
			out = append(out, chip{text, v.at(f)})
		}
	}
	f := v.Filter
	off(f.Search != "", "“"+f.Search+"”", func(f *opening.Filter) { f.Search = "" })
	off(f.Stage != "", stageTitle(v.Stages, f.Stage), func(f *opening.Filter) { f.Stage = "" })
	off(f.Tag != "", "Tag: "+f.Tag, func(f *opening.Filter) { f.Tag = "" })
	off(f.Least > 0, "Automatic mark from "+itoa(f.Least)+" %", func(f *opening.Filter) { f.Least = 0 })
	off(f.Below > 0, "Automatic mark under "+itoa(f.Below)+" %", func(f *opening.Filter) { f.Below = 0 })
	off(f.Waited > 0, "Waits "+plural(f.Waited, "day")+" or longer", func(f *opening.Filter) { f.Waited = 0 })
	for _, s := range sorts[1:] {
		off(string(f.Sort) == s.Value, s.Text, func(f *opening.Filter) { f.Sort = opening.ByTurn })
	}
	for _, s := range states {
		off(string(f.View) == s.Value && (f.View == opening.Fresh || f.View == opening.Begun), s.Text, func(f *opening.Filter) { f.View = opening.UnderWay })
	}
	return out
}

// at is the address of the list under a filter.
func (v boardView) at(f opening.Filter) string {
	if q := f.Values(); len(q) > 0 {
		return v.Page.Path + "?" + q.Encode()
	}
	return v.Page.Path
}

// table is the head: what can be sorted leads there.
func (v boardView) table() table.View {
	sorted := func(s opening.Sort) string {
		f := v.Filter
		f.Sort = s
		return v.at(f)
	}
	mark := table.Column{Text: "Auto mark", Num: true, Sort: sorted(opening.ByMark)}
	when := table.Column{Text: "When", Sort: sorted(opening.Longest)}
	switch v.Filter.Sort {
	case opening.ByMark:
		mark.Order, mark.Sort = "descending", sorted(opening.ByTurn)
	case opening.Longest:
		when.Order, when.Sort = "ascending", sorted(opening.Newest)
	case opening.Newest:
		when.Order, when.Sort = "descending", sorted(opening.ByTurn)
	}
	out := table.View{Caption: "Candidates, those who wait for us first", Class: "board", Columns: []table.Column{{Text: "Candidate"}, {Text: "Parts"}, {Text: "Status"}, {Text: "Scored", Num: true}, mark, when, {Text: "Reviewers"}}}
	if v.Filter.Sort != opening.ByTurn {
		out.Caption = "Candidates in the order that was chosen"
	}
	if len(v.Acts) > 0 {
		out.Pick = "pick"
	}
	return out
}

func (v boardView) stageOptions() []field.Option {
	out := []field.Option{{Text: "Every stage"}}
	for _, s := range v.Stages {
		out = append(out, field.Option{Value: string(s.ID), Text: s.Title + " (" + itoa(v.Figures.ByStage[s.ID]) + ")"})
	}
	return out
}

func (v boardView) tagOptions() []field.Option {
	out := []field.Option{{Text: "Any, or none"}}
	for _, t := range v.Tags {
		out = append(out, field.Option{Value: t, Text: t})
	}
	return out
}

// some is a number of a filter; nothing for 0.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// saveForm keeps a view.
type saveForm struct {
	Name   string `max:"80"`
	Filter string `max:"2000"`
	Shared bool
}

func (p *Pages) saveView(w http.ResponseWriter, r *http.Request) error {
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	var f saveForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	q, err := url.ParseQuery(f.Filter)
	if err != nil {
		return web.ErrForm
	}
	filter := opening.ReadFilter(q)
	if err := p.Openings.SaveView(r.Context(), web.Actor(r), o.ID, f.Name, filter, f.Shared); err != nil {
		return err
	}
	here := boardView{Page: web.Page{Path: p.path(r, o.ID)}}
	return web.Redirect(w, r, here.at(filter), "The view is kept. What you typed to find somebody is not part of it.")
}

func (p *Pages) dropView(w http.ResponseWriter, r *http.Request) error {
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	if err := p.Openings.DropView(r.Context(), web.Actor(r), r.PathValue("view")); err != nil {
		return err
	}
	return web.Redirect(w, r, p.path(r, o.ID), "The view is gone.")
}
