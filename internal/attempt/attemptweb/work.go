package attemptweb

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/response"
	"candor/internal/web"
	"candor/internal/web/ui/work"

	"github.com/a-h/templ"
	json2 "github.com/go-json-experiment/json"
)

// find loads the page of one item.
func (p *Pages) find(r *http.Request) (itemView, error) {
	f, err := p.frame(r, "")
	if err != nil {
		return itemView{}, err
	}
	part, s, err := p.sitting(r, f)
	if err != nil {
		return itemView{}, err
	}
	it, ok := part.Item(r.PathValue("item"))
	if !ok {
		return itemView{}, attempt.ErrMissing
	}
	f.Page.Title = it.Head.Title
	v := itemView{frame: f, Part: part, Sitting: s, Item: it, MD: p.MD}
	for i, x := range part.Items {
		if x.Key == it.Key {
			v.Index = i
		}
	}
	v.Elsewhere = s.Editor != "" && s.Editor != web.Actor(r).Session
	return v, nil
}

func (p *Pages) ref(r *http.Request, v itemView) item.Ref {
	return item.Ref{Org: web.Actor(r).Org, Owner: string(v.V.Attempt.ID), Version: string(v.V.Attempt.Version), Item: v.Item.Key, Sitting: string(v.Sitting.ID),
		Received: web.Received(r), End: v.Sitting.Closes()}
}

func (p *Pages) item(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	return p.showItem(w, r, v, v.V.Body(v.Item), nil)
}

func (p *Pages) showItem(w http.ResponseWriter, r *http.Request, v itemView, body []byte, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	if v.Sitting.State == attempt.Ready || !v.Sitting.Works(v.V.Now) && err == nil {
		return web.Redirect(w, r, partPath(v.Part.Key), "")
	}
	v.Problem = prob
	v.Ask = item.AskView{Ref: p.ref(r, v), Body: body, Seed: v.V.Attempt.Seed + v.Item.Key, ReadOnly: v.Elsewhere,
		DoURL: itemPath(v.Part.Key, v.Item.Key) + "/do", Text: v.L.T, Here: itemPath(v.Part.Key, v.Item.Key), Query: r.URL.Query()}
	v.Ask.Alone = v.Item.Head.Whole
	if _, ok := v.Item.Kind.(item.Looker); ok {
		v.Ask.Look = v.Ask.Here + "/look"
	}
	if _, ok := v.Item.Kind.(item.Carrier); ok {
		v.Ask.Carry = v.Ask.Here
	}
	if _, ok := v.Item.Kind.(item.Filer); ok {
		v.Ask.Files = v.Ask.Here + "/files"
	}
	if err := p.open(r, &v); err != nil {
		return err
	}
	if v.Ask.Terms != "" {
		web.AllowCapture(w)
	}
	if err := p.aloud(r, &v); err != nil {
		return err
	}
	if _, ok := v.Item.Kind.(item.Doer); ok {
		v.Wide, v.Ask.Alone = !v.Item.Head.Whole, true
		var err error
		if v.Ask.Done, err = item.Done(r.Context(), p.Attempts.DB, v.Ask.Ref, v.Item.Kind, v.Item.Spec); err != nil {
			return err
		}
	}
	if p.Beside != nil {
		if v.Told, v.Talk, err = p.Beside(r.Context(), web.Actor(r), v.Page, v.Org.Name, v.Item.Key); err != nil {
			return err
		}
	}
	return web.ShowWith(w, r, errOrNil(prob), itemPage(v))
}

func errOrNil(p *problem.Problem) error {
	if p == nil {
		return nil
	}
	return p
}

// posted makes the body of a posted form.
func (p *Pages) posted(r *http.Request, v itemView) ([]byte, url.Values, error) {
	var f struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return nil, nil, err
	}
	body, err := v.Item.Kind.Form(v.Item.Spec, v.V.Body(v.Item), attempt.Own(f.Fields))
	return body, f.Fields, err
}

// saveForm is saving without script: the posted page is one revision, received when its first byte came.
func (p *Pages) saveForm(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	v, err := p.find(r)
	if err != nil {
		return err
	}
	body, fields, err := p.posted(r, v)
	if err != nil {
		if body == nil {
			body = v.V.Body(v.Item)
		}
		return p.showItem(w, r, v, body, err)
	}
	kept, err := p.keep(r, v, body, fields, received)
	if err != nil {
		return p.showItem(w, r, v, body, err)
	}
	return p.afterSave(w, r, v, kept, fields)
}

