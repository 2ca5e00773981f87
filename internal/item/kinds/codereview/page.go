package codereview

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/web/ui/diff"

	"github.com/a-h/templ"
)

// A change of more than maxFiles files is shown in pages of perPage.
const (
	maxFiles = 300
	perPage  = 100
)

// maxDrawn is how many changed lines are drawn at once, about 80 KB after gzip. The files after them open one by one.
const maxDrawn = 2400

// page is the candidate's page.
type page struct {
	*spec
	item.AskView
	md     *markdown.Markdown
	a      answer
	prefix string
}

func (p page) t(key string, pairs ...any) string { return p.Text("codereview."+key, pairs...) }

// words are the table's in the page's language; the table fills in {n} and {path} itself.
func (p page) words() diff.Words {
	return diff.Words{Old: p.t("old_line"), New: p.t("new_line"), Sign: p.t("sign"), Code: p.t("code"), Changes: p.t("changes_in"), Added: p.t("added"),
		Removed: p.t("removed"), Fold: p.t("unfold"), Under: p.t("comments_on")}
}

// lead is the first paragraph of the description, and whether there is more.
func (p page) lead() (first string, more bool) {
	first, rest, more := strings.Cut(strings.TrimSpace(p.Statement), "\n\n")
	return first, more && strings.TrimSpace(rest) != ""
}

// listed are the numbers of the files on this page; pages is how many there are.
func (p page) listed() (numbers []int, at, pages int) {
	n := len(p.files)
	if n <= maxFiles {
		perOne := make([]int, n)
		for i := range perOne {
			perOne[i] = i
		}
		return perOne, 1, 1
	}
	pages = (n + perPage - 1) / perPage
	at, err := strconv.Atoi(p.Query.Get("page"))
	if err != nil || at < 1 || at > pages {
		at = 1
	}
	for i := (at - 1) * perPage; i < min(n, at*perPage); i++ {
		numbers = append(numbers, i)
	}
	return numbers, at, pages
}

// Fields of the address, beside comment.
const (
	queryShow    = "show" // a closed file that is open
	queryOpen    = "open" // FILE.FOLD
	queryPage    = "page"
	queryComment = "comment" // FILE, side and line
)

// link is this page's address with one thing more, at an anchor.
func (p page) link(key, value, anchor string) string {
	return link(p.Query, key, value, anchor)
}

func link(now url.Values, key, value, anchor string) string {
	q := url.Values{}
	for _, k := range []string{"item", queryShow, queryOpen, queryPage} {
		if list := now[k]; len(list) > 0 {
			q[k] = slices.Clone(list)
		}
	}
	switch {
	case key == queryPage:
		q = url.Values{key: {value}}
	case key != "" && !slices.Contains(q[key], value):
		q.Add(key, value)
	}
	if anchor != "" {
		anchor = "#" + anchor
	}
	return "?" + q.Encode() + anchor
}

func (p page) fileID(n int) string { return p.prefix + strconv.Itoa(n) }

func lineID(prefix string, n int, at diff.At) string { return prefix + strconv.Itoa(n) + at.String() }

// back is where saving without script leads: the same view without its comment form.
func (p page) back() string {
	anchor := ""
	if c, n, ok := p.asked(); ok {
		anchor = lineID(p.prefix, n, c.at())
	}
	return p.link("", "", anchor)
}

// asked is the comment form that the address asks for.
func (p page) asked() (c comment, n int, ok bool) {
	if c, ok = p.parseAt(p.Query.Get(queryComment)); !ok {
		return c, 0, false
	}
	n = slices.IndexFunc(p.files, func(f *file) bool { return f.path == c.File })
	for _, d := range append(slices.Clone(p.a.Comments), p.a.Drafts...) { // what is being typed comes last, and counts
		if d.File == c.File && d.at() == c.at() && (d.ID == c.ID) && (c.ID != "" || slices.ContainsFunc(p.a.Drafts, func(x comment) bool { return x == d })) {
			c.Text, c.Tone = d.Text, d.Tone
		}
	}
	return c, n, true
}

// thread are a line's comments, with its form when it is open.
type thread struct {
	comments []comment
	form     *comment
}

// threads are a file's, by line; drafts are open forms.
func (p page) threads(n int) map[diff.At]*thread {
	out := map[diff.At]*thread{}
	at := func(c comment) *thread {
		if out[c.at()] == nil {
			out[c.at()] = &thread{}
		}
		return out[c.at()]
	}
	name := p.files[n].path
	for _, c := range p.a.Comments {
		if c.File == name {
			t := at(c)
			t.comments = append(t.comments, c)
		}
	}
	if p.ReadOnly {
		return out
	}
	if c, file, ok := p.asked(); ok && file == n {
		at(c).form = &c
	}
	return out
}

