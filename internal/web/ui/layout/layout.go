package layout

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"candor/internal/web"
)

// link is one entry of the navigation.
type link struct{ Key, Text, Href, Count string }

func (v StaffView) base() string { return "/o/" + v.Page.Session.Org.Path }

func (v StaffView) home() string {
	if v.Page.Session.Org.Path == "" {
		return "/"
	}
	return v.base()
}

// nav is what this member's roles open. Members of an opening without any of these roles still have the queue and the openings;
// what stands in them is decided by the loaders.
func (v StaffView) nav() []link {
	if v.Page.Session.Org.Path == "" {
		return nil
	}
	who, base := v.Page.Session.Actor, v.base()
	count := ""
	if v.Review > 0 {
		count = strconv.Itoa(v.Review)
	}
	links := []link{
		{"review", "To review", base + "/review", count},
		{"openings", "Openings", base + "/openings", ""},
	}
	if who.Has("owner", "recruiter", "reviewer") {
		links = append(links, link{"interviews", "Interviews", base + "/interviews", ""})
	}
	if who.Has("owner", "recruiter") {
		links = append(links, link{"conversations", "Conversations", base + "/conversations", ""})
	}
	if who.Has("owner", "author", "recruiter") {
		links = append(links, link{"assessments", "Assessments", base + "/assessments", ""})
	}
	if who.Has("owner", "recruiter") {
		links = append(links, link{"candidates", "Candidates", base + "/candidates", ""})
	}
	if who.Has("owner") {
		links = append(links, link{"settings", "Settings", base + "/settings", ""})
	}
	return links
}

// live is where events of the organisation come from; only members hear them.
func (v StaffView) live() string {
	if v.Page.Session.Org.Path == "" {
		return ""
	}
	return v.base() + "/live"
}

func (v CandidateView) live() string {
	if v.Page.Session.Actor.ID == "" {
		return ""
	}
	return "/c/-/live"
}

func (v CandidateView) org() web.Org {
	if v.Org.Name != "" {
		return v.Org
	}
	return v.Page.Session.Org
}

func (v CandidateView) home() string {
	if v.Home != "" {
		return v.Home
	}
	return "/c/"
}

func (v CandidateView) help() string {
	if v.Help != "" {
		return v.Help
	}
	return "/help"
}

func (v CandidateView) title() string {
	if v.org().Name == "" {
		return v.Page.Title
	}
	return v.Page.Title + " · " + v.org().Name
}

func (v CandidateView) sheet() string {
	if v.Landing {
		return "landing.css"
	}
	return "app.css"
}

func (v CandidateView) class() string {
	if v.Work {
		return "cand at-work"
	}
	return "cand"
}

func (v PlainView) brand() string {
	if v.Brand != "" {
		return v.Brand
	}
	return "Candor"
}

// mark is the first letter of a name.
func mark(name string) string {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if r == utf8.RuneError {
		return "C"
	}
	return string(unicode.ToUpper(r))
}

// zoneName is the city of a zone and its abbreviation, "Lagos time (WAT)".
func zoneName(p web.Page) string {
	name := p.Zone.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	abbr, _ := p.Now.In(p.Zone).Zone()
	name = strings.ReplaceAll(name, "_", " ")
	if abbr == "" || abbr == name || strings.ContainsAny(abbr, "+-") {
		return name + " time"
	}
	return name + " time (" + abbr + ")"
}

func themeIs(p web.Page, t string) bool { return p.Theme == t || p.Theme == "" && t == "system" }

func themeName(t string) string { return strings.ToUpper(t[:1]) + t[1:] }

// sheetOf is the style sheet; people who save data get the one without fonts.
func sheetOf(p web.Page, sheet string) string {
	if p.Light {
		return "landing.css"
	}
	return sheet
}
