// Package accent makes an organisation's accent colours from a hue and a chroma, at the lightness of the design system, for both
// themes. A colour that would fall short of the contrast table is refused. Nothing else can be themed.
package accent

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"candor/internal/problem"
)

// ErrContrast comes back for a colour in which some text could not be read.
var ErrContrast = problem.New(problem.Invalid, "accent_contrast", "With this colour some text would be hard to read. Choose a neighbouring hue or less colour.")

// MaxChroma is the strongest colour, in OKLCH.
const MaxChroma = 0.18

// token is one accent token: its lightness, and its chroma for an accent of chroma 0.175.
type token struct {
	name     string
	l, chrom float64
}

var light = []token{{"accent", 0.47, 0.175}, {"accent-hover", 0.41, 0.165}, {"accent-ink", 0.44, 0.17}, {"accent-soft", 0.958, 0.018}, {"accent-line", 0.86, 0.055}}
var dark = []token{{"accent", 0.755, 0.115}, {"accent-hover", 0.82, 0.09}, {"accent-ink", 0.8, 0.1}, {"accent-soft", 0.285, 0.05}, {"accent-line", 0.42, 0.085}}

// ground are the tokens that an accent meets; a test compares them with tokens.css.
var ground = [2]map[string]string{
	{"paper": "#faf9f6", "surface": "#ffffff", "sunken": "#f3f2ef", "ink": "#1b202b", "on-accent": "#ffffff"},
	{"paper": "#101318", "surface": "#181b22", "sunken": "#0b0d12", "ink": "#eef0f4", "on-accent": "#0b1326"},
}

var pairs = []struct {
	text, on string
	least    float64
}{{"accent-ink", "paper", 4.5}, {"accent-ink", "surface", 4.5}, {"accent-ink", "accent-soft", 4.5}, {"accent-ink", "sunken", 4.5},
	{"on-accent", "accent", 4.5}, {"on-accent", "accent-hover", 4.5}, {"ink", "accent-soft", 7}, {"accent", "paper", 3}}

// Sheet is the style sheet of an accent: hue in degrees, chroma 0..[MaxChroma]. [ErrContrast] comes back when a pair falls short.
func Sheet(hue, chroma float64) (string, error) {
	if math.IsNaN(hue) || math.IsNaN(chroma) || chroma < 0 || chroma > MaxChroma || hue < 0 || hue >= 360 {
		return "", ErrContrast.Saying("The hue is 0 to 359 and the chroma 0 to 0.18.")
	}
	var out [2]string
	for i, tokens := range [][]token{light, dark} {
		colours := map[string]string{}
		for k, v := range ground[i] {
			colours[k] = v
		}
		var b strings.Builder
		for _, t := range tokens {
			colours[t.name] = Hex(t.l, t.chrom*chroma/0.175, hue)
			fmt.Fprintf(&b, "--%s:%s;", t.name, colours[t.name])
		}
		for _, p := range pairs {
			if Contrast(colours[p.text], colours[p.on]) < p.least {
				return "", ErrContrast.With("pair", p.text+" on "+p.on)
			}
		}
		out[i] = b.String()
	}
	return "@layer tokens{:root{" + out[0] + "}@media screen and (prefers-color-scheme:dark){:root:not([data-theme=\"light\"]){" + out[1] +
		"}}@media screen{:root[data-theme=\"dark\"]{" + out[1] + "}}}\n", nil
}

// Hex is an OKLCH colour in sRGB, with as much chroma as fits (B. Ottosson, "A perceptual color space for image processing", 2020).
func Hex(l, c, hue float64) string {
	for ; ; c -= 0.002 {
		r, g, b := linear(l, max(0, c), hue*math.Pi/180)
		if inside(r) && inside(g) && inside(b) || c <= 0 {
			return fmt.Sprintf("#%02x%02x%02x", channel(r), channel(g), channel(b))
		}
	}
}

func inside(x float64) bool { return x > -0.0005 && x < 1.0005 }

func linear(l, c, h float64) (r, g, b float64) {
	a, bb := c*math.Cos(h), c*math.Sin(h)
	cube := func(x float64) float64 { return x * x * x }
	lc := cube(l + 0.3963377774*a + 0.2158037573*bb)
	mc := cube(l - 0.1055613458*a - 0.0638541728*bb)
	sc := cube(l - 0.0894841775*a - 1.2914855480*bb)
	return 4.0767416621*lc - 3.3077115913*mc + 0.2309699292*sc, -1.2684380046*lc + 2.6097574011*mc - 0.3413193965*sc, -0.0041960863*lc - 0.7034186147*mc + 1.7076147010*sc
}

func channel(x float64) uint8 {
	x = min(1, max(0, x))
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(math.Round(x * 255))
}

// Contrast is the ratio 1..21 of WCAG 2.2 between two colours as #rrggbb.
func Contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
