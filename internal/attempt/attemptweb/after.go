package attemptweb

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"
)

func (p *Pages) showSent(w http.ResponseWriter, r *http.Request, f frame, part assessment.Part, s attempt.Sitting, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	list, err2 := p.Attempts.Sent(r.Context(), web.Actor(r))
	if err2 != nil {
		return err2
	}
	v := sentView{frame: f, Part: part, Sitting: s, Problem: prob}
	if v.Coming, err2 = p.coming(r, f, part, s); err2 != nil {
		return err2
	}
	for _, it := range part.Items {
		row := sentRow{Title: it.Head.Title}
		for _, x := range list {
			if x.Key == it.Key {
				row.Size, row.Hash = x.Size, x.SHA256
			}
		}
		v.Rows = append(v.Rows, row)
		for _, x := range list {
			if x.Key == attempt.DisclosureKey(it.Key) {
				v.Rows = append(v.Rows, sentRow{Title: f.t("say_row", "task", it.Head.Title), Size: x.Size, Hash: x.SHA256})
			}
		}
	}
	return web.ShowWith(w, r, err, sentPage(v))
}

func (p *Pages) note(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "")
	if err != nil {
		return err
	}
	part, s, err := p.sitting(r, f)
	if err != nil {
		return err
	}
	f.Page.Title = part.Title
	var in struct {
		Note string `form:"note" max:"2000"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return p.showSent(w, r, f, part, s, err)
	}
	if err := p.Attempts.Afterword(r.Context(), web.Actor(r), part.Key, in.Note); err != nil {
		return p.showSent(w, r, f, part, s, err)
	}
	return web.Redirect(w, r, partPath(part.Key), "Your note is kept.")
}

// unclear keeps what the candidate says is wrong with a question about their work.
func (p *Pages) unclear(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	if v.Part.Key != attempt.ExplainPart {
		return attempt.ErrQuestionOver
	}
	var in struct {
		Unclear string `form:"unclear" max:"1000"`
	}
	err = web.ReadForm(r, &in)
	if err == nil {
		err = p.Attempts.NotClear(r.Context(), web.Actor(r), v.Item.Key, in.Unclear)
	}
	if err != nil {
		return p.showItem(w, r, v, v.V.Body(v.Item), err)
	}
	return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key), v.t("unclear_kept"))
}

func (p *Pages) status(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "Where it stands")
	if err != nil {
		return err
	}
	if err := p.asks(r, &f); err != nil {
		return err
	}
	v := statusView{frame: f}
	if p.Reply != nil {
		if v.Reply, err = p.Reply(r.Context(), web.Actor(r), f.V.Attempt.Application); err != nil {
			return err
		}
	}
	if p.Again != nil && v.Reply.Body != nil {
		if v.Again, err = p.Again(r.Context(), web.Actor(r), f.Page.Lang, f.Page.Zone); err != nil {
			return err
		}
	}
	return web.Show(w, r, statusPage(v))
}

func (p *Pages) time(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "Your time")
	if err != nil {
		return err
	}
	list, err := p.Attempts.Ledger(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Show(w, r, timePage(timeView{f, list}))
}

func (p *Pages) timeTable(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Attempts.Ledger(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="your-time.csv"`)
	c := csv.NewWriter(w)
	c.Write([]string{"at_utc", "part", "opened", "what", "seconds", "by", "in_words", "why"})
	text := locale.For(web.PageOf(r, "").Lang)
	for _, e := range list {
		c.Write([]string{e.At.Format(time.RFC3339Nano), e.Part, strconv.Itoa(e.Epoch), e.Kind, strconv.FormatInt(e.Seconds, 10), string(e.By.Kind), text.T("ledger." + e.Kind), cell(e.Why)})
	}
	c.Flush()
	return c.Error()
}

// cell is a text that people typed as a table keeps it: no program takes it for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (p *Pages) device(w http.ResponseWriter, r *http.Request) error {
	return p.showDevice(w, r, "")
}

// deviceCode makes six digits at the press of a button: looking at a page makes nothing.
func (p *Pages) deviceCode(w http.ResponseWriter, r *http.Request) error {
	digits, err := p.Openings.DeviceCode(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return p.showDevice(w, r, digits)
}

func (p *Pages) showDevice(w http.ResponseWriter, r *http.Request, digits string) error {
	f, err := p.frame(r, "Continue on another device")
	if err != nil {
		return err
	}
	return web.Show(w, r, devicePage(deviceView{f, digits}))
}

func (p *Pages) adjust(w http.ResponseWriter, r *http.Request) error {
	return p.showAdjust(w, r, "", nil)
}

func (p *Pages) showAdjust(w http.ResponseWriter, r *http.Request, wish string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	f, err2 := p.frame(r, "Change how you take this")
	if err2 != nil {
		return err2
	}
	v := adjustView{frame: f, Wish: wish, Problem: prob}
	if f.V.Adjusted.Waits() {
		err := p.Attempts.DB.Read(r.Context(), f.Org.ID, func(tx db.Tx) (err error) {
			v.AnswerBy, err = p.Attempts.AnswerBy(r.Context(), tx, f.V.Adjusted.Asked)
			return err
		})
		if err != nil {
			return err
		}
	}
	return web.ShowWith(w, r, err, adjustPage(v))
}

func (p *Pages) adjusted(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Factor int `form:"factor" min:"1000" max:"10000"`
		Breaks int `form:"breaks" min:"0" max:"240"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return p.showAdjust(w, r, "", err)
	}
	who := web.Actor(r)
	if err := p.Attempts.Adjust(r.Context(), who, who.Subject, candidate.Time{Factor: in.Factor, Breaks: in.Breaks}); err != nil {
		return p.showAdjust(w, r, "", err)
	}
	return web.Redirect(w, r, "/c/adjust", "It is in every clock of yours from now on.")
}

func (p *Pages) asked(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Wish string `form:"wish" max:"2000"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return p.showAdjust(w, r, in.Wish, err)
	}
	who := web.Actor(r)
	if err := p.Attempts.Ask(r.Context(), who, in.Wish); err != nil {
		return p.showAdjust(w, r, in.Wish, err)
	}
	return web.Redirect(w, r, "/c/adjust", "Asked. You hear within 2 working days.")
}

// byKey is the key of the words for who changed a clock.
func byKey(k actor.Kind) string { return "ledger.by_" + string(k) }
