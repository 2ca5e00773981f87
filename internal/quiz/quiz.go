// Package quiz is what an importer of other programs' questions gives: the questions in their order, each with the items it became or
// with the reason why it could not be carried, and with what was lost of it.
//
// A format (importer/gift, importer/moodle, ...) is found by what is in a file and gives questions; [Read] makes an assessment's folder
// of them, in which every item is one that its kind accepts. Nothing is dropped in silence: whatever a format reads and cannot keep it
// says by [Question.Lose] or [Question.Refuse]. Nothing in a file is ever run, fetched or shown as HTML.
package quiz

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"candor/internal/archive"
	"candor/internal/problem"
)

// What a quiz may hold.
const (
	MaxBytes     = 32 << 20 // of a file, and of each file in a zip
	MaxQuestions = 1_000
)

var (
	// ErrBad: this is a quiz of a known format with a mistake in it; the sentence says where.
	ErrBad = problem.New(problem.Invalid, "quiz_bad", "This quiz cannot be read.")
	// ErrUnknown: no format knows the file.
	ErrUnknown = problem.New(problem.Invalid, "quiz_unknown", "This is none of the quizzes that are read here.")
	// ErrLarge: the file is larger than MaxBytes, or holds more than MaxQuestions.
	ErrLarge = problem.New(problem.TooLarge, "quiz_large", fmt.Sprintf("A quiz here is at most %d MiB. Export it in smaller pieces. Nothing was imported.", MaxBytes>>20))
	// ErrEmpty: there is no question in it.
	ErrEmpty = problem.New(problem.Invalid, "quiz_empty", "There is no question in this file. Nothing was imported.")
)

// Bad is ErrBad with a sentence.
func Bad(format string, args ...any) error {
	return ErrBad.Saying(fmt.Sprintf(format, args...) + " Nothing was imported.")
}

// Source is a file, or a folder or zip of files.
type Source struct {
	Name  string // of the file or folder
	Data  []byte // of a file; nil for many
	Files fs.FS  // of a folder or zip; nil for one file
}

// Open looks into what was brought: a zip is unpacked in memory by the rules of archive. ErrLarge, archive.ErrBad.
func Open(name string, data []byte) (Source, error) {
	if len(data) > MaxBytes {
		return Source{}, ErrLarge
	}
	if !strings.HasPrefix(string(data[:min(4, len(data))]), "PK\x03\x04") {
		return Source{Name: name, Data: data}, nil
	}
	files, err := archive.Zip(strings.NewReader(string(data)), int64(len(data)))
	return Source{Name: name, Files: files}, err
}

// Format reads the quizzes of one program or standard.
type Format interface {
	// Name is what people call it: "Moodle XML".
	Name() string
	// Is says whether a source is of this format, by its content.
	Is(Source) bool
	// Read gives the questions in the source's order. Problems: ErrBad, ErrLarge.
	Read(Source) (Quiz, error)
}

// Quiz is what a format read.
type Quiz struct {
	Title     string // as the source has it; "" where it has none
	Questions []*Question
	Lost      []string // of the quiz as a whole, a sentence each
}

// Lose notes what was lost of the quiz as a whole, once.
func (q *Quiz) Lose(format string, args ...any) { q.Lost = once(q.Lost, fmt.Sprintf(format, args...)) }

// Question is one question of a source and what became of it.
type Question struct {
	Name    string   // as the source calls it, or how it begins
	Type    string   // in the words of the source: "multichoice"
	Items   []*Item  // what it became; none where Refused says why
	Refused string   // why it was not carried, a sentence
	Lost    []string // a sentence each
}

// Lose notes what was lost of a question, once.
func (q *Question) Lose(format string, args ...any) {
	q.Lost = once(q.Lost, fmt.Sprintf(format, args...))
}

// Refuse says why a question is not carried; the first reason stands.
func (q *Question) Refuse(format string, args ...any) {
	if q.Refused == "" {
		q.Refused = fmt.Sprintf(format, args...)
	}
	q.Items = nil
}

func once(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Item is an item.yaml with the files beside it. Fields that a kind does not have stay empty.
type Item struct {
	Kind      string `yaml:"kind"`
	Title     string `yaml:"title"`
	Minutes   int    `yaml:"minutes"`
	Statement string `yaml:"statement,omitempty"` // Markdown

	Type    string   `yaml:"type,omitempty"` // choice
	Shuffle bool     `yaml:"shuffle,omitempty"`
	Partial bool     `yaml:"partial,omitempty"`
	Options []Option `yaml:"options,omitempty"`
	Numeric *Number  `yaml:"numeric,omitempty"`
	Text    *Texts   `yaml:"text,omitempty"`
	Why     string   `yaml:"why,omitempty"`

	Words *Words `yaml:"words,omitempty"` // freetext

	Style     string           `yaml:"style,omitempty"` // code
	Languages map[string]Offer `yaml:"languages,omitempty"`
	Limits    *Limits          `yaml:"limits,omitempty"`
	Compare   *Compare         `yaml:"compare,omitempty"`
	AddFiles  *bool            `yaml:"add_files,omitempty"`

	Weight float64       `yaml:"-"` // in the assessment; 0 is 1
	Files  archive.Files `yaml:"-"` // beside item.yaml
}

// Option is one of a choice. Share is the part of the mark that choosing it adds, -1..1, where Correct says too little.
type Option struct {
	Text    string   `yaml:"text"` // Markdown
	Correct bool     `yaml:"correct,omitempty"`
	Share   *float64 `yaml:"share,omitempty"`
	Why     string   `yaml:"why,omitempty"`
}

// Within is a number that is accepted: Value with a tolerance, or from Min to Max.
type Within struct {
	Value     *float64 `yaml:"value,omitempty"`
	Tolerance float64  `yaml:"tolerance,omitempty"`
	Min       *float64 `yaml:"min,omitempty"`
	Max       *float64 `yaml:"max,omitempty"`
}

// Number is what a numeric question accepts.
type Number struct {
	Within `yaml:",inline"`
	Unit   string       `yaml:"unit,omitempty"`
	Others []PartNumber `yaml:"others,omitempty"`
}

// PartNumber is accepted too, for Share of the mark.
type PartNumber struct {
	Within `yaml:",inline"`
	Share  float64 `yaml:"share"`
}

// Texts are the forms that a text question accepts.
type Texts struct {
	Accept     []string   `yaml:"accept"`
	IgnoreCase bool       `yaml:"ignore_case,omitempty"`
	Wildcard   bool       `yaml:"wildcard,omitempty"`
	Others     []PartText `yaml:"others,omitempty"`
}

// PartText is accepted too, for Share of the mark.
type PartText struct {
	Text  string  `yaml:"text"`
	Share float64 `yaml:"share"`
}

// Words are the expected length of a written answer.
type Words struct {
	From int `yaml:"from,omitempty"`
	To   int `yaml:"to,omitempty"`
	Max  int `yaml:"max,omitempty"`
}

// Offer is a language of a code item.
type Offer struct {
	Starter   []string `yaml:"starter,omitempty"`
	Protected []string `yaml:"protected,omitempty"`
	Entry     string   `yaml:"entry,omitempty"`
}

// Limits bound the runs of a code item.
type Limits struct {
	CPU    string `yaml:"cpu,omitempty"`
	Memory string `yaml:"memory,omitempty"`
}

// Compare are the flags of the comparison of outputs.
type Compare struct {
	CaseSensitive bool `yaml:"case_sensitive,omitempty"`
}
