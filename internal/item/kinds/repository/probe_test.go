package repository

import (
	"testing"

	"candor/internal/probe"
)

func TestProbesAreOfCommitsAndOfWhatCounts(t *testing.T) {
	fee := func(body string) string {
		return "package fee\n\nfunc Late(days int) int {\n\tif days <= 0 {\n\t\treturn 0\n\t}\n" + body + "}\n"
	}
	s := &spec{starter: tree{"fee.go": fee("\treturn days\n"), "fee_test.go": "package fee\n\nfunc TestLate(t *testing.T) {\n\tcheck(t)\n}\n"}}
	commits := []map[string]string{
		s.starter.over(tree{"fee.go": fee("\treturn days * 2\n")}),
		s.starter.over(tree{"fee.go": fee("\treturn min(days, 30) * 2\n")}),
		s.starter.over(tree{"fee.go": fee("\treturn days * 2\n")}),
	}
	last := commits[2]
	h := &held{Texts: map[string]string{"fee.go": last["fee.go"]}, Files: []file{{Path: "fee.go", Hash: "x"}, {Path: "fee_test.go", Hash: blobHash(s.starter["fee_test.go"])}}}
	var rules []probe.Rule
	for _, p := range s.probes(commits, answer{Held: h, Edits: map[string]edit{"fee_test.go": {Gone: true, Was: h.Files[1].Hash}}}) {
		rules = append(rules, p.Rule)
	}
	if want := []probe.Rule{probe.Rewritten, probe.Undone, probe.Test}; len(rules) < 3 || rules[0] != want[0] || rules[1] != want[1] || rules[2] != want[2] {
		t.Errorf("probes are %v; want first %v", rules, want)
	}
	if p := s.probes(nil, answer{}); p != nil {
		t.Errorf("of the starter as it is: %v", p)
	}
}
