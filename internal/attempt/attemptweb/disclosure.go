package attemptweb

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"unicode/utf8"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/problem"
	"candor/internal/response"
	"candor/internal/web"
	"candor/internal/web/ui/choice"
)

// policyWords is a policy in plain words.
func (f frame) policyWords(a assessment.AI) string { return f.t("ai_" + string(a.Policy)) }

// policy is a policy with its author's text.
func (f frame) policy(a assessment.AI) string {
	if a.Text == "" {
		return f.policyWords(a)
	}
	return f.policyWords(a) + " " + a.Text
}

// policies say where a part, and its items, differ from a policy that was told before.
func (f frame) policies(p assessment.Part, told assessment.AI) (out []string) {
	if here := f.V.Version.PartPolicy(p); here != told {
		out, told = append(out, f.t("ai_in", "place", p.Title, "text", f.policy(here))), here
	}
	for _, it := range p.Items {
		if here := f.V.Version.Policy(p, it); here != told {
			out = append(out, f.t("ai_in", "place", it.Head.Title, "text", f.policy(here)))
		}
	}
	return out
}

func disclosurePath(part, key string) string { return itemPath(part, key) + "/disclosure" }

// said says whether the candidate has said how the answer to an item was made, as long as its part runs.
func (f frame) said(key string) bool {
	_, ok := f.V.Answers[attempt.DisclosureKey(key)]
	return ok
}

// sayLink is what the link to the disclosure of an item says.
func (f frame) sayLink(p assessment.Part, it assessment.PartItem) string {
	switch {
	case f.said(it.Key):
		return f.t("said_link")
	case f.V.Version.Policy(p, it).Policy.Disclosed():
		return f.t("say_link")
	}
	return f.t("tell_link")
}

// disclosureForm is what is posted; a file's text takes the place of the typed transcript.
type disclosureForm struct {
	Used       []string
	Words      string                `max:"100000"` // how long it may be attempt says, in words
	Transcript string                `max:"8000000"`
	File       *multipart.FileHeader `form:"_file"`
	Epoch      int64                 `form:"_epoch"`
	Client     string                `form:"_client"`
	Seq        string                `form:"_seq"`
}

type disclosureView struct {
	itemView
	Asks   bool // the policy asks for it
	Saying attempt.Saying
	Works  bool // the part runs: it is saved as they type
	Fields map[string]string
}

// uses are the rows of the form.
func (v disclosureView) uses() choice.View {
	out := choice.View{Name: "used", Legend: v.t("say_used"), Many: true, Roomy: true}
	for _, u := range append([]string{attempt.Nothing}, attempt.Uses...) {
		out.Options = append(out.Options, choice.Option{Value: u, Text: v.t("say_used_" + u), Checked: slices.Contains(v.Saying.Used, u)})
	}
	return out
}

func (p *Pages) disclosure(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	return p.showDisclosure(w, r, v, nil, nil)
}

// showDisclosure draws what was said, or what was typed when it could not be kept.
func (p *Pages) showDisclosure(w http.ResponseWriter, r *http.Request, v itemView, typed *attempt.Disclosure, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	over := v.Sitting.Over(v.V.Now)
	if v.Sitting.State == attempt.Ready || !over && !v.Sitting.Works(v.V.Now) {
		return web.Redirect(w, r, partPath(v.Part.Key), "")
	}
	d := disclosureView{itemView: v, Asks: v.V.Version.Policy(v.Part, v.Item).Policy.Disclosed(), Works: !over, Fields: map[string]string{}}
	d.Page.Title = d.t("say_title")
	d.Problem = prob
	if prob != nil {
		d.Fields = prob.Fields
	}
	if d.Saying, err = p.Attempts.Saying(r.Context(), web.Actor(r), v.Item.Key); err != nil {
		return err
	}
	if typed != nil {
		d.Saying.Disclosure = *typed
	}
	return web.ShowWith(w, r, cause, disclosurePage(d))
}

// disclose keeps a posted disclosure: without script, and after the part was sent.
func (p *Pages) disclose(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	v, err := p.find(r)
	if err != nil {
		return err
	}
	if v.Sitting.State == attempt.Ready {
		return attempt.ErrNotStarted
	}
	var f disclosureForm
	err = web.ReadForm(r, &f)
	d := attempt.Disclosure{Used: f.Used, Words: f.Words, Transcript: f.Transcript}
	if err == nil && f.File != nil {
		d.Transcript, err = transcript(f.File)
	}
	if err != nil {
		d.Transcript = f.Transcript
		return p.showDisclosure(w, r, v, &d, err)
	}
	kept, err := p.Attempts.Disclose(r.Context(), web.Actor(r), v.Item.Key, d, attempt.SaveRequest{Sitting: v.Sitting.ID, Epoch: max(f.Epoch, 1), Received: received,
		Saves: []response.Save{{Client: response.FormClient + web.RequestID(r), Seq: clock.Milli(received), Device: deviceOf(r.UserAgent()),
			Turn: response.TurnOf(f.Client, f.Seq)}}})
	if err != nil {
		return p.showDisclosure(w, r, v, &d, err)
	}
	switch kept.Standing {
	case response.OnTime:
		return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key), v.t("say_kept"))
	case response.Branch:
		return web.Redirect(w, r, disclosurePath(v.Part.Key, v.Item.Key), v.t("say_kept_beside"))
	}
	return web.Redirect(w, r, disclosurePath(v.Part.Key, v.Item.Key), v.t("say_kept_late"))
}

// errText: a file is no text.
var errText = problem.Field("file", "This file is not plain text. Save the conversation as text, Markdown or JSON, or paste it below.")

// transcript reads an attached file.
func transcript(h *multipart.FileHeader) (string, error) {
	if h.Size > attempt.MaxTranscript {
		return "", attempt.ErrTranscript
	}
	f, err := h.Open()
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	if !utf8.Valid(raw) || slices.Contains(raw, 0) {
		return "", errText
	}
	return string(raw), nil
}
