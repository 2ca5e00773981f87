package openingweb

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/chart"
	"candor/internal/web/ui/funnel"
	"candor/internal/web/ui/seg"
)

type boardView struct {
	Page    web.Page
	Opening opening.Opening
	Manage  bool
	Reads   bool // the list; people who are only in the pool see none
	Stages  []opening.Stage
	Figures opening.Figures
	Filter  opening.Filter
	Rows    []rowView
	Next    string // address of the next page
	Contact string
	Weeks   chart.View // empty before the second week
	Tags    []string   // those of the opening
	Views   []opening.SavedView
	Acts    []act             // what the asker may do to many
	Asks    []opening.TimeAsk // of candidates who want more time, and whom the asker may answer
}

// rowView is one line as this asker may see it.
type rowView struct {
	Href, Name, Under  string // Href is "" for a blind row: its address would tell the order of application
	Blind              bool
	Stage              string
	Tone, Icon, Status string
	Note               string // when
	Parts, Done        int
	Wanted, Filed      int
	Readers            []string
	Overdue            bool
	ID                 opening.ApplicationID
	Pick               bool   // it can be ticked
	Mark               string // mean of the automatic marks, "82 %"; "" none
	Tags               []string
	Ask                opening.TimeAsk // they wait for an answer to it; zero: they do not
}

// pageSize is how many rows a page has.
const pageSize = 50

func (p *Pages) board(w http.ResponseWriter, r *http.Request) error {
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	who := web.Actor(r)
	v := boardView{Page: web.PageOf(r, o.Title), Opening: o, Manage: o.MayManage(who), Reads: o.SeesBoard(who), Filter: opening.ReadFilter(r.URL.Query()), Acts: actsOf(o, who)}
	v.Filter.Most = pageSize
	err = p.read(r, func(tx db.Tx) error { return p.fill(r, tx, who, &v) })
	if err != nil {
		return err
	}
	return web.Show(w, r, boardPage(v))
}

// fill reads one page of the board: a number of queries that does not grow with the applications.
func (p *Pages) fill(r *http.Request, tx db.Tx, who actor.Actor, v *boardView) error {
	ctx, o := r.Context(), v.Opening
	var err error
	if v.Stages, err = p.Openings.Stages(ctx, tx, o.ID); err != nil {
		return err
	}
	members, err := p.names(ctx, tx)
	if err != nil {
		return err
	}
	v.Contact = members[o.Contact].Name
	if !v.Reads {
		return nil
	}
	if v.Figures, err = p.Openings.Figures(ctx, tx, o.ID); err != nil {
		return err
	}
	if v.Weeks, err = p.weeks(ctx, tx, v); err != nil {
		return err
	}
	if err := p.beside(ctx, tx, who, v); err != nil {
		return err
	}
	if v.Asks, err = p.Openings.OpenTimeAsks(ctx, tx, who, o); err != nil {
		return err
	}
	asks := map[opening.ApplicationID]opening.TimeAsk{}
	for _, a := range v.Asks {
		asks[a.Application], v.Filter.First = a, append(v.Filter.First, a.Application)
	}
	v.Figures.Us += len(asks) // they wait for us, too; nobody of them has sent anything
	b, err := p.Openings.Page(ctx, tx, o.ID, v.Filter)
	if err != nil {
		return err
	}
	if b.Next != "" {
		v.Next = v.link(func(q url.Values) { q.Set("after", b.Next) })
	}
	ids := make([]opening.ApplicationID, len(b.Rows))
	for i, row := range b.Rows {
		ids[i] = row.ID
	}
	hidden, err := p.Reviews.Hidden(ctx, tx, who, ids)
	if err != nil {
		return err
	}
	parts, err := p.Attempts.Standings(ctx, tx, ids)
	if err != nil {
		return err
	}
	reading, err := p.Reviews.Readings(ctx, tx, o.ID, ids)
	if err != nil {
		return err
	}
	tags, err := p.Openings.TagsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	refused := map[opening.InvitationID]string{}
	if p.mails() {
		invitations := make([]opening.InvitationID, len(b.Rows))
		for i, row := range b.Rows {
			invitations[i] = row.Invitation
		}
		if refused, err = p.Notify.RefusedInvitations(ctx, tx, invitations); err != nil {
			return err
		}
	}
	chosen := map[opening.Offer]string{}
	for _, row := range b.Rows {
		code, blind := hidden[row.ID]
		if blind && v.Filter.Names() && row.ID != v.Filter.Coded {
			continue // found or placed by what the asker must not learn
		}
		if blind {
			row.Waits, row.Mark = time.Time{}, -1 // whoever still has to score it learns of no case
		}
		x := drawn(row, parts[row.ID], reading[row.ID], v.Page.Now, v.Page.Zone)
		if _, no := refused[row.Invitation]; no && row.Status == opening.Active && row.Opened.IsZero() && !row.Revoked {
			x.Tone, x.Icon, x.Status, x.Note = "bad", "mail-x", "Mail was refused", "Correct the address"
		}
		if x.Stage, err = p.stageOf(ctx, who.Org, v.Stages, row, chosen); err != nil {
			return err
		}
		if ask, waits := asks[row.ID]; waits {
			x.Tone, x.Icon, x.Status, x.Ask, x.Note = "warn", "hourglass", "Asks for more time", ask, "Asked "+ask.Asked.In(v.Page.Zone).Format("Mon 2 Jan")
		}
		for _, m := range reading[row.ID].Members {
			x.Readers = append(x.Readers, members[m].Name)
		}
		switch {
		case blind:
			x.Blind, x.Name, x.Under, x.Note, x.Readers, x.Parts = true, "Candidate "+code, "Name hidden: you review this", "", nil, 0
		case row.Name == "":
			x.Name = "Erased candidate"
		default:
			x.Name, x.Href, x.Tags, x.Pick = row.Name, "/o/"+r.PathValue("org")+"/applications/"+string(row.ID), tags[row.ID], len(v.Acts) > 0
			if o.SeesAddresses(who) {
				x.Under = row.Email
			}
		}
		v.Rows = append(v.Rows, x)
	}
	return nil
}

