package web_test

import (
	"regexp"
	"strings"
	"testing"
)

// refused are things that the content policy or the design system do not let through.
var refused = []struct {
	in   string // suffix of file names
	not  string // a path part that is exempt
	what *regexp.Regexp
	why  string
}{
	{".css", "/css/tokens.css", regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|oklch|oklab)\(`), "a raw colour: use a token"},
	{".css", "", regexp.MustCompile(`\b(?:margin|padding)-(?:left|right)\b|\b(?:left|right)\s*:|text-align:\s*(?:left|right)|border-(?:left|right)\b`), "a physical direction: use the logical property"},
	{".css", "/css/base.css", regexp.MustCompile(`!important`), "!important"},
	{".css", "", regexp.MustCompile(`(?m)^\s*#[\w-]+[\s,{]`), "an id as a hook"},
	{".templ", "", regexp.MustCompile(`\sstyle=`), "a style attribute: the content policy refuses it"},
	{".templ", "", regexp.MustCompile(`\son[a-z]+=`), "an inline handler: the content policy refuses it"},
	{".templ", "", regexp.MustCompile(`<script(?:\s[^>]*)?>[^<]`), "an inline script: the content policy refuses it"},
	{".templ", "", regexp.MustCompile(`<style`), "an inline style sheet: the content policy refuses it"},
	{".templ", "", regexp.MustCompile(`javascript:`), "a javascript: address"},
	{".templ", "", regexp.MustCompile(`tabindex="[1-9]`), "a positive tabindex"},
	{".ts", "", regexp.MustCompile(`:\s*any\b|\bas any\b`), "any"},
	{".ts", "", regexp.MustCompile(`\.innerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function`), "a way to run text as markup or script"},
	{".ts", "", regexp.MustCompile(`setAttribute\("style"`), "a style attribute: set a custom property"},
}

func TestLint(t *testing.T) {
	walk(t, func(p string) {
		for _, r := range refused {
			if !strings.HasSuffix(p, r.in) || r.not != "" && strings.Contains(p, r.not) {
				continue
			}
			for i, line := range strings.Split(text(t, p), "\n") {
				if strings.HasPrefix(strings.TrimSpace(line), "//") || strings.HasPrefix(strings.TrimSpace(line), "/*") {
					continue
				}
				if m := r.what.FindString(line); m != "" && !strings.Contains(line, `name="theme-color"`) {
					t.Errorf("%s:%d has %s (%q)", p, i+1, r.why, strings.TrimSpace(m))
				}
			}
		}
	})
}

// TestRaw: only the reviewed packages write markup without templ's escaping.
func TestRaw(t *testing.T) {
	reviewed := []string{"internal/web/ui/codeblock/", "internal/web/ui/diff/", "internal/web/ui/chart/", "internal/markdown/"}
	raw := regexp.MustCompile(`templ\.Raw\(|templ\.ComponentFunc\(|templ\.UnsafeRaw`)
	walk(t, func(p string) {
		if strings.HasSuffix(p, "_templ.go") || strings.HasSuffix(p, "_test.go") || !strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, ".templ") {
			return
		}
		for _, ok := range reviewed {
			if strings.HasPrefix(p, ok) {
				return
			}
		}
		if raw.MatchString(text(t, p)) {
			t.Errorf("%s writes markup past templ's escaping; only %v may", p, reviewed)
		}
	})
}
