package interview

import (
	"maps"
	"slices"
	"strings"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/upload"
)

// cut keeps the files in lines, as they are.
func (t *Talk) cut() {
	t.raw = map[string]map[string][]string{}
	for key, files := range t.Files {
		t.raw[key] = map[string][]string{}
		for name, text := range files {
			t.raw[key][name] = strings.Split(text, "\n")
		}
	}
}

// strike removes what names the candidate from all that a page may draw.
func (t *Talk) strike(names []string) {
	text := func(s string) string { return item.Strike(s, names) }
	for i := range t.Turns {
		x := &t.Turns[i]
		x.Text, x.Code, x.File, x.Anchor, x.Label = text(x.Text), text(x.Code), text(x.File), text(x.Anchor), text(x.Label)
		for k := range x.Done {
			x.Done[k].Result = []byte(text(string(x.Done[k].Result)))
		}
		for k := range x.Part.Items { // made for this talk alone
			it := &x.Part.Items[k]
			it.Head.Statement = text(it.Head.Statement)
			if x.Body != nil {
				x.Body = it.Kind.Redact(it.Spec, x.Body, names)
			}
		}
	}
	strikeWork(t.Version, t.Work, names)
	files, raw := map[string]map[string]string{}, map[string]map[string][]string{}
	t.real = map[string]map[string]string{}
	for key, list := range t.Files {
		files[key], raw[key], t.real[key] = map[string]string{}, map[string][]string{}, map[string]string{}
		for name, clean := range item.StruckNames(slices.Collect(maps.Keys(list)), names) {
			files[key][clean], raw[key][clean], t.real[key][clean] = text(list[name]), t.raw[key][name], name
		}
	}
	t.Files, t.raw = files, raw
}

// asIs are a question and its place, chosen in struck work, as the candidate wrote what they show: they are asked about their own file by its name.
func (t *Talk) asIs(x *Question, q *item.Quote) {
	name, ok := t.real[x.Item][x.File]
	switch {
	case ok:
		x.File, x.Anchor = name, item.LinesPlace(name, x.From, x.To)
	case t.names == nil:
		return
	}
	if own, err := quote(t.org, t.Version, t.bodies, x.Item, x.Anchor); err == nil && own.Place != "" {
		q.Text = own.Text
		if q.Label != "" {
			q.Label = own.Label
		}
	}
}

// strikeWork removes names from what was sent.
func strikeWork(v *assessment.Version, sub attempt.Submission, names []string) {
	for key, s := range sub.Items {
		if it, _, ok := v.Item(key); ok && s.Body != nil {
			s.Body = it.Kind.Redact(it.Spec, s.Body, names)
			sub.Items[key] = s
		}
	}
}

// hush leaves out what others of the team said aloud, for whoever must not know the name: nobody can strike it from a voice.
func (t *Talk) hush(who org.MemberID) {
	for i := range t.Turns {
		if t.Turns[i].Member != who {
			t.Turns[i].Aloud = upload.Spoken{}
		}
	}
}
