package assessmentweb

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"candor/internal/problem"
	"candor/internal/quiz"
	"candor/internal/web"
)

// maxQuizPage is the largest quiz in bytes, packed, that goes through the page: what was read travels in it until it is pressed, so that
// nothing is kept before.
const maxQuizPage = 6 << 20

// errQuizPage sends larger ones to the command line.
var errQuizPage = quiz.ErrLarge.Saying("This quiz is too large for the browser. Run “candor convert” on it, and import the folder that it writes. Nothing was imported.")

type quizForm struct {
	File *multipart.FileHeader
}

type draftForm struct {
	Name  string `form:"name,required" max:"400"`
	Data  string `form:"data,required,raw" max:"9000000"`
	Title string `form:"title,required" max:"120"`
}

type quizView struct {
	Page    web.Page
	Formats []quiz.Format
	Result  *quiz.Result // nil before anything was read
	Name    string
	Data    string // what was read, packed
	Title   string
	Problem *problem.Problem
}

// quiz is where a quiz is brought.
func (p *Pages) quiz(w http.ResponseWriter, r *http.Request) error {
	return p.showQuiz(w, r, quizView{}, nil)
}

func (p *Pages) showQuiz(w http.ResponseWriter, r *http.Request, v quizView, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	v.Problem = prob
	v.Page, v.Formats = web.PageOf(r, "Import a quiz"), p.Quizzes
	return web.ShowWith(w, r, cause, quizPage(v))
}

// check reads a quiz and shows what would become of it. Nothing is kept.
func (p *Pages) check(w http.ResponseWriter, r *http.Request) error {
	var f quizForm
	err := web.ReadForm(r, &f)
	if errors.Is(err, web.ErrTooLarge) {
		err = quiz.ErrLarge
	}
	if err == nil && f.File == nil {
		err = problem.Field("file", "Choose the file of a quiz.")
	}
	if err != nil {
		return p.showQuiz(w, r, quizView{}, err)
	}
	file, err := f.File.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	res, err := p.read(f.File.Filename, data)
	if err != nil {
		return p.showQuiz(w, r, quizView{}, err)
	}
	packed, err := pack(data)
	if err != nil {
		return p.showQuiz(w, r, quizView{}, err)
	}
	return p.showQuiz(w, r, quizView{Result: res, Name: f.File.Filename, Data: packed, Title: res.Title}, nil)
}

// draft imports what the page showed, read again.
func (p *Pages) draft(w http.ResponseWriter, r *http.Request) error {
	var f draftForm
	wrong := web.ReadForm(r, &f)
	data, err := unpack(f.Data)
	if err != nil {
		return p.showQuiz(w, r, quizView{}, err)
	}
	res, err := p.read(f.Name, data)
	if err != nil {
		return p.showQuiz(w, r, quizView{}, err)
	}
	v := quizView{Result: res, Name: f.Name, Data: f.Data, Title: f.Title}
	if wrong != nil {
		return p.showQuiz(w, r, v, wrong)
	}
	tree, err := res.Tree(f.Title)
	if err != nil {
		return err
	}
	version, _, err := p.Assessments.Import(r.Context(), web.Actor(r), tree, "")
	if err != nil {
		return p.showQuiz(w, r, v, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/versions/"+string(version), "A draft is made. Try it as a candidate would.")
}

func (p *Pages) read(name string, data []byte) (*quiz.Result, error) {
	src, err := quiz.Open(name, data)
	if err != nil {
		return nil, err
	}
	return quiz.Read(p.Quizzes, p.Assessments.Kinds, src)
}

// pack is data for a hidden field. errQuizPage.
func pack(data []byte) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	if b.Len() > maxQuizPage {
		return "", errQuizPage
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

var errPacked = problem.New(problem.Invalid, "quiz_packed", "This page did not come back whole. Nothing was imported; choose the file again.")

func unpack(text string) ([]byte, error) {
	z, err := gzip.NewReader(base64.NewDecoder(base64.RawURLEncoding, strings.NewReader(text)))
	if err != nil {
		return nil, errPacked
	}
	data, err := io.ReadAll(io.LimitReader(z, quiz.MaxBytes+1))
	if err != nil {
		return nil, errPacked
	}
	return data, nil
}

// lossy says how many of the questions that are carried lost something.
func (v quizView) lossy() int {
	n := 0
	for _, row := range v.Result.Rows {
		if row.Why == "" && len(row.Lost) > 0 {
			n++
		}
	}
	return n
}

// says is the result in a sentence.
func (v quizView) says() string {
	all, not := len(v.Result.Rows), v.Result.Refused()
	s := plural(all, "question", "questions") + " of " + v.Result.Format + ". "
	switch {
	case not == all:
		return s + "None can be carried."
	case not == 0:
		s += "All can be carried"
	default:
		s += fmt.Sprintf("%d can be carried, %d cannot", all-not, not)
	}
	if v.Result.Items() != all-not {
		s += "; they become " + plural(v.Result.Items(), "item", "items")
	}
	if n := v.lossy(); n == 1 {
		s += ". One of them loses something"
	} else if n > 1 {
		s += fmt.Sprintf(". %d of them lose something", n)
	}
	return s + "."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// formats are their names in a sentence.
func (v quizView) formats() string {
	var names []string
	for _, f := range v.Formats {
		names = append(names, f.Name())
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
