package interview

import (
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
	for key, list := range t.Files {
		files[key], raw[key] = map[string]string{}, map[string][]string{}
		for name, body := range list {
			files[key][text(name)], raw[key][text(name)] = text(body), t.raw[key][name]
		}
	}
	t.Files, t.raw = files, raw
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
