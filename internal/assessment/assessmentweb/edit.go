package assessmentweb

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/diff"
)

// file is one of a version's, in the list.
type file struct {
	Path string
	Size int
	Text bool // a page can edit it
}

type filesView struct {
	Page    web.Page
	V       *assessment.Version
	Newest  int
	Groups  []group
	Form    fileForm
	Problem *problem.Problem
}

// group is the files of one item, or of the assessment itself.
type group struct {
	Title string
	Files []file
}

func (v filesView) here() string { return filesPath(v.Page, v.V) }

func filesPath(pg web.Page, v *assessment.Version) string {
	return base(pg) + "/versions/" + string(v.ID) + "/files"
}

// edited loads what is edited: the version, its files, and the number of the newest.
func (p *Pages) edited(r *http.Request) (v *assessment.Version, tree archive.Files, newest int, err error) {
	if v, err = p.load(r); err != nil {
		return nil, nil, 0, err
	}
	l, _, err := p.Assessments.Versions(r.Context(), web.Actor(r), v.Assessment)
	if err != nil {
		return nil, nil, 0, err
	}
	stored, err := p.Assessments.Tree(r.Context(), web.Actor(r).Org, v.ID)
	if err != nil {
		return nil, nil, 0, err
	}
	tree, err = archive.Copy(stored)
	return v, tree, l.Versions, err
}

func (p *Pages) files(w http.ResponseWriter, r *http.Request) error {
	return p.showFiles(w, r, fileForm{}, nil)
}

func (p *Pages) showFiles(w http.ResponseWriter, r *http.Request, f fileForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, tree, newest, failed := p.edited(r)
	if failed != nil {
		return failed
	}
	titles := map[string]string{"": "The assessment"}
	for _, part := range v.Parts {
		for _, it := range part.Items {
			titles["items/"+it.Key] = it.Head.Title
		}
	}
	view := filesView{Page: web.PageOf(r, "Edit "+v.Title), V: v, Newest: newest, Form: f, Problem: prob}
	groups := map[string][]file{}
	for name, data := range tree {
		key := ""
		if rest, inside := strings.CutPrefix(name, "items/"); inside {
			first, _, _ := strings.Cut(rest, "/")
			key = "items/" + first
		}
		groups[key] = append(groups[key], file{name, len(data), assessment.Readable(data)})
	}
	keys := []string{""}
	for _, part := range v.Parts {
		for _, it := range part.Items {
			keys = append(keys, "items/"+it.Key)
		}
	}
	for key := range groups {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys[1+itemsOf(v):])
	for _, key := range keys {
		slices.SortFunc(groups[key], func(a, b file) int {
			return cmp.Or(strings.Count(a.Path, "/")-strings.Count(b.Path, "/"), strings.Compare(a.Path, b.Path))
		})
		view.Groups = append(view.Groups, group{cmp.Or(titles[key], key), groups[key]})
	}
	return web.ShowWith(w, r, err, filesPage(view))
}

func itemsOf(v *assessment.Version) (n int) {
	for _, part := range v.Parts {
		n += len(part.Items)
	}
	return n
}

type fileForm struct {
	Newest int               `form:"newest"`
	Step   string            `form:"step"`
	Path   string            `form:"path" max:"200"`
	Text   string            `form:"text,raw" max:"262144"`
	Fields map[string]string `form:"f.*" max:"2000"`
}

type fileView struct {
	Page     web.Page
	V        *assessment.Version
	Newest   int
	Path     string
	Fields   []assessment.Field // the form's; nil: the text itself is edited
	Typed    map[string]string  // what was typed into fields, by place
	Text     string
	Changes  []diff.File // after a press on "See what changes"
	Looked   bool
	Findings []item.Finding
	Problem  *problem.Problem
}

func (v fileView) here() string { return filesPath(v.Page, v.V) + "/" + v.Path }

// value is what a field shows.
func (v fileView) value(i int) string {
	if s, ok := v.Typed[strconv.Itoa(i)]; ok {
		return s
	}
	return v.Fields[i].Value
}

