package codereview

import (
	"strings"
	"testing"

	"candor/internal/probe"
)

func TestProbesAreAboutTheirOwnComments(t *testing.T) {
	q := &spec{base: tree{"a.go": {data: []byte("old\n")}}, head: tree{"a.go": {data: []byte("one\ntwo\nthree\n")}}}
	a := answer{Verdict: "changes", Comments: []comment{
		{File: "a.go", Line: 1, Tone: "praise", Text: "Lovely, and much longer than all of the others."},
		{File: "a.go", Line: 3, Tone: "question", Text: "Why three, and not four as before?"},
		{File: "a.go", Line: 2, Tone: "must", Text: "Two is wrong."}}}
	got := q.probes(a)
	if len(got) != 2 || got[0].Rule != probe.Remark || got[1].Rule != probe.Verdict {
		t.Fatalf("probes are %+v", got)
	}
	if p := got[0]; !strings.Contains(p.Text, "“Two is wrong.”") || p.Line != 1 || p.Code != "one\ntwo\nthree\n" {
		t.Errorf("the comment that asks for most gives %+v", p)
	}
	if got := q.probes(answer{Verdict: "approve"}); got != nil {
		t.Errorf("of a review without a comment: %+v", got)
	}
}
