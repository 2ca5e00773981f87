package codereview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/probe"
)

// Probes are about a comment of the reviewer's own and about their verdict.
func (Kind) Probes(_ context.Context, _ db.Tx, _ item.Ref, s item.Spec, body []byte) ([]probe.Probe, error) {
	return s.(*spec).probes(parse(body)), nil
}

func (q *spec) probes(a answer) []probe.Probe {
	var out []probe.Probe
	if p, ok := q.remark(a.Comments); ok {
		out = append(out, p)
	}
	says := map[string]string{"approve": "approve it", "comment": "comment without a verdict", "changes": "ask for changes"}[a.Verdict]
	if says != "" && len(a.Comments) > 0 {
		out = append(out, probe.Probe{Rule: probe.Verdict, Name: a.Verdict,
			Text: fmt.Sprintf("You chose to %s. Which of your comments weighed most, and what would have to be different for you to choose otherwise?", says), Why: "It is the verdict that you sent with your comments."})
	}
	return out
}

// remark is the own comment that asks most (a must before a question before an idea), of those the longest, then the first.
func (q *spec) remark(list []comment) (probe.Probe, bool) {
	list = slices.DeleteFunc(slices.Clone(list), func(c comment) bool { return !c.claims() })
	if len(list) == 0 {
		return probe.Probe{}, false
	}
	c := slices.MinFunc(list, func(a, b comment) int {
		return cmp.Or(cmp.Compare(slices.Index(tones, a.Tone), slices.Index(tones, b.Tone)), cmp.Compare(len(b.Text), len(a.Text)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	p := probe.Probe{Rule: probe.Remark, File: c.File, Name: fmt.Sprintf("line %d", c.Line),
		Text: fmt.Sprintf("You wrote about line %d: “%s” What would happen if the change went in as it is, and how would you show that to its author?", c.Line, c.short()),
		Why:  "Of your comments it asks for most."}
	side := q.head
	if c.Side == "old" {
		side = q.base
	}
	text, _ := side[c.File].text()
	if lines := strings.Split(text, "\n"); text != "" && c.Line <= len(lines) {
		p.Line = max(1, c.Line-4)
		p.Code = strings.Join(lines[p.Line-1:min(len(lines), c.Line+4)], "\n")
	}
	return p, true
}