// beside reads what stands around the list, and who is meant by a code that was typed: those who run or decide the opening find
// anybody by it, others whom they know by nothing else.
func (p *Pages) beside(ctx context.Context, tx db.Tx, who actor.Actor, v *boardView) (err error) {
	o := v.Opening
	if v.Tags, err = p.Openings.KnownTags(ctx, tx, o.ID); err != nil {
		return err
	}
	if v.Views, err = p.Openings.Views(ctx, tx, who, o.ID); err != nil {
		return err
	}
	if typed := strings.ToUpper(v.Filter.Search); code.MatchString(typed) {
		if v.Filter.Coded, err = p.Reviews.Coded(ctx, tx, o.ID, review.Code(typed)); err != nil || v.Filter.Coded == "" {
			return err
		}
		hidden, err := p.Reviews.Hidden(ctx, tx, who, []opening.ApplicationID{v.Filter.Coded})
		if err != nil {
			return err
		}
		if _, blind := hidden[v.Filter.Coded]; !blind && !v.Manage && !o.MayDecide(who) {
			v.Filter.Coded = ""
		}
	}
	return nil
}

// code is what a reader knows somebody by.
var code = regexp.MustCompile(`^[A-Z0-9]{4,8}$`)

// weeks is the chart of the last six weeks, from Monday to Sunday where the asker is.
func (p *Pages) weeks(ctx context.Context, tx db.Tx, v *boardView) (chart.View, error) {
	const n = 6
	y, m, d := v.Page.Now.In(v.Page.Zone).Date()
	monday := time.Date(y, m, d-(int(v.Page.Now.In(v.Page.Zone).Weekday())+6)%7, 0, 0, 0, 0, v.Page.Zone)
	from := monday.AddDate(0, 0, -7*(n-1))
	sent, opened, err := p.Openings.Weekly(ctx, tx, v.Opening.ID, from, n)
	if err != nil {
		return chart.View{}, err
	}
	c := chart.View{First: sent, Second: opened, FirstName: "Sent", SecondName: "Opened"}
	for i := range n {
		c.Labels = append(c.Labels, from.AddDate(0, 0, 7*i).Format("2 Jan"))
	}
	c.Sentence = "Submissions in each of the last six weeks: " + commas(sent) + ". Links opened: " + commas(opened) + "."
	return c, nil
}

