package markdown_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"candor/internal/markdown"
)

func TestMarkdownDoesNoHarm(t *testing.T) {
	m := markdown.New(2)
	for name, src := range map[string]string{
		"raw html":         "<script>alert(1)</script><img src=x onerror=alert(1)>",
		"javascript link":  "[x](javascript:alert(1))",
		"data link":        "[x](data:text/html,<script>alert(1)</script>)",
		"odd scheme":       "[x](JaVaScRiPt&#58;alert(1))",
		"image":            "![x](https://tracker.example/pixel.png)",
		"autolink":         "<javascript:alert(1)>",
		"in a code fence":  "```html\n<script>alert(1)</script>\n```",
		"language of code": "```\"onmouseover=alert(1)\nx\n```",
	} {
		got := m.HTML(src)
		for _, bad := range []string{"<script", "<img", "onerror=", "href=\"javascript", "href=\"data", "onmouseover"} {
			if strings.Contains(strings.ToLower(got), bad) {
				t.Errorf("%s: %s contains %s", name, got, bad)
			}
		}
	}
}

func TestMarkdownKeepsItsMeaning(t *testing.T) {
	m := markdown.New(2)
	got := m.HTML("# Title\n\n- a\n\n| x | y |\n|---|---|\n| 1 | `2` |\n\n```go\nfunc main() {}\n```\n\n[docs](https://go.dev)")
	for _, want := range []string{"<h2>Title</h2>", "<li>a</li>", "<td><code>2</code></td>", `class="code chroma"`, `<span class="kd">func</span>`, `href="https://go.dev"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a [b](javascript:c)")
	m := markdown.New(3)
	f.Fuzz(func(t *testing.T, src string) {
		if got := strings.ToLower(m.HTML(src)); strings.Contains(got, "<script") || strings.Contains(got, "href=\"javascript:") {
			t.Errorf("HTML(%q) = %s", src, got)
		}
	})
}

func TestHeadingsFitUnderTheirPage(t *testing.T) {
	for src, want := range map[string]string{
		"# A\n## B\n# C":       "2 3 2",
		"### A\n#### B\n### C": "2 3 2",
		"## A\n##### B\n### C": "2 3 3",
		"### A\n# B":           "2 2",
	} {
		var got []string
		for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(markdown.New(2).HTML(src), -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: levels %v; want %s", src, got, want)
		}
	}
}

// Blocks of a language are found and changed by themselves; all else stays to the byte.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		src, changed string
		blocks       []string
	}{
		{"", "", nil},
		{"mermaid", "MERMAID", nil},
		{"x\n```mermaid\na-->b\n```\ny", "X\n```MERMAID\n<a-->b\n>```\nY", []string{"a-->b\n"}},
		{"- x\n\n  ~~~ mermaid t\n  a\n   b\n  ~~~\n- ```go\n  c\n  ```\n", "- X\n\n  ~~~ MERMAID T\n  <a\n   b\n>  ~~~\n- ```GO\n  C\n  ```\n", []string{"a\n b\n"}},
		{"```mermaid\n```\n", "```MERMAID\n```\n", []string{""}},
		{"```mermaid\nno end", "```MERMAID\n<no end>", []string{"no end\n"}},
	} {
		if got := markdown.Blocks(c.src, "mermaid"); !slices.Equal(got, c.blocks) {
			t.Errorf("Blocks(%q) = %q; want %q", c.src, got, c.blocks)
		}
		if got := markdown.Rewrite(c.src, "mermaid", func(s string) string { return "<" + s + ">" }, strings.ToUpper); got != c.changed {
			t.Errorf("Rewrite(%q) = %q; want %q", c.src, got, c.changed)
		}
	}
}
