package boardweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"candor/internal/board"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

// actForm is an act on those who were ticked; what is not filled in yet is asked for on the page.
type actForm struct {
	Act      string   `max:"20"`
	Pick     []string `max:"500"`
	Key      string   `max:"40"`
	Reason   string   `max:"500"`
	FinishBy string   `max:"40"`
	Zone     string   `max:"64"`
	Title    string   `max:"100"`
	Text     string   `max:"4000"`
	Reader   string   `max:"40"`
	Tag      string   `max:"60"`
	Off      bool     // takes the tag off
}

type bulkView struct {
	Page    web.Page
	Here    string // the opening's address
	Opening opening.Opening
	Form    actForm
	Lines   []board.Line
	Left    int // who was ticked and cannot be acted on by name
	Stages  map[opening.StageID]string
	Readers []field.Option
	Tags    []string
	Problem *problem.Problem
	Results []board.Result
}

// look shows the names and the number before anything happens. Declining has a page of its own.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	var f actForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	if f.Act == "decline" && len(f.Pick) > 0 {
		return web.Redirect(w, r, here(r)+"/decline?"+url.Values{"pick": f.Pick}.Encode(), "")
	}
	f.Key = web.Once()
	return p.show(w, r, f, nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, f actForm, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	lines, err := p.Boards.Look(ctx, who, openingOf(r), board.Act(f.Act), picked(f.Pick))
	if err != nil {
		return err
	}
	op, err := p.Boards.Openings.Load(ctx, who, openingOf(r))
	if err != nil {
		return err
	}
	v := bulkView{Page: web.PageOf(r, titles[board.Act(f.Act)].title), Here: here(r), Opening: op, Form: f, Lines: lines, Left: len(f.Pick) - len(lines)}
	if v.Form.Zone == "" {
		v.Form.Zone = v.Page.Zone.String()
	}
	if v.Form.FinishBy == "" && v.Form.Act == string(board.Time) {
		v.Form.FinishBy = v.Page.Now.In(v.Page.Zone).AddDate(0, 0, 8).Truncate(24 * time.Hour).Add(-time.Minute).Format(opening.LocalForm)
	}
	s, err := p.Boards.Surroundings(ctx, who, op)
	if err != nil {
		return err
	}
	v.Stages, v.Tags, v.Readers = s.Stages, s.Tags, readers(s.Readers)
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, bulkPage(v))
}

func readers(list []org.Member) []field.Option {
	out := []field.Option{{Text: "Whoever has least to read"}}
	for _, m := range list {
		out = append(out, field.Option{Value: m.ID, Text: m.Name})
	}
	return out
}

// do acts and shows of each what became of it.
func (p *Pages) do(w http.ResponseWriter, r *http.Request) error {
	var f actForm
	err := web.ReadForm(r, &f)
	d := board.Order{Act: board.Act(f.Act), Key: f.Key, Reason: f.Reason, Title: f.Title, Text: f.Text, Reader: f.Reader, Tag: f.Tag}
	if d.Act == board.Tag && f.Off {
		d.Act = board.Untag
	}
	if err == nil && (d.Act == board.Time || d.Act == board.Advance && f.FinishBy != "") {
		d.By, err = opening.ReadLocal(f.FinishBy, f.Zone)
	}
	if err != nil {
		return p.show(w, r, f, err)
	}
	results, err := p.Boards.Do(r.Context(), web.Actor(r), openingOf(r), picked(f.Pick), d)
	if err != nil {
		return p.show(w, r, f, err)
	}
	return p.became(w, r, titles[d.Act].done, results)
}

// undoForm is what can still be taken back.
type undoForm struct {
	Decision []string `max:"500"`
	Mail     []string `max:"500"`
	Reason   string   `max:"500"`
}

func (p *Pages) undo(w http.ResponseWriter, r *http.Request) error {
	var f undoForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	op, err := p.Boards.Openings.Load(r.Context(), web.Actor(r), openingOf(r))
	if err != nil {
		return err
	}
	if !board.May(op, web.Actor(r), board.Message) {
		return opening.ErrRole
	}
	done, told, err := p.Boards.Undo(r.Context(), web.Actor(r), f.Decision, f.Mail, f.Reason)
	if err != nil {
		return err
	}
	text := people(done) + " taken back. Drafts are there again."
	if told > 0 {
		text = people(done) + " taken back. For " + people(told) + " it was too late, or not yours to take back."
	}
	return web.Redirect(w, r, here(r), text)
}

type resultView struct {
	Page    web.Page
	Here    string
	Opening opening.Opening
	Results []board.Result
}

// isMail says that what can be taken back is a mail, not a decision.
func isMail(r board.Result) bool { return strings.HasPrefix(r.Undo, "mal_") }

// Count says how many were done, or not.
func (v resultView) count(done bool) int {
	n := 0
	for _, x := range v.Results {
		if x.Done == done {
			n++
		}
	}
	return n
}

func (p *Pages) became(w http.ResponseWriter, r *http.Request, title string, results []board.Result) error {
	op, err := p.Boards.Openings.Load(r.Context(), web.Actor(r), openingOf(r))
	if err != nil {
		return err
	}
	v := resultView{Page: web.PageOf(r, title), Here: here(r), Opening: op, Results: results}
	return web.Show(w, r, resultPage(v))
}

// titles are the words of an act: over its page, on its button, over what became of it.
var titles = map[board.Act]struct{ title, button, done string }{
	board.Time:    {"Give more time", "Give the time", "More time"},
	board.Message: {"Send a message", "Send the message", "Your message"},
	board.Assign:  {"Assign readers", "Assign readers", "Readers"},
	board.Tag:     {"Tag", "Change the tag", "Tagged"},
	board.Untag:   {"Tag", "Change the tag", "Tag taken off"},
	board.Advance: {"Advance", "Advance them", "Advanced"},
}

func people(n int) string {
	if n == 1 {
		return "1 candidate"
	}
	return strconv.Itoa(n) + " candidates"
}

// hears says when somebody hears of it.
func hears(t time.Time, now time.Time, zone *time.Location) string {
	if t.IsZero() || !t.After(now) {
		return ""
	}
	return "hears on " + t.In(zone).Format("Mon 2 Jan, 15:04")
}
