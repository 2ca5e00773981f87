package web_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pairs are text, ground and the least contrast (WCAG 2.2, 1.4.3, 1.4.6, 1.4.11), for both themes.
const pairs = `
ink paper 7|ink surface 7|ink sunken 7|ink-2 paper 7|ink-2 surface 7|ink-2 sunken 7|ink-3 paper 4.5|ink-3 surface 4.5|ink-3 sunken 4.5|ink-3 raised 4.5
accent-ink paper 4.5|accent-ink surface 4.5|accent-ink accent-soft 4.5|accent-ink sunken 4.5|on-accent accent 4.5|on-accent accent-hover 4.5|ink accent-soft 7|accent paper 3
on-bad bad 4.5|ok-ink ok-soft 4.5|ok-ink surface 4.5|warn-ink warn-soft 4.5|warn-ink surface 4.5|bad-ink bad-soft 4.5|bad-ink surface 4.5|line-strong surface 3|line-strong paper 3
ink surface 4.5|ink add 4.5|ink del 4.5|ink add-strong 4.5|ink del-strong 4.5|ink-2 surface 4.5|ink-2 add 4.5|ink-2 del 4.5|ink-2 add-strong 4.5|ink-2 del-strong 4.5
syn-key surface 4.5|syn-key add 4.5|syn-key del 4.5|syn-key add-strong 4.5|syn-key del-strong 4.5|syn-str surface 4.5|syn-str add 4.5|syn-str del 4.5|syn-str add-strong 4.5|syn-str del-strong 4.5
syn-num surface 4.5|syn-num add 4.5|syn-num del 4.5|syn-num add-strong 4.5|syn-num del-strong 4.5|syn-com surface 4.5|syn-com add 4.5|syn-com del 4.5
syn-fn surface 4.5|syn-fn add 4.5|syn-fn del 4.5|syn-fn add-strong 4.5|syn-fn del-strong 4.5|syn-type surface 4.5|syn-type add 4.5|syn-type del 4.5|syn-type add-strong 4.5|syn-type del-strong 4.5
add-ink add 4.5|del-ink del 4.5|add-ink add-strong 4.5|del-ink del-strong 4.5|on-stage stage 7`

var token = regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`)

// themes reads the tokens: light, dark by the system, dark by choice.
func themes(t *testing.T) []map[string]string {
	t.Helper()
	blocks := strings.Split(text(t, "internal/web/css/tokens.css"), "--paper:")
	if len(blocks) != 4 {
		t.Fatalf("tokens.css has %d themes; want 3", len(blocks)-1)
	}
	var out []map[string]string
	for _, b := range blocks[1:] {
		theme := map[string]string{}
		for _, m := range token.FindAllStringSubmatch("--paper:"+b, -1) {
			theme[m[1]] = m[2]
		}
		out = append(out, theme)
	}
	return out
}

func TestContrast(t *testing.T) {
	all := themes(t)
	count := 0
	for _, pair := range strings.FieldsFunc(pairs, func(r rune) bool { return r == '|' || r == '\n' }) {
		var fg, bg string
		var need float64
		if _, err := fmt.Sscan(pair, &fg, &bg, &need); err != nil {
			t.Fatalf("%q: %v", pair, err)
		}
		count++
		for i, theme := range all {
			got := contrast(t, theme[fg], theme[bg])
			if got < need {
				t.Errorf("theme %d: %s on %s is %.2f; needs %.1f", i, fg, bg, got, need)
			}
		}
	}
	if count < 68 {
		t.Errorf("%d pairs; want at least 68", count)
	}
	for name, colour := range all[1] {
		if all[2][name] != colour {
			t.Errorf("--%s is %s in the system's dark and %s in the chosen one", name, colour, all[2][name])
		}
	}
	if got := contrast(t, "#777777", "#ffffff"); math.Abs(got-4.48) > 0.01 {
		t.Errorf("contrast of grey = %.2f; want 4.48", got)
	}
}

// contrast is the ratio of WCAG 2.2, "contrast ratio", between two sRGB colours as #rrggbb.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) != 7 {
		t.Fatalf("no such colour: %q", hex)
	}
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}
