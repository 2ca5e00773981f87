package integrity

import (
	"fmt"
	"strings"
	"testing"
)

// lines are n lines of a program of which no two are alike.
func lines(from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, "\tresult%d := compute%d(input%d, limit%d)\n", i, i, i, i)
	}
	return b.String()
}

// TestFresh: what is new is counted, and what was there before is not, wherever it is put.
func TestFresh(t *testing.T) {
	starter := "package main\n\nfunc main() {\n" + lines(0, 12) + "}\n"
	earlier := lines(100, 12)
	for _, c := range []struct {
		name, before, now string
		from, to          int // of the count
	}{
		{"nothing", starter, starter, 0, 0},
		{"a line is typed", starter, starter + "// and so on", 9, 9},
		{"a passage is pasted", starter, starter + lines(50, 12), 300, 450},
		{"a passage takes the place of everything", starter, lines(50, 12), 200, 450},
		{"a passage without space", "", strings.Repeat("0123456789abcdef+", 20), 60, 70}, // three of the same words count
		{"a block is moved", starter + lines(50, 12), lines(50, 12) + starter, 0, 0},
		{"a block is moved and indented", starter + lines(50, 12), strings.ReplaceAll(lines(50, 12), "\t", "\t\t\t") + starter, 0, 0},
		{"a block is doubled", starter, starter + starter, 0, 20},
		{"everything is deleted", starter, "", 0, 0},
		{"what was deleted comes back", "", starter, 0, 0},
		{"an earlier state comes back", starter, earlier, 0, 20},
		{"a name is changed everywhere", strings.Repeat("total = total + price * total\n", 40), strings.Repeat("sum_of_it_all = sum_of_it_all + price * sum_of_it_all\n", 40), 0, 60},
		{"a sign in a text without spaces", strings.Repeat("我们在队列里找到了原因", 30), strings.Repeat("我们在队列里找到了原因", 20) + "的" + strings.Repeat("我们在队列里找到了原因", 10), 0, 13},
		{"a sign in a very long word", strings.Repeat("ab", 500), strings.Repeat("ab", 250) + "c" + strings.Repeat("ab", 250), 0, 100},
	} {
		p := passages{}
		p.add(words(starter))
		p.add(words(earlier))
		p.add(words(c.before))
		if n := p.fresh(c.before, c.now); n < c.from || n > c.to {
			t.Errorf("%s: %d characters are new; want %d to %d", c.name, n, c.from, c.to)
		}
	}
}

// FuzzWords: whatever its bytes are, nothing but space is left out.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"a b", "a\xffb", "我们 x", strings.Repeat("x", 50), "\u00a0\u2003", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := strings.Join(words(s), ""), strings.Join(strings.Fields(s), ""); got != want {
			t.Errorf("words of %q are %q; want %q", s, got, want)
		}
	})
}