// afterSave leads on from a posted page that was kept.
func (p *Pages) afterSave(w http.ResponseWriter, r *http.Request, v itemView, kept response.Kept, fields url.Values) error {
	switch kept.Standing {
	case response.Late:
		return web.Redirect(w, r, partPath(v.Part.Key), "This arrived after the end of the part. It is kept as late work.")
	case response.Branch:
		return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key), "You went on with this part on another device. What you wrote here is kept beside it.")
	}
	to := itemPath(v.Part.Key, v.Item.Key) + back(fields)
	switch go_ := first(fields["_go"]); {
	case go_ == "check":
		to = partPath(v.Part.Key) + "/check"
	case go_ == "next" && v.Index+1 < len(v.Part.Items):
		to = itemPath(v.Part.Key, v.Part.Items[v.Index+1].Key)
	case go_ == "next":
		to = partPath(v.Part.Key) + "/check"
	case strings.HasPrefix(go_, "item:"):
		to = itemPath(v.Part.Key, strings.TrimPrefix(go_, "item:"))
	}
	return web.Redirect(w, r, to, "")
}

// back is the view of its page that a form was posted from: a query and an anchor; "" when it does not say.
func back(fields url.Values) string {
	if b := fields.Get("_back"); strings.HasPrefix(b, "?") {
		return b
	}
	return ""
}

// look is a page beside the work that changes nothing; it is there as long as the work is.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	k, ok := v.Item.Kind.(item.Looker)
	if !ok {
		return item.ErrLook
	}
	if v.Sitting.State == attempt.Ready || !v.Sitting.Works(v.V.Now) {
		return web.Redirect(w, r, partPath(v.Part.Key), "")
	}
	here := itemPath(v.Part.Key, v.Item.Key)
	page, err := k.Look(v.Item.Spec, item.LookView{Path: r.PathValue("path"), Base: here + "/look", Back: here, Query: r.URL.Query(), Text: v.L.T})
	if err != nil {
		return err
	}
	return web.Show(w, r, lookPage(v, page))
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// keep saves a posted page.
func (p *Pages) keep(r *http.Request, v itemView, body []byte, fields url.Values, received time.Time) (response.Kept, error) {
	return p.Attempts.SavePage(r.Context(), web.Actor(r), attempt.Posted{Sitting: v.Sitting, Item: v.Item.Key, Body: body, Fields: fields, Request: web.RequestID(r), Device: deviceOf(r.UserAgent()), Received: received})
}

// turn are the attributes by which a form says which version of the answer it shows.
func (v itemView) turn(key string) templ.Attributes {
	r, ok := v.V.Answers[key]
	if !ok {
		return nil
	}
	return work.Turn(r.Turn.Client, r.Turn.Seq, r.N)
}

// do keeps what the page holds and starts an action of the kind on it.
func (p *Pages) do(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	v, err := p.find(r)
	if err != nil {
		return err
	}
	doer, does := v.Item.Kind.(item.Doer)
	hoster, hosts := v.Item.Kind.(item.Hoster)
	if !does && !hosts {
		return item.ErrAction
	}
	action := r.PathValue("action")
	if follower, ok := v.Item.Kind.(item.Follower); !v.Sitting.Works(v.V.Now) && !(ok && follower.Follows(action)) {
		return attempt.ErrEnded
	}
	body, fields, err := p.posted(r, v)
	if err != nil {
		return p.showItem(w, r, v, v.V.Body(v.Item), err)
	}
	if answers(fields) {
		if _, err := p.keep(r, v, body, fields, received); err != nil {
			return p.showItem(w, r, v, body, err)
		}
	}
	if hosts {
		switch err := p.act(w, r, v, hoster, body, fields, received); {
		case err == nil:
			return nil
		case !errors.Is(err, item.ErrAction) || !does:
			return p.showItem(w, r, v, body, err)
		}
	}
	terms, err := p.terms(r, v)
	if err != nil {
		return err
	}
	err = p.Attempts.DB.Write(r.Context(), v.Org.ID, func(tx db.Tx) error {
		if recorder, ok := v.Item.Kind.(item.Recorder); ok && action == item.Agree {
			return recorder.Agree(r.Context(), tx, p.ref(r, v), terms, v.L.Lang)
		}
		_, err := doer.Do(r.Context(), tx, web.Actor(r), p.ref(r, v), v.Item.Spec, action, body, url.Values(fields))
		return err
	})
	if err != nil {
		return p.showItem(w, r, v, body, err)
	}
	return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key), "")
}

