package accent_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"candor/internal/web/accent"
)

// TestOwn: the design's own hue gives the design's own tokens, in both themes, within one step of rounding.
func TestOwn(t *testing.T) {
	sheet, err := accent.Sheet(266, 0.175)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := os.ReadFile("../css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--accent:#2c4fbb", "--accent-soft:#ebf1fe", "--accent:#8dadf9", "--accent-line:#374b7b"} {
		if !strings.Contains(string(tokens), strings.Replace(want, ":", ": ", 1)) {
			t.Errorf("tokens.css has no %s any more", want)
		}
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet has no %s: %s", want, sheet)
		}
	}
}

// TestEveryHue: each hue is either readable in both themes or refused; most are readable.
func TestEveryHue(t *testing.T) {
	fine := 0
	for hue := range 360 {
		sheet, err := accent.Sheet(float64(hue), 0.15)
		if err != nil && !errors.Is(err, accent.ErrContrast) {
			t.Fatal(err)
		}
		if err == nil {
			fine++
			if strings.Count(sheet, "--accent:#") != 3 {
				t.Errorf("hue %d: %s", hue, sheet)
			}
		}
	}
	if fine < 300 {
		t.Errorf("only %d of 360 hues are readable", fine)
	}
	for _, c := range [][2]float64{{-1, 0.1}, {360, 0.1}, {10, 0.19}, {10, -0.1}} {
		if _, err := accent.Sheet(c[0], c[1]); err == nil {
			t.Errorf("%v was taken", c)
		}
	}
}
