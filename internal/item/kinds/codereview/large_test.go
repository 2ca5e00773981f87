package codereview_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/kinds/codereview"
	"candor/internal/markdown"
	"candor/internal/web/locale"
	"candor/internal/web/ui/codeblock"
)

// large is a change of 4,160 lines in 40 files: of each, blocks of thirteen lines changed in a word.
func large() fstest.MapFS {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("booking berth harbour captain ship length window clock hold store query rows err ctx limit next queue send retry pause state value name total price line note route key index batch page tree")
	word := func() string { return words[r.IntN(len(words))] }
	line := func() string {
		switch r.IntN(5) {
		case 0:
			return fmt.Sprintf("\tif %s.%s(%s, %d) != nil {", word(), word(), word(), r.IntN(1000))
		case 1:
			return fmt.Sprintf("\t%s, err := s.%s(ctx, \"%s %s\")", word(), word(), word(), word())
		case 2:
			return "\t// The " + word() + " is kept until the " + word() + " of the " + word() + " is known."
		case 3:
			return fmt.Sprintf("\treturn %s(%s, %s.%s)", word(), word(), word(), word())
		}
		return "\t}"
	}
	out := fstest.MapFS{"item.yaml": {Data: []byte(head)}, "defects.yaml": {Data: []byte("defects: [{id: a, file: f00.go, lines: 1-400, severity: must, class: logic, title: A, why: B}]\n")}}
	for n := range 40 {
		var before, after []string
		for i := range 125 {
			l := line()
			before = append(before, l)
			if i%25 < 13 { // a block in which a word of each line changed
				l = strings.Replace(l, " ", " "+word()+".", 1)
			}
			after = append(after, l)
		}
		name := fmt.Sprintf("f%02d.go", n)
		out["base/"+name] = &fstest.MapFile{Data: []byte(strings.Join(before, "\n") + "\n")}
		out["change/"+name] = &fstest.MapFile{Data: []byte(strings.Join(after, "\n") + "\n")}
	}
	defects := strings.Replace(string(out["defects.yaml"].Data), "1-400", "1-10", 1)
	out["defects.yaml"].Data = []byte(defects)
	return out
}

func largePage(t testing.TB, k codereview.Kind) (item.Spec, item.AskView) {
	t.Helper()
	s, found := k.Spec(large())
	if item.Failed(found) {
		t.Fatal(found)
	}
	return s, item.AskView{Ref: item.Ref{Item: "pr"}, Body: k.Blank(s), Alone: true, Here: "/c", Look: "/c/look", Text: locale.For("en").T}
}

// largest is what the page may have, in bytes after gzip (ui.md, 10).
const largest = 90 << 10

// TestTheLargePageIsLight: a large change keeps to the budget of a page, and its late files open one by one.
func TestTheLargePageIsLight(t *testing.T) {
	s, v := largePage(t, kind)
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	whole := &count{}
	if err := kind.Ask(s, v).Render(context.Background(), io.MultiWriter(z, whole)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	summary := kind.Head(s).Summary
	t.Logf("%s: %d bytes, %d after gzip", summary, whole.n, b.Len())
	if b.Len() > largest {
		t.Errorf("the page is %d bytes after gzip; at most %d", b.Len(), largest)
	}
}

func TestALateFileOpens(t *testing.T) {
	s, v := largePage(t, kind)
	draw := func() string {
		var b bytes.Buffer
		if err := kind.Ask(s, v).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if page := draw(); strings.Contains(page, `id="f39L`) || !strings.Contains(page, `id="f0L`) || !strings.Contains(page, "show=39") {
		t.Error("before: the first file is drawn, the last one has a link that opens it")
	}
	v.Query = url.Values{"show": {"39"}}
	if !strings.Contains(draw(), `id="f39L`) {
		t.Error("asked for, the last file is not drawn")
	}
	v.Query, v.Body = nil, []byte(`{"comments":[{"id":"c1","file":"f38.go","line":1,"tone":"idea","text":"Hm"}]}`)
	if page := draw(); !strings.Contains(page, `id="f38L`) || !strings.Contains(page, "Hm") {
		t.Error("a file with a comment is not drawn")
	}
}

type count struct{ n int }

func (c *count) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }

// BenchmarkPage draws it, as a second look does: everything was highlighted and compared before.
func BenchmarkPage(b *testing.B) {
	s, v := largePage(b, kind)
	for b.Loop() {
		if err := kind.Ask(s, v).Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstPage reads the folder, highlights, compares and draws.
func BenchmarkFirstPage(b *testing.B) {
	for b.Loop() {
		k := codereview.Kind{MD: markdown.New(2), Cache: &codeblock.Cache{}}
		s, v := largePage(b, k)
		if err := k.Ask(s, v).Render(context.Background(), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