// answers says whether a posted form holds fields of an answer: a page that only tells what was done must not put an older answer in the place of
// one that is on its way.
func answers(fields url.Values) bool {
	return len(attempt.Own(fields)) > 0
}

// The wire format is internal/web/ts/outbox.ts.
type wireSaves struct {
	Sitting string     `json:"sitting"`
	Client  string     `json:"client"`
	Epoch   int64      `json:"epoch"`
	Age     int64      `json:"age"`
	Since   int64      `json:"unreached"`
	Saves   []wireSave `json:"saves"`
}

type wireSave struct {
	Item   string        `json:"item"`
	Seq    int64         `json:"seq"`
	Base   int64         `json:"base"`
	Body   string        `json:"body,omitempty"`
	Ops    []response.Op `json:"ops,omitempty"`
	SHA256 string        `json:"sha256"`
	Typed  int64         `json:"typed"`
	Heard  int64         `json:"heard"`
}

type wireTick struct {
	Now      int64  `json:"now"`
	End      int64  `json:"end"`
	Interval int64  `json:"interval"`
	State    string `json:"state"`
	Editor   bool   `json:"editor"`
}

type wireAck struct {
	Item     string `json:"item"`
	Seq      int64  `json:"seq"`
	Standing string `json:"standing"`
	Revision int64  `json:"revision"`
}

type wireReply struct {
	wireTick
	Acks  []wireAck   `json:"acks"`
	Whole []wireWhole `json:"whole"`
}

type wireWhole struct {
	Item string `json:"item"`
	Seq  int64  `json:"seq"`
}

func tick(t attempt.Tick) wireTick {
	state := "running"
	if t.State == attempt.Ended || t.State == attempt.Paused {
		state = string(t.State)
	}
	return wireTick{clock.Milli(t.Now), clock.Milli(t.End), t.Interval.Milliseconds(), state, t.Editor}
}

// save is the outbox's endpoint. A body is the form's data as an object of arrays, which the kind makes its own shape of.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	var in wireSaves
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	req := attempt.SaveRequest{Sitting: attempt.SittingID(in.Sitting), Epoch: in.Epoch, Received: received, Shape: bodyOf, Unreached: clock.Time(in.Since)}
	for _, s := range in.Saves {
		save := response.Save{Item: s.Item, Client: in.Client, Seq: s.Seq, Body: []byte(s.Body), Typed: clock.Time(s.Typed), Heard: clock.Time(s.Heard), Device: deviceOf(r.UserAgent())}
		if s.Ops != nil {
			save.Base, save.Ops, save.SHA256 = s.Base, s.Ops, s.SHA256
		} else if s.SHA256 != "" && s.SHA256 != response.Hash(save.Body) {
			return response.ErrHash
		}
		req.Saves = append(req.Saves, save)
	}
	out, err := p.Attempts.Save(r.Context(), web.Actor(r), req)
	if err != nil {
		return err
	}
	reply := wireReply{wireTick: tick(out.Tick), Acks: []wireAck{}, Whole: []wireWhole{}}
	for i, k := range out.Kept {
		if k.Unfit {
			reply.Whole = append(reply.Whole, wireWhole{req.Saves[i].Item, req.Saves[i].Seq})
			continue
		}
		reply.Acks = append(reply.Acks, wireAck{req.Saves[i].Item, req.Saves[i].Seq, string(k.Standing), k.N})
	}
	return web.JSON(w, r, reply)
}

// bodyOf reads what the outbox sent: an object of arrays is a form; anything else is the kind's own shape.
func bodyOf(it assessment.PartItem, before, sent []byte) ([]byte, error) {
	var form url.Values
	// In one pass where it is as browsers write it; encoding/json, which takes more, is the judge of the rest.
	if json2.Unmarshal(sent, &form) != nil {
		if form = nil; json.Unmarshal(sent, &form) != nil {
			return sent, nil
		}
	}
	return it.Kind.Form(it.Spec, before, form)
}

func (p *Pages) clock(w http.ResponseWriter, r *http.Request) error {
	t, err := p.Attempts.Clock(r.Context(), web.Actor(r), attempt.SittingID(r.URL.Query().Get("sitting")))
	if err != nil {
		return err
	}
	return web.JSON(w, r, tick(t))
}