func commas(in []int) string {
	out := make([]string, len(in))
	for i, n := range in {
		out[i] = itoa(n)
	}
	return strings.Join(out, ", ")
}

// stageOf says at which stage a row is, and what they chose there; titles remembers what offers are called.
func (p *Pages) stageOf(ctx context.Context, org string, stages []opening.Stage, r opening.Row, titles map[opening.Offer]string) (string, error) {
	what := ""
	switch _, known := titles[r.Chosen]; {
	case r.Choosing:
		what = "has not chosen yet"
	case r.Chosen == opening.Offer{}:
	case known:
		what = titles[r.Chosen]
	default:
		d, err := p.Openings.Describe(ctx, org, r.Chosen)
		if _, gone := problem.As(err); err != nil && !gone {
			return "", err
		}
		what, titles[r.Chosen] = d.Title, d.Title
	}
	out := stageTitle(stages, r.Stage)
	if out != "" && what != "" {
		out += ": "
	}
	return out + what, nil
}

func stageTitle(stages []opening.Stage, s opening.StageID) string {
	if len(stages) < 2 {
		return ""
	}
	i := slices.IndexFunc(stages, func(x opening.Stage) bool { return x.ID == s })
	if i < 0 {
		return ""
	}
	return stages[i].Title
}

// drawn says in words where a row stands and whose turn it is. How much time somebody used is in none of them.
func drawn(r opening.Row, a attempt.Standing, n review.Reading, now time.Time, zone *time.Location) rowView {
	x := rowView{ID: r.ID, Parts: a.Parts, Done: a.Ended, Wanted: n.Wanted, Filed: n.Filed}
	if r.Mark >= 0 {
		x.Mark = itoa(r.Mark) + " %"
	}
	day := func(t time.Time) string { return t.In(zone).Format("Mon 2 Jan") }
	switch {
	case r.Status == opening.Hired:
		x.Tone, x.Icon, x.Status, x.Note = "ok", "check", "Hired", day(r.Moved)
	case r.Status == opening.Declined:
		x.Icon, x.Status, x.Note = "circle-check", "Declined", "Replied "+day(r.Moved)
	case r.Status == opening.Withdrawn:
		x.Icon, x.Status, x.Note = "undo-2", "Withdrew", day(r.Moved)
	case r.Owed() && r.Waits.After(now) && !r.Due.Before(now):
		x.Icon, x.Status = "message-circle-question-mark", "A question is open"
		x.Note = "The candidate’s turn until " + day(r.Waits.Add(-time.Millisecond))
	case r.Owed() && r.Due.Before(now):
		x.Tone, x.Icon, x.Status, x.Overdue = "bad", "circle-alert", "Reply is late", true
		x.Note = "Promised by " + day(r.Due.Add(-time.Millisecond))
	case r.Owed() && n.Wanted > 0 && n.Filed < n.Wanted:
		x.Tone, x.Icon, x.Status = "accent", "eye", "In review"
		x.Note = "Reply by " + day(r.Due.Add(-time.Millisecond))
	case r.Owed():
		x.Tone, x.Icon, x.Status = "warn", "hourglass", "Waiting for a decision"
		x.Note = "Reply by " + day(r.Due.Add(-time.Millisecond))
	case r.Revoked:
		x.Tone, x.Icon, x.Status, x.Note = "bad", "link", "Link taken back", "Send a new one"
	case r.SentHere():
		x.Tone, x.Icon, x.Status, x.Note = "warn", "flag", "Next step is yours", "Replied "+day(r.Replied)
	case now.After(r.FinishBy):
		x.Tone, x.Icon, x.Status, x.Note = "bad", "clock", "Window is over", "Ended "+day(r.FinishBy)
	case a.Started > 0:
		x.Icon, x.Status, x.Note = "circle-dot", "In progress", "Until "+day(r.FinishBy)
	case !r.Opened.IsZero():
		x.Icon, x.Status, x.Note = "book-open", "Opened", "Until "+day(r.FinishBy)
	default:
		x.Icon, x.Status, x.Note = "mail", "Invited", "Until "+day(r.FinishBy)
	}
	return x
}

