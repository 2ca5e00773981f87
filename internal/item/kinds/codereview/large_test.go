package codereview_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/kinds/codereview"
	"candor/internal/markdown"
	"candor/internal/web/locale"
	"candor/internal/web/ui/codeblock"
)

// large is a change of 5,000 lines in 40 files: of each file half of the lines are new, a quarter was changed in a word.
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
		for i := range 90 {
			l := line()
			before = append(before, l)
			switch {
			case i%3 == 0:
				after = append(after, strings.Replace(l, "e", "E", 1)+" "+word())
			default:
				after = append(after, l)
			}
			if i%3 != 1 {
				after = append(after, line())
			}
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

// TestTheLargePageIsLight: ui.md, section 10.
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
	if b.Len() > 90_000 {
		t.Errorf("the page is %d bytes after gzip; at most 90,000", b.Len())
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