// valuesOf says whether a file's values are offered one by one; with ?as=file the text itself is.
func valuesOf(r *http.Request, name string, data []byte) []assessment.Field {
	if path.Ext(name) != ".yaml" || r.URL.Query().Get("as") == "file" {
		return nil
	}
	fields, err := assessment.Fields(data)
	if err != nil {
		return nil
	}
	return fields
}

func (p *Pages) file(w http.ResponseWriter, r *http.Request) error {
	return p.showFile(w, r, nil, nil, nil)
}

// showFile shows what was typed, or with f nil what is kept.
func (p *Pages) showFile(w http.ResponseWriter, r *http.Request, f *fileForm, findings []item.Finding, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, tree, newest, failed := p.edited(r)
	if failed != nil {
		return failed
	}
	name := r.PathValue("path")
	data, there := tree[name]
	if !there || !assessment.Readable(data) {
		return assessment.ErrFile
	}
	view := fileView{Page: web.PageOf(r, path.Base(name)), V: v, Newest: newest, Path: name, Fields: valuesOf(r, name, data), Text: string(data), Findings: findings, Problem: prob}
	if key, ok := strings.CutSuffix(strings.TrimPrefix(name, "items/"), "/item.yaml"); ok {
		if it, _, there := v.Item(key); there {
			view.Page.Title = it.Head.Title
		}
	} else if name == "assessment.yaml" {
		view.Page.Title = v.Title
	}
	if f != nil {
		view.Newest, view.Typed = f.Newest, f.Fields // whoever else saved meanwhile is not passed over by showing the page again
		if view.Fields == nil {
			view.Text = f.Text
		}
		if f.Step == "look" && err == nil {
			now, failed := f.on(r, name, data)
			if failed != nil {
				return failed
			}
			view.Looked = true
			if string(now) != string(data) {
				view.Changes = []diff.File{{Path: name, Old: string(data), New: string(now)}}
			}
		}
	}
	return web.ShowWith(w, r, err, filePage(view))
}

// checked says in a sentence what the check of the whole folder, with the file as it was typed, came to.
func (v fileView) checked() string {
	wrong, odd := 0, 0
	for _, f := range v.Findings {
		if f.Severity == item.Error {
			wrong++
		} else {
			odd++
		}
	}
	switch {
	case wrong > 0:
		return fmt.Sprintf("Checked: %s to mend before it can be saved.", plural(wrong, "mistake", "mistakes"))
	case odd > 0:
		return fmt.Sprintf("Checked: it can be saved; %s to look at.", plural(odd, "thing", "things"))
	}
	return "Checked: nothing is wrong."
}

// on is a file as it shall be. Line ends stay as the file has them: a browser sends its own.
func (f fileForm) on(r *http.Request, name string, data []byte) ([]byte, error) {
	if valuesOf(r, name, data) != nil {
		values := map[int]string{}
		for k, s := range f.Fields {
			i, err := strconv.Atoi(k)
			if err != nil {
				return nil, assessment.ErrField
			}
			values[i] = s
		}
		return assessment.Fill(data, values)
	}
	text := strings.ReplaceAll(f.Text, "\r\n", "\n")
	if strings.Contains(string(data), "\r\n") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text), nil
}

// changed looks, saves, or removes the file.
func (p *Pages) changed(w http.ResponseWriter, r *http.Request) error {
	var f fileForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showFile(w, r, &f, nil, err)
	}
	v, tree, _, err := p.edited(r)
	if err != nil {
		return err
	}
	name := r.PathValue("path")
	data, there := tree[name]
	if !there || !assessment.Readable(data) {
		return assessment.ErrFile
	}
	now, err := f.on(r, name, data)
	if err != nil {
		return p.showFile(w, r, &f, nil, err)
	}
	edits := assessment.Edits{name: now}
	if f.Step == "remove" {
		edits[name] = nil
	}
	if f.Step == "look" {
		findings, err := p.Assessments.Lint(r.Context(), web.Actor(r), v.ID, edits)
		if err != nil {
			return err
		}
		return p.showFile(w, r, &f, findings, nil)
	}
	next, findings, err := p.Assessments.Edit(r.Context(), web.Actor(r), v.ID, f.Newest, edits)
	if err != nil {
		return p.showFile(w, r, &f, findings, err)
	}
	return p.saved(w, r, v, next, name, edits[name] != nil)
}