// link is this page with something of its address changed; pages begin anew.
func (v boardView) link(change func(q url.Values)) string {
	q := v.Filter.Values()
	change(q)
	for key, values := range q {
		if values[0] == "" {
			q.Del(key)
		}
	}
	if len(q) == 0 {
		return v.Page.Path
	}
	return v.Page.Path + "?" + q.Encode()
}

func (v boardView) show(view opening.View) string {
	return v.link(func(q url.Values) { q.Set("view", string(view)) })
}

func (v boardView) funnel() []funnel.Stage {
	f := v.Figures
	percent := func(n int) int {
		if f.Invited == 0 {
			return 0
		}
		return (n*100 + f.Invited/2) / f.Invited
	}
	out := []funnel.Stage{{Name: "Invited", Count: f.Invited, Note: "since " + v.Opening.Created.In(v.Page.Zone).Format("2 Jan"), Percent: percent(f.Invited), Href: v.show(opening.Invitees), On: v.Filter.View == opening.Invitees}}
	for _, s := range []struct {
		name string
		n    int
		view opening.View
	}{{"Opened", f.Opened, opening.Openers}, {"Sent", f.Sent, opening.Senders}, {"Answered", f.Answered, opening.Answered}, {"Hired", f.Hired, opening.Hires}} {
		out = append(out, funnel.Stage{Name: s.name, Count: s.n, Note: itoa(percent(s.n)) + "% of invited", Percent: percent(s.n), Href: v.show(s.view), On: v.Filter.View == s.view})
	}
	return out
}

func (v boardView) views() seg.View {
	f := v.Figures
	option := func(text string, n int, view opening.View) seg.Option {
		return seg.Option{Text: text, Count: itoa(n), Href: v.show(view), On: v.Filter.View == view}
	}
	out := seg.View{Label: "Which candidates", Options: []seg.Option{option("Under way", f.Active, opening.UnderWay), option("Need us", f.Us, opening.Us), option("Stuck", f.Stuck, opening.Stuck)}}
	for _, more := range []struct {
		text string
		n    int
		view opening.View
	}{{"Declined", f.Declined, opening.Declines}, {"Withdrew", f.Withdrawn, opening.Withdrawal}} {
		if more.n > 0 {
			out.Options = append(out.Options, option(more.text, more.n, more.view))
		}
	}
	return out
}

// attention is the one note of the page: what is late, else what is due, else who is stuck.
func (v boardView) attention() (tone, icon, title, text, href string) {
	f, promised := v.Figures, "You promised "+plural(v.Opening.ReplyDays, "working day")+"."
	switch {
	case v.Filter.Search != "" || v.Filter.After != "":
		return "", "", "", "", ""
	case f.LateNow > v.Opening.MostLate:
		return "warn", "hourglass", plural(f.LateNow, "promise") + " late: nobody new is invited above " + itoa(v.Opening.MostLate) + ".", "Answer them first, or change the number under Interview plan, Promises.", v.show(opening.Us)
	case len(v.Asks) > 0 && f.Overdue == 0:
		return "warn", "hourglass", wait(len(v.Asks), " asks for more time.", " ask for more time."), "They stand first. Nothing of theirs ends before you answer.", v.show(opening.Us)
	case f.Overdue > 0:
		return "warn", "hourglass", wait(f.Overdue, " waits for a reply that is late.", " wait for a reply that is late."), promised, v.show(opening.Us)
	case f.DueSoon > 0:
		return "warn", "hourglass", wait(f.DueSoon, " gets a reply by tomorrow.", " get a reply by tomorrow."), promised, v.show(opening.Us)
	case f.Stuck > 0:
		return "", "info", wait(f.Stuck, " cannot go on.", " cannot go on."), "Their window is over or their link was taken back, with nothing sent.", v.show(opening.Stuck)
	}
	return "", "", "", "", ""
}

func wait(n int, one, many string) string {
	if n == 1 {
		return "1 candidate" + one
	}
	return plural(n, "candidate") + many
}
