package openingweb

import (
	"net/http"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/tabs"
)

// settingsView is what the three pages of the interview plan share.
type settingsView struct {
	Page     web.Page
	Opening  opening.Opening
	Path     string
	Current  string // details, stages, team
	Form     openingForm
	Problem  *problem.Problem
	Members  []org.Member
	Roles    map[string][]opening.Role
	Stages   []stageView
	Edit     opening.StageID // whose form came back; "" is the new one
	Versions []assessment.VersionInfo
	More     []field.Option // what other formats offer
	Public   publicView
	Terms    promisesView
	Asks     analytics.Ask        // of one person, in all stages
	Open     map[org.MemberID]int // open scorecards, on the page of people
}

type stageView struct {
	opening.Stage
	What    opening.Described
	Gone    bool                // what it offers is not there any more
	Instead []opening.Described // what candidates can choose instead
}

// lacks are the criteria of a stage that an offer cannot show, as a sentence; "" where it shows all.
func (s stageView) lacks(d opening.Described) string {
	if missing := d.Missing(s.What.Criteria); len(missing) > 0 {
		return "cannot show " + titles(missing)
	}
	return "shows the same criteria"
}

func (v settingsView) tabs() []tabs.Tab {
	tab := func(key, text, path string) tabs.Tab {
		return tabs.Tab{Text: text, Href: v.Path + path, On: v.Current == key}
	}
	return []tabs.Tab{tab("stages", "Stages", "/stages"), tab("team", "People", "/team"), tab("promises", "Promises", "/promises"), tab("public", "Public link", "/public"), tab("mails", "Mails", "/mails"), tab("details", "Details", "/settings")}
}

func (v settingsView) closing() string {
	if v.Opening.Open {
		return "Close the opening"
	}
	return "Who is still under way"
}

func (v settingsView) has(m string, role opening.Role) bool { return slices.Contains(v.Roles[m], role) }

func (p *Pages) settings(w http.ResponseWriter, r *http.Request) error {
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	return p.showSettings(w, r, settingsView{Current: "details", Form: openingForm{Title: o.Title, Team: o.Team, About: o.About, ReplyDays: o.ReplyDays,
		Confidential: o.Confidential, Contact: o.Contact}}, nil)
}

func (p *Pages) stages(w http.ResponseWriter, r *http.Request) error {
	return p.showSettings(w, r, settingsView{Current: "stages", Form: openingForm{Reviewers: 1, Window: 10}}, nil)
}

func (p *Pages) team(w http.ResponseWriter, r *http.Request) error {
	return p.showSettings(w, r, settingsView{Current: "team"}, nil)
}

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request, v settingsView, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	if !o.MayManage(who) {
		return opening.ErrRole
	}
	v.Page, v.Opening, v.Path = web.PageOf(r, "Interview plan"), o, p.path(r, o.ID)
	if err := p.plan(r, who, &v); err != nil {
		return err
	}
	if v.Current == "public" {
		if err := p.publicLink(r, &v); err != nil {
			return err
		}
	}
	if v.Current == "promises" {
		if err := p.terms(r, &v); err != nil {
			return err
		}
	}
	if v.Current == "stages" {
		if v.Versions, err = p.Assessments.Published(ctx, who); err != nil {
			return err
		}
		if v.More, err = p.more(r); err != nil { // an interview or a work trial stands in the stages that it was chosen for
			return err
		}
		if v.Asks, err = p.Analytics.Asks(ctx, who.Org, o.ID); err != nil {
			return err
		}
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, settingsPage(v))
}

