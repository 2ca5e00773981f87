package interviewweb

import (
	"net/http"
	"time"

	"candor/internal/interview"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

// What programs read of interviews: where each stands. What is asked and answered is for people, and no part of it.
type (
	wireInterview struct {
		Code        string     `json:"code"` // in its address, and the candidate's for whoever must not know the name
		Opening     string     `json:"opening"`
		Application string     `json:"application,omitempty"` // left out for whoever must not know the name, as all times but the due one
		State       string     `json:"state"`                 // waits, ours, theirs, closed
		Turn        string     `json:"turn,omitempty"`        // whose it is: team or candidate; left out where it is nobody's
		Due         string     `json:"due_at,omitempty"`      // by when they are to act
		Asker       string     `json:"asker"`                 // the member who asks
		Asked       int        `json:"questions_asked"`
		Rounds      int        `json:"questions_at_most"`
		AnswerDays  int        `json:"answer_days"`
		AskDays     int        `json:"ask_working_days"`
		Opened      string     `json:"opened_at,omitempty"`
		Closed      string     `json:"closed_at,omitempty"`
		Turns       []wireTurn `json:"turns,omitempty"` // of one; lists leave them out
	}
	wireTurn struct {
		Number   int    `json:"number"`
		Asker    string `json:"asker"`
		Kind     string `json:"answered_as"` // the kind of item
		Asked    string `json:"asked_at,omitempty"`
		Answered string `json:"answered_at,omitempty"`
		Done     bool   `json:"done"` // answered, or its time is over
	}
	wireInterviews struct {
		Interviews []wireInterview `json:"interviews"`
		Next       string          `json:"next,omitempty"`
	}
)

// api declares what programs may ask. The rules are the pages': the same loaders decide.
func (p *Pages) api(mux *web.Mux) {
	const org = "/api/v1/o/{org}"
	handle := func(pattern, action, object, about string, out any, filters []string, h web.Handler) {
		mux.Handle(web.Route{Pattern: "GET " + org + pattern, Action: action, Object: object, About: about, Out: out, Filters: filters, Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Rate: web.RateAPI,
			Scope: "application:read", Problems: []*problem.Problem{interview.ErrMissing}}, h)
	}
	handle("/openings/{opening}/interviews", "api.interviews", "opening", "An opening's interviews in turns: whose turn it is in each, and by when; whoever is due first comes first. Those that the token's maker may not see are left out, so a page may be short.",
		wireInterviews{}, []string{"cursor"}, p.apiInOpening)
	handle("/applications/{application}/interviews", "api.application_interviews", "application", "An application's interviews in turns.", wireInterviews{}, nil, p.apiAbout)
	handle("/interviews/{interview}", "api.interview", "interview", "One interview by its code, with when each question was asked and answered. Its words are for people, and no part of it.", wireInterview{}, nil, p.apiOne)
}

func sent(v interview.Interview, until time.Time, blind bool) wireInterview {
	out := wireInterview{Code: string(v.Code), Opening: string(v.Opening), State: string(v.State), Asker: v.Member, Asked: v.Turn, Rounds: v.Rounds, AnswerDays: v.AnswerDays, AskDays: v.AskDays}
	switch v.State {
	case interview.Ours:
		out.Turn, out.Due = "team", when(until)
	case interview.Theirs:
		out.Turn, out.Due = "candidate", when(until)
	}
	if !blind {
		out.Application, out.Opened, out.Closed = string(v.Application), when(v.Opened), when(v.Closed)
	}
	return out
}

// when is a time as programs read it; "" is none.
func when(t time.Time) string {
	if t.IsZero() || t.Unix() <= 0 {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (p *Pages) apiInOpening(w http.ResponseWriter, r *http.Request) error {
	after, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	l, err := p.Interviews.InOpening(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")), after)
	if err != nil {
		return err
	}
	return p.listed(w, r, l)
}

func (p *Pages) apiAbout(w http.ResponseWriter, r *http.Request) error {
	l, err := p.Interviews.About(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	return p.listed(w, r, l)
}

func (p *Pages) listed(w http.ResponseWriter, r *http.Request, l interview.List) (err error) {
	out := wireInterviews{Interviews: []wireInterview{}}
	for _, x := range l.Rows {
		out.Interviews = append(out.Interviews, sent(x.Interview, x.Until, x.Blind))
	}
	if out.Next, err = web.Cursor(r, l.Next); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

func (p *Pages) apiOne(w http.ResponseWriter, r *http.Request) error {
	t, err := p.Interviews.Load(r.Context(), web.Actor(r), code(r))
	if err != nil {
		return err
	}
	out := sent(t.Interview, t.Until(), t.App.Blind)
	for _, x := range t.Turns {
		turn := wireTurn{Number: x.N, Asker: x.Member, Kind: x.Kind, Done: !x.Answered.IsZero()}
		if !t.App.Blind {
			turn.Asked, turn.Answered = when(x.Asked), when(x.Answered)
		}
		out.Turns = append(out.Turns, turn)
	}
	return web.JSON(w, r, out)
}
