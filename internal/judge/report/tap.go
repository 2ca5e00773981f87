package report

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	tapResult    = regexp.MustCompile(`^(not )?ok\b(?:\s+(\d+))?(?:\s*-)?\s*(.*)$`)
	tapPlan      = regexp.MustCompile(`^1\.\.(\d+)(?:\s*#.*)?$`)
	tapDirective = regexp.MustCompile(`(?i)(?:^|\s)#\s*(skip|todo)\b:?\s*(.*)$`)
	tapTook      = regexp.MustCompile(`^duration_ms: ([\d.]+)`)
)

// tapRead is a stream half read: at each depth the tests that wait for the one they belong to.
type tapRead struct {
	levels [maxDepth + 1][]Test
	plan   int // of the outermost level, -1 while there is none
	told   int // results at the outermost level
	bailed bool
	alone  bool   // the last result is a test of its own, which diagnostics may follow
	yaml   *Test  // whose diagnostics are being read
	indent string // of them
}

// tap reads results at any depth. A test with subtests stands for them, unless it failed by itself. Lines of anything else are output.
// It ended when the plan of the outermost level was kept.
func (c *collector) tap(b []byte) {
	r := &tapRead{plan: -1}
	for l := range lines(b) {
		r.line(l)
	}
	r.yaml = nil
	for depth := maxDepth; depth > 0; depth-- { // cut off before the test they belong to
		r.levels[depth-1] = append(r.levels[depth-1], r.levels[depth]...)
	}
	for _, t := range r.levels[0] {
		c.add(t)
	}
	c.Ended = r.plan >= 0 && r.told == r.plan && !r.bailed
}

func (r *tapRead) line(l string) {
	text := strings.TrimLeft(l, " ")
	depth := (len(l) - len(text)) / 4
	if r.yaml != nil {
		if text == "..." {
			r.yaml = nil
			return
		}
		if rest, ok := strings.CutPrefix(l, r.indent); ok {
			r.diagnose(rest)
			return
		}
		r.yaml = nil
	}
	if depth > maxDepth {
		return
	}
	if text == "---" && r.alone && len(r.levels[depth]) > 0 {
		r.yaml, r.indent = &r.levels[depth][len(r.levels[depth])-1], l[:len(l)-3]
		return
	}
	switch {
	case strings.HasPrefix(l, "1.."):
		if m := tapPlan.FindStringSubmatch(text); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				r.plan = n
			}
		}
	case strings.HasPrefix(text, "Bail out!"):
		r.bailed = true
	case (len(l)-len(text))%4 == 0 && (strings.HasPrefix(text, "ok") || strings.HasPrefix(text, "not ok")):
		if m := tapResult.FindStringSubmatch(text); m != nil {
			r.result(depth, m)
		}
	}
}

// result takes a line of a test, and those that were waiting for it.
func (r *tapRead) result(depth int, m []string) {
	t := Test{Name: m[3], State: Passed}
	if m[1] != "" {
		t.State = Failed
	}
	if d := tapDirective.FindStringSubmatchIndex(t.Name); d != nil {
		t.Text, t.Name, t.State = t.Name[d[4]:d[5]], t.Name[:d[0]], Skipped
	}
	if t.Name = strings.NewReplacer(`\#`, "#", `\\`, `\`).Replace(strings.TrimSpace(t.Name)); t.Name == "" {
		t.Name = strings.TrimSpace("test " + m[2])
	}
	t.ID = t.Name
	if depth == 0 {
		r.told++
	}
	var inner []Test
	for d := depth + 1; d <= maxDepth; d++ {
		inner = append(inner, r.levels[d]...)
		r.levels[d] = nil
	}
	for i := range inner {
		inner[i].ID = line(t.Name + " > " + inner[i].ID)
		if inner[i].Group != "" {
			inner[i].Group = line(t.Name + " > " + inner[i].Group)
		} else {
			inner[i].Group = line(t.Name)
		}
	}
	if len(r.levels[depth])+len(inner) > 2*MaxTests {
		return
	}
	r.levels[depth] = append(r.levels[depth], inner...)
	if r.alone = len(inner) == 0 || t.State == Failed && !failed(inner); r.alone {
		r.levels[depth] = append(r.levels[depth], t)
	}
}

// diagnose takes a line of the YAML below a result.
func (r *tapRead) diagnose(l string) {
	if m := tapTook.FindStringSubmatch(l); m != nil {
		if ms, err := strconv.ParseFloat(m[1], 64); err == nil && ms < 1e9 && r.yaml.Millis == 0 {
			r.yaml.Millis = int64(ms)
		}
		return
	}
	if len(r.yaml.Text) < MaxText && r.yaml.State != Passed && !strings.HasPrefix(l, "location: ") && !strings.HasPrefix(l, "failureType: ") && !strings.HasPrefix(l, "type: ") {
		r.yaml.Text += "\n" + l
	}
}