// saved leads to the same file of the next draft.
func (p *Pages) saved(w http.ResponseWriter, r *http.Request, from *assessment.Version, next assessment.VersionID, name string, there bool) error {
	to := "/o/" + web.Actor(r).Org + "/versions/" + string(next) + "/files"
	if next == from.ID {
		return web.Redirect(w, r, to, "Nothing was changed.")
	}
	v, err := p.Assessments.Version(r.Context(), web.Actor(r).Org, next)
	if err != nil {
		return err
	}
	if there {
		to += "/" + name
		if r.URL.Query().Get("as") == "file" {
			to += "?as=file"
		}
	}
	return web.Redirect(w, r, to, "Saved as version "+strconv.Itoa(v.Number)+", a draft.")
}

// addForm is a new file: what is typed, or a file of any sort.
type addForm struct {
	Newest int                   `form:"newest"`
	Path   string                `form:"path" max:"200"`
	Text   string                `form:"text,raw" max:"262144"`
	File   *multipart.FileHeader `form:"file"`
}

// mostFile is how many bytes an added file may have: the recording of a question.
const mostFile = 20 << 20

// add adds a file: an empty one, one with some lines, or one of any sort that was chosen.
func (p *Pages) add(w http.ResponseWriter, r *http.Request) error {
	var in addForm
	err := web.ReadForm(r, &in)
	f := fileForm{Newest: in.Newest, Path: in.Path, Text: in.Text}
	if err != nil {
		return p.showFiles(w, r, f, err)
	}
	data := []byte(in.Text)
	if in.File != nil {
		if in.File.Size > mostFile {
			return p.showFiles(w, r, f, problem.Field("file", "This file is larger than 20 MB."))
		}
		file, err := in.File.Open()
		if err != nil {
			return err
		}
		defer file.Close()
		if data, err = io.ReadAll(file); err != nil {
			return err
		}
	}
	v, tree, _, err := p.edited(r)
	if err != nil {
		return err
	}
	if !fs.ValidPath(f.Path) || f.Path == "." {
		return p.showFiles(w, r, f, problem.Field("path", "Write where it goes, such as items/pick/statement.md."))
	}
	if _, there := tree[f.Path]; there {
		return p.showFiles(w, r, f, problem.Field("path", "This file is there already."))
	}
	next, _, err := p.Assessments.Edit(r.Context(), web.Actor(r), v.ID, f.Newest, assessment.Edits{f.Path: data})
	if err != nil {
		return p.showFiles(w, r, f, err)
	}
	return p.saved(w, r, v, next, f.Path, assessment.Readable(data))
}

// duplicate makes another assessment of a version.
func (p *Pages) duplicate(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	title := "Copy of " + v.Title
	if len([]rune(title)) > 120 {
		title = string([]rune(title)[:120])
	}
	next, _, err := p.Assessments.Duplicate(r.Context(), web.Actor(r), v.ID, title)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/versions/"+string(next)+"/files/assessment.yaml", "A copy. Give it a title of its own.")
}

type differenceView struct {
	Page     web.Page
	A, B     *assessment.Version
	List     []assessment.Difference
	Versions []assessment.VersionInfo
}

// difference is what leads from one version to another; without ?from it is from the one before.
func (p *Pages) difference(w http.ResponseWriter, r *http.Request) error {
	to, err := p.load(r)
	if err != nil {
		return err
	}
	_, versions, err := p.Assessments.Versions(r.Context(), web.Actor(r), to.Assessment)
	if err != nil {
		return err
	}
	from := assessment.VersionID(r.URL.Query().Get("from"))
	if from == "" {
		from = to.ID
		for _, x := range versions { // the newest first
			if x.Number < to.Number {
				from = x.ID
				break
			}
		}
	}
	v := differenceView{Page: web.PageOf(r, "What changed"), Versions: versions}
	if v.A, v.B, v.List, err = p.Assessments.Differences(r.Context(), web.Actor(r), from, to.ID); err != nil {
		return err
	}
	return web.Show(w, r, differencePage(v))
}
