package design

import (
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/web/ui/diagram"
)

// page is the candidate's page.
type page struct {
	Kind
	*spec
	item.AskView
	a answer
}

func (p page) t(key string, pairs ...any) string { return p.Text("design."+key, pairs...) }

// id is the text area of a section.
func (p page) id(x section) string { return prefix + p.Ref.Item + "-" + x.Key }

// words is how long a section is, in words and beside what readers are asked to read; n is a number, or what a script puts one in for.
func (p page) words(x section, n any) string {
	if x.Words == 0 {
		return p.t("words", "words", n)
	}
	return p.t("words_of", "words", n, "most", x.Words)
}

// drawn is where the diagrams of a section are drawn while it is written.
func (p page) drawn(x section) diagram.View {
	return diagram.View{Frame: p.Frame, Of: p.id(x), Sources: diagrams(p.a.text[x.Key]), Name: p.t("drawn", "section", x.Title), Broken: p.t("broken", "k", "{k}", "why", "{why}"), Slow: p.t("not_drawn")}
}

// reading is the document as it is read.
type reading struct {
	Kind
	*spec
	item.ReadView
	a answer
}

func (v reading) drawn(x section) diagram.View {
	return diagram.View{Frame: v.Frame, Sources: diagrams(v.a.text[x.Key]), Name: "Diagrams of " + x.Title, Broken: "Diagram {k} cannot be drawn; its text counts. {why}", Slow: "Diagrams are not drawn here; their text counts."}
}

// place is a section's anchor, and that of its n-th diagram.
func (x section) place() string { return sectionPlace + x.Key }

func (x section) drawing(n int) string { return x.place() + "." + strconv.Itoa(n) }

func (x section) attached(n int) string { return x.place() + ".f" + strconv.Itoa(n) }

// can says whether files can be added and taken out here.
func (p page) can() bool { return p.Files != "" && !p.ReadOnly }

// altID is the text area in which a file is described.
func (p page) altID(f file) string { return "alt-" + p.Ref.Item + "-" + f.id }

// shows asks what a file shows.
func (p page) shows(f file, n int) string { return p.t("alt_"+f.word(), "n", n) }

// word is the last word of the texts' keys about a file.
func (h held) word() string {
	if h.picture() {
		return "picture"
	}
	return "pdf"
}

// said is what a file shows as its writer says it, or else.
func (f file) said(otherwise string) string {
	if s := strings.TrimSpace(f.alt); s != "" {
		return s
	}
	return otherwise
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