// table is a file's, ready to be drawn.
func (p page) table(n int) templ.Component {
	f := p.files[n]
	threads := p.threads(n)
	t := diff.Table{Change: f.change(), Path: f.path, Prefix: p.fileID(n), Words: p.words(), Open: opened(p.Query, n), Split: p.a.Split,
		Keep:   func(at diff.At) bool { return threads[at] != nil },
		Unfold: func(fold int) string { return p.link(queryOpen, fmt.Sprintf("%d.%d", n, fold), p.fileID(n)) },
		Under: func(at diff.At) templ.Component {
			if x := threads[at]; x != nil {
				return drawThread(p, n, at, *x)
			}
			return nil
		}}
	if !p.ReadOnly {
		start := p.link("", "", "")
		if start != "?" {
			start += "&"
		}
		start += queryComment + "="
		t.Comment = func(at diff.At) string {
			return start + strconv.Itoa(n) + at.String()
		}
	}
	return t.Draw()
}

// opened are the folds of a file that the address opens.
func opened(q url.Values, n int) map[int]bool {
	out := map[int]bool{}
	for _, v := range q[queryOpen] {
		file, fold, _ := strings.Cut(v, ".")
		if file == strconv.Itoa(n) {
			if k, err := strconv.Atoi(fold); err == nil {
				out[k] = true
			}
		}
	}
	return out
}

// closed says why a file starts closed on this page. One of which something was said never starts so only because it comes late.
func (p page) closed(n int) closed {
	why := p.files[n].closed()
	if _, asked, ok := p.asked(); why != "" || p.a.commentsIn(p.files[n].path) > 0 || ok && asked == n {
		return why
	}
	numbers, _, _ := p.listed()
	lines := 0
	for _, i := range numbers {
		if i > n || p.files[i].closed() != "" {
			continue
		}
		if i == n && lines > 0 && lines+p.files[n].lines() > maxDrawn {
			return later
		}
		lines += p.files[i].lines()
	}
	return ""
}

// lines are how many changed.
func (f *file) lines() int { return f.change().Plus + f.change().Minus }

func shown(q url.Values, n int) bool { return slices.Contains(q[queryShow], strconv.Itoa(n)) }

// commentsIn counts a file's comments.
func (a answer) commentsIn(name string) (n int) {
	for _, c := range a.Comments {
		if c.File == name {
			n++
		}
	}
	return n
}

func (a answer) viewed(name string) bool { return slices.Contains(a.Viewed, name) }

// folder is a directory of the files column.
type folder struct {
	name  string
	files []int
}

func folders(files []*file, numbers []int) (out []folder) {
	for _, n := range numbers {
		dir := path.Dir(files[n].path)
		if i := slices.IndexFunc(out, func(f folder) bool { return f.name == dir }); i >= 0 {
			out[i].files = append(out[i].files, n)
			continue
		}
		out = append(out, folder{dir, []int{n}})
	}
	return out
}

// rowsClass is the step of the style sheet for the height of a table that is not drawn yet.
func rowsClass(f *file, threads int) string {
	c := f.change()
	n := min(len(c.Rows), c.Plus+c.Minus+8) + 4*threads
	for _, step := range []int{10, 20, 40, 80, 160} {
		if n <= step {
			return "rows-" + strconv.Itoa(step)
		}
	}
	return "rows-320"
}

func (p page) number(name string) int {
	return slices.IndexFunc(p.files, func(f *file) bool { return f.path == name })
}

// notes are what a file's section says beside its path.
func (p page) notes(f *file) (out []string) {
	if f.was != "" {
		out = append(out, p.t("was", "path", f.was))
	}
	if f.old == nil {
		out = append(out, p.t("file_added"))
	}
	if f.new == nil {
		out = append(out, p.t("file_removed"))
	}
	if f.old != nil && f.new != nil && f.old.exec != f.new.exec {
		if f.new.exec {
			out = append(out, p.t("mode_on"))
		} else {
			out = append(out, p.t("mode_off"))
		}
	}
	if f.new.crlf() {
		out = append(out, p.t("crlf"))
	}
	if f.new.open() && f.closed() != binary {
		out = append(out, p.t("no_newline"))
	}
	return out
}