// plan reads stages, people and members.
func (p *Pages) plan(r *http.Request, who actor.Actor, v *settingsView) error {
	ctx := r.Context()
	var stages []opening.Stage
	var readers map[opening.StageID][]string
	err := p.read(r, func(tx db.Tx) (err error) {
		if stages, err = p.Openings.Stages(ctx, tx, v.Opening.ID); err != nil {
			return err
		}
		if readers, err = p.Openings.ReadersOf(ctx, tx, v.Opening.ID); err != nil {
			return err
		}
		team, err := p.Openings.Team(ctx, tx, v.Opening.ID)
		if err != nil {
			return err
		}
		v.Roles = map[string][]opening.Role{}
		for _, t := range team {
			v.Roles[t.Member] = append(v.Roles[t.Member], t.Role)
		}
		if v.Members, err = p.Orgs.MembersIn(ctx, tx); err != nil || v.Current != "team" {
			return err
		}
		v.Open, err = p.Reviews.OpenIn(ctx, tx, v.Opening.ID)
		return err
	})
	if err != nil {
		return err
	}
	v.Members = slices.DeleteFunc(v.Members, func(m org.Member) bool { return m.State != org.Active && len(v.Roles[m.ID]) == 0 })
	for _, s := range stages {
		s.Readers = readers[s.ID]
		x := stageView{Stage: s}
		if x.What, err = p.describe(r, s); err != nil {
			if _, isProblem := problem.As(err); !isProblem {
				return err
			}
			x.Gone = true
		}
		for _, o := range s.Others {
			d, err := p.Openings.Describe(ctx, who.Org, o)
			if _, isProblem := problem.As(err); isProblem {
				x.Gone = true
				continue
			}
			if err != nil {
				return err
			}
			x.Instead = append(x.Instead, d.With(s))
		}
		v.Stages = append(v.Stages, x)
	}
	return nil
}

func (p *Pages) describe(r *http.Request, s opening.Stage) (opening.Described, error) {
	f, ok := p.Openings.Format(s.Format)
	if !ok {
		return opening.Described{}, opening.ErrMissing
	}
	d, err := f.Describe(r.Context(), web.Actor(r).Org, s.Ref)
	return d.With(s), err
}

func (p *Pages) firstStage(r *http.Request, o opening.ID) (opening.Stage, opening.Described, error) {
	var all []opening.Stage
	err := p.read(r, func(tx db.Tx) (err error) {
		all, err = p.Openings.Stages(r.Context(), tx, o)
		return err
	})
	if err != nil || len(all) == 0 {
		return opening.Stage{}, opening.Described{}, err
	}
	d, err := p.describe(r, all[0])
	return all[0], d, err
}

func (p *Pages) change(w http.ResponseWriter, r *http.Request) error {
	var f openingForm
	back := func(err error) error { return p.showSettings(w, r, settingsView{Current: "details", Form: f}, err) }
	if err := web.ReadForm(r, &f); err != nil {
		return back(err)
	}
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	o.Title, o.Team, o.About, o.Confidential, o.Contact = f.Title, f.Team, f.About, f.Confidential, f.Contact
	if f.ReplyDays != 0 { // the page of promises has the field
		o.ReplyDays = f.ReplyDays
	}
	if err := p.Openings.Change(r.Context(), web.Actor(r), o); err != nil {
		return back(err)
	}
	return web.Redirect(w, r, p.path(r, o.ID)+"/settings", "Saved.")
}

// state closes an opening or opens it again.
func (p *Pages) state(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Open bool }
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	o.Open = f.Open
	if err := p.Openings.Change(r.Context(), web.Actor(r), o); err != nil {
		return err
	}
	text := "Closed. Nobody new is invited; who is under way goes on, and your promises stay."
	if o.Open {
		text = "Open again."
	}
	return web.Redirect(w, r, p.path(r, o.ID), text)
}

type stageForm struct {
	Stage      string
	StageTitle string `max:"120"`
	Assessment string
	Others     []string `max:"3"`
	Readers    []string `max:"50"`
	Reviewers  int
	Window     int
	Questions  int
}

