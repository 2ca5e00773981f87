package judge

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	plain := Checks{}
	for _, c := range []struct {
		name      string
		checks    Checks
		want, got string
		says      string // "" is right
	}{
		{"same", plain, "1 2\n", "1 2\n", ""},
		{"white space means nothing", plain, "1 2\n3\n", "\t1\r\n2 3", ""},
		{"case means nothing", plain, "YES", "yes", ""},
		{"case of other letters does", plain, "Ä", "ä", "expected Ä, got ä"},
		{"case, when asked", Checks{CaseSensitive: true}, "YES", "yes", "Line 1: expected YES, got yes."},
		{"the line is the output's", plain, "1 2 3", "1\n2\n4", "Line 3: expected 3, got 4."},
		{"numbers are text", plain, "1.0", "1", "expected 1.0, got 1"},
		{"nothing", plain, "", " \n", ""},
		{"too few", plain, "1 2", "1\n", "expected 2, but the output ends"},
		{"too many", plain, "1", "1\n2", "Line 2: the output should end, but there is 2."},
		{"space, when asked", Checks{SpaceSensitive: true}, "1 2\n", "1  2\n", "white space differs"},
		{"trailing space, when asked", Checks{SpaceSensitive: true}, "1\n", "1", "white space differs"},
		{"space, when asked and right", Checks{SpaceSensitive: true}, "1 2\n", "1 2\n", ""},
		{"within absolute", Checks{Absolute: 1e-3}, "1.000", "1.0009", ""},
		{"beyond absolute", Checks{Absolute: 1e-3}, "1.000", "1.0011", "expected 1.000, got 1.0011"},
		{"within relative", Checks{Relative: 1e-3}, "1000", "1000.9", ""},
		{"relative to the judge's", Checks{Relative: 0.5}, "1", "1.6", "got 1.6"},
		{"either is enough", Checks{Absolute: 10, Relative: 1e-9}, "1000", "1009", ""},
		{"exponents", Checks{Absolute: 1e-9}, "100", "1e2", ""},
		{"words beside numbers", Checks{Absolute: 1e-9}, "Case 1: 2.5", "case 1: 2.50", ""},
		{"a word for a number", Checks{Absolute: 1}, "1", "one", "expected 1, got one"},
		{"a number for a word", Checks{Absolute: 1}, "one", "1", "expected one, got 1"},
		{"nan is no number", Checks{Absolute: 1e9, Relative: 1e9}, "1", "nan", "got nan"},
		{"inf is no number", Checks{Absolute: 1e9, Relative: 1e9}, "1", "inf", "got inf"},
		{"long tokens are cut", plain, "1", strings.Repeat("x", 500), "got " + strings.Repeat("x", 60) + "..."},
	} {
		d := c.checks.Compare([]byte(c.want), []byte(c.got))
		if (d == nil) != (c.says == "") || d != nil && !strings.Contains(d.String(), c.says) {
			t.Errorf("%s: %v; want %q", c.name, d, c.says)
		}
		if d != nil && d.Expected != "" && len(d.Expected) > 1 && strings.Contains(d.Where(), d.Expected) {
			t.Errorf("%s: %q tells what was expected", c.name, d.Where())
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("1 2\n", "1 3", false)
	f.Add("\xff 1e5", "", true)
	f.Fuzz(func(t *testing.T, want, got string, exact bool) {
		c := Checks{CaseSensitive: exact, SpaceSensitive: exact, Absolute: 1e-6}
		if d := c.Compare([]byte(want), []byte(want)); d != nil {
			t.Errorf("%q differs from itself: %s", want, d)
		}
		if d := c.Compare([]byte(want), []byte(got)); exact && d == nil && strings.TrimSpace(want) == strings.TrimSpace(got) && want != got {
			t.Errorf("%q and %q are the same", want, got)
		}
	})
}
