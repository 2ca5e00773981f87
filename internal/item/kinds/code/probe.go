package code

import (
	"context"
	"strings"

	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/probe"
	"candor/internal/run"
)

// maxRuns is how many of a candidate's runs are looked at for probes, the newest ones.
const maxRuns = 100

// Probes are made from what was sent and from what stood there when the candidate ran it; saved states in between stay their own.
func (k Kind) Probes(ctx context.Context, tx db.Tx, ref item.Ref, s item.Spec, body []byte) ([]probe.Probe, error) {
	runs, _, err := k.Runs.Of(ctx, tx, ref.Owner, ref.Item, maxRuns)
	return s.(*spec).probes(body, runs), err
}

// probes are those of an answer; runs are its tries, newest first.
func (s *spec) probes(body []byte, runs []run.Run) []probe.Probe {
	sent := s.read(body)
	l, ok := s.language(sent.Language)
	if !ok || len(sent.Files[l.ID]) == 0 {
		return nil
	}
	w := probe.Work{Given: byName(l.starter), Moment: "run", Tests: func(name string) bool { return l.authors(name) || l.tests(name, []byte(sent.Files[l.ID][name])) }}
	input := ""
	for i := len(runs) - 1; i >= 0; i-- {
		if a := s.read(runs[i].Body); a.Language == l.ID {
			w.States = append(w.States, byName(s.files(l, a)))
			input = a.Input
		}
	}
	w.States = append(w.States, byName(s.files(l, sent)))
	found := w.Find()
	if strings.TrimSpace(input) == "" {
		return found
	}
	lines := strings.Split(strings.TrimRight(input, "\n"), "\n")
	return probe.Sorted(append(found, probe.Probe{Rule: probe.Input, Name: "your input", Code: strings.Join(lines[:min(len(lines), probe.MaxLines)], "\n"),
		Text: "You tried your program with this. What does it print for it, and which lines of yours decide that?", Why: "It is what you had typed yourself when you ran it last."}))
}
