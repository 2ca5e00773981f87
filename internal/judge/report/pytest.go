package report

import (
	"regexp"
	"strings"
)

var (
	pytestResult  = regexp.MustCompile(`^(\S+\.py::.+?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b(.*?)\s*\[ *\d+%\]$`)
	pytestSummary = regexp.MustCompile(`^(?:FAILED|ERROR) (\S+\.py::.+?) - (.*)$`)
	pytestEnd     = regexp.MustCompile(`^=+ .*\bin [\d.]+s\b.* =+$`)
)

// pytest reads the lines of -v and the reasons of the summary. It ended when the line with the counts came.
func (c *collector) pytest(b []byte) {
	states := map[string]State{"PASSED": Passed, "FAILED": Failed, "ERROR": Errored, "SKIPPED": Skipped, "XFAIL": Skipped, "XPASS": Passed}
	for l := range lines(b) {
		l = strings.TrimRight(l, " ")
		if m := pytestResult.FindStringSubmatch(l); m != nil {
			file, name, _ := strings.Cut(m[1], "::")
			c.add(Test{ID: m[1], Name: name, Group: file, State: states[m[2]], Text: strings.Trim(m[3], " ()")})
		} else if m := pytestSummary.FindStringSubmatch(l); m != nil {
			if i, ok := c.at[line(m[1])]; ok && c.Tests[i].Text == "" && c.Tests[i].State != Passed {
				c.Tests[i].Text = clip(m[2], MaxName)
			}
		} else if pytestEnd.MatchString(l) {
			c.Ended = true
		}
	}
}