func (p *Pages) saveStage(w http.ResponseWriter, r *http.Request) error {
	var f stageForm
	back := func(err error) error {
		return p.showSettings(w, r, settingsView{Current: "stages", Edit: opening.StageID(f.Stage), Form: openingForm{StageTitle: f.StageTitle, Assessment: f.Assessment, Others: f.Others, Readers: f.Readers, Reviewers: f.Reviewers, Window: f.Window, Questions: f.Questions}}, err)
	}
	if err := web.ReadForm(r, &f); err != nil {
		return back(err)
	}
	o := opening.ID(r.PathValue("opening"))
	format, ref := chosen(f.Assessment)
	err := p.Openings.SaveStage(r.Context(), web.Actor(r), o, opening.Stage{ID: opening.StageID(f.Stage), Title: f.StageTitle, Format: format, Ref: ref, Others: others(f.Others), Readers: f.Readers, Reviewers: f.Reviewers, Window: f.Window, Questions: f.Questions})
	if err != nil {
		return back(err)
	}
	return web.Redirect(w, r, p.path(r, o)+"/stages", "Saved. Who is invited already keeps what they were invited to.")
}

func (p *Pages) raiseStage(w http.ResponseWriter, r *http.Request) error {
	o := opening.ID(r.PathValue("opening"))
	if err := p.Openings.RaiseStage(r.Context(), web.Actor(r), o, opening.StageID(r.PathValue("stage"))); err != nil {
		return err
	}
	return web.Redirect(w, r, p.path(r, o)+"/stages", "")
}

func (p *Pages) removeStage(w http.ResponseWriter, r *http.Request) error {
	o := opening.ID(r.PathValue("opening"))
	err := p.Openings.RemoveStage(r.Context(), web.Actor(r), o, opening.StageID(r.PathValue("stage")))
	if _, isProblem := problem.As(err); isProblem && err != nil {
		return p.showSettings(w, r, settingsView{Current: "stages", Form: openingForm{Reviewers: 1, Window: 10}}, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, p.path(r, o)+"/stages", "Removed.")
}

// setRoles saves one person's roles in the opening.
func (p *Pages) setRoles(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Member string
		Roles  []string `max:"5"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.showSettings(w, r, settingsView{Current: "team"}, err)
	}
	o, who := opening.ID(r.PathValue("opening")), web.Actor(r)
	var roles []opening.Role
	for _, s := range f.Roles {
		roles = append(roles, opening.Role(s))
	}
	if err := p.Openings.SetRoles(r.Context(), who, o, f.Member, roles); err != nil {
		return p.showSettings(w, r, settingsView{Current: "team"}, err)
	}
	return web.Redirect(w, r, p.path(r, o)+"/team", "Saved. Open scorecards of whoever reviews here no more go to others within minutes.")
}

// handOver gives the open cards of one person in the opening to others.
func (p *Pages) handOver(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Member string
		Reason string `max:"500"`
	}
	err := web.ReadForm(r, &f)
	given, kept := 0, 0
	o := opening.ID(r.PathValue("opening"))
	if err == nil {
		given, kept, err = p.Reviews.HandOver(r.Context(), web.Actor(r), f.Member, o, f.Reason)
	}
	if err != nil {
		return p.showSettings(w, r, settingsView{Current: "team"}, err)
	}
	text := plural(given, "scorecard") + " given to others. What was written is kept."
	if kept > 0 {
		text += " For " + itoa(kept) + " nobody else is in the pool, so they stay."
	}
	return web.Redirect(w, r, p.path(r, o)+"/team", text)
}

// away says when a member is away, now or later; "" is not.
func (v settingsView) away(m org.Member) string {
	switch last := m.Absent.Add(-time.Second).In(v.Page.Zone).Format("2 Jan"); {
	case !m.Absent.After(v.Page.Now):
		return ""
	case m.Away(v.Page.Now):
		return "Away through " + last
	default:
		return "Away " + m.AbsentFrom.In(v.Page.Zone).Format("2 Jan") + " to " + last
	}
}
