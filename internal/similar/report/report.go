// Package report writes a comparison as one page that needs nothing else: no server, no network. Names are hidden until the reader asks
// for them. Everything from the compared files reaches the page as data in JSON, which the script puts in as text and never as markup;
// the page's policy lets no other script run.
package report

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"candor/internal/similar"
)

//go:embed page.html
var pageText string

// The style is not called *.css: those are bundled into the sheet of the site, and this page leaves the house alone.
//
//go:embed page.style
var css string

//go:embed page.js
var script string

var page = template.Must(template.New("page").Parse(pageText))

// What a page holds at most: beyond, it says how much was left out.
const (
	MaxPairs = 200       // with texts side by side
	maxBytes = 24 << 20  // of texts
	maxText  = 256 << 10 // of one file
)

// Input is what a report is made of.
type Input struct {
	Title  string
	Index  *similar.Index
	Result *similar.Result
	Text   func(doc int) (*similar.Text, error)
}

// data is what the script gets.
type data struct {
	People   int        `json:"people"`
	Docs     []document `json:"docs"`
	Pairs    []pair     `json:"pairs"`
	Clusters [][]int    `json:"clusters"`
}

type document struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Archived bool   `json:"archived,omitempty"`
	At       int64  `json:"at,omitempty"`
	Files    []file `json:"files,omitempty"`
}

type file struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Given  []int  `json:"given"`  // lines of the starter, from 1
	Common []int  `json:"common"` // lines that many people have
	Cut    bool   `json:"cut,omitempty"`
}

type pair struct {
	A        int              `json:"a"`
	B        int              `json:"b"`
	Score    float64          `json:"score"`
	Outcome  similar.Outcome  `json:"outcome"`
	Expected string           `json:"expected"`
	Cluster  int              `json:"cluster,omitempty"`
	Share    [2]float64       `json:"share"`
	Regions  []similar.Region `json:"regions"`
}

// view is what the template gets.
type view struct {
	Title        string
	Policy       string
	CSS          template.CSS
	Script       template.JS
	Data         template.JS
	Docs, People int
	Strong, Look int
	LeftOut      int
	Groups       []chart
}

// Write writes the report. The error is w's, Text's or ctx's.
func Write(ctx context.Context, w io.Writer, in Input) error {
	d := data{People: in.Result.People(), Clusters: in.Result.Clusters, Pairs: []pair{}}
	if d.Clusters == nil {
		d.Clusters = [][]int{}
	}
	for _, p := range in.Index.Prints {
		d.Docs = append(d.Docs, document{Name: p.Name, Language: p.Language, Archived: p.Role != similar.Own, At: p.At})
	}
	v := view{Title: in.Title, Docs: len(d.Docs), People: d.People, CSS: template.CSS(css), Script: template.JS(script)}
	texts := similar.Texts{Load: in.Text}
	room := maxBytes
	for _, p := range in.Result.Pairs {
		switch p.Outcome {
		case similar.Strong:
			v.Strong++
		case similar.Look:
			v.Look++
		default:
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(d.Pairs) == MaxPairs || room <= 0 {
			v.LeftOut++
			continue
		}
		regions, err := texts.Regions(in.Result, p)
		if err != nil {
			return err
		}
		d.Pairs = append(d.Pairs, pair{p.A, p.B, p.Score, p.Outcome, expected(p.Expected), p.Cluster, p.Share, append([]similar.Region{}, regions...)})
		for _, doc := range []int{p.A, p.B} {
			if d.Docs[doc].Files != nil {
				continue
			}
			t, err := texts.Text(doc)
			if err != nil {
				return err
			}
			d.Docs[doc].Files = files(in.Result, t, &room)
		}
	}
	for i := range in.Result.Groups {
		if g := &in.Result.Groups[i]; g.Pairs > 0 {
			v.Groups = append(v.Groups, newChart(g))
		}
	}
	encoded, err := json.Marshal(d) // it escapes <, > and &
	if err != nil {
		return err
	}
	v.Data = template.JS(encoded)
	v.Policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", sum(css), sum(script))
	return page.Execute(w, v)
}

// sum is how a policy names a text.
func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}

func files(r *similar.Result, t *similar.Text, room *int) []file {
	common := r.Common(t)
	out := []file{}
	for i, f := range t.Files {
		text := f.Text[:max(0, min(len(f.Text), maxText, *room))]
		*room -= len(text)
		out = append(out, file{f.Name, strings.ToValidUTF8(string(text), "\uFFFD"), lines(f.Given), lines(common[i]), len(text) < len(f.Text)})
	}
	return out
}

// lines are the numbers of the marked lines, from 1.
func lines(marked []bool) []int {
	out := []int{}
	for i, m := range marked {
		if m {
			out = append(out, i+1)
		}
	}
	return out
}

// expected writes how many innocent pairs are expected, as far as it means something.
func expected(n float64) string {
	if n < 0.001 {
		return "fewer than 0.001"
	}
	return fmt.Sprintf("%.2g", n)
}

// chart is the histogram of a group, in units of its drawing: 1000 wide, 200 high.
type chart struct {
	Family string
	Pairs  int
	Bars   []bar
	Curve  string // the fitted null, as points of a polyline
	Label  string
}

type bar struct{ X, Y, Height int }

const (
	chartWidth, chartHeight = 1000, 200
	bins                    = 50
)

// newChart draws counts on a logarithmic scale, for copies are few among many pairs.
func newChart(g *similar.Group) chart {
	c := chart{Family: g.Family, Pairs: g.Pairs}
	counts := make([]int, bins)
	for i, n := range g.Counts {
		counts[i*bins/len(g.Counts)] += n
	}
	top := math.Log1p(float64(slices.Max(counts)))
	height := func(n float64) int { return int(math.Round(math.Log1p(max(0, n)) / top * (chartHeight - 10))) }
	for i, n := range counts {
		h := height(float64(n))
		c.Bars = append(c.Bars, bar{i * chartWidth / bins, chartHeight - h, h})
	}
	var points []string
	for i := range bins {
		low := float64(i) / bins
		n := g.Beyond(low) - g.Beyond(low+1.0/bins)
		if fitted := g.Beyond(low) < float64(g.Pairs); fitted { // below, the null says nothing
			points = append(points, fmt.Sprintf("%d,%d", (2*i+1)*chartWidth/bins/2, chartHeight-height(n)))
		}
	}
	c.Curve = strings.Join(points, " ")
	c.Label = fmt.Sprintf("Histogram of %d pairs by score, and the curve of innocent pairs fitted to them. One innocent pair is expected beyond a score of %.2f.", g.Pairs, one(g))
	return c
}

// one is the score beyond which one innocent pair is expected.
func one(g *similar.Group) float64 {
	for i := range 100 {
		if s := float64(i) / 100; g.Beyond(s) <= 1 {
			return s
		}
	}
	return 1
}

// Made is when the report was made, for its foot.
func (v view) Made() string { return time.Now().UTC().Format("2 January 2006, 15:04 UTC") }
