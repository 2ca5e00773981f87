package ns

import (
	"os"
	"path/filepath"
)

// Without leaves one wall out, for tests that show what it is there for.
func Without(o Options, wall string) Options {
	o.without = wall
	return o
}

// Traces are the control groups of runs and the slots that are out.
func (e *Engine) Traces() []string {
	var left []string
	for _, pen := range e.groups.pens {
		list, _ := os.ReadDir(pen.Name())
		for _, d := range list {
			if d.IsDir() {
				left = append(left, filepath.Join(pen.Name(), d.Name()))
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.out {
		left = append(left, s.cmd.String())
	}
	return left
}

// Places are where an engine that was killed leaves something: its folder and the parents of its pens.
func (e *Engine) Places() []string {
	out := []string{e.root.Name()}
	for _, pen := range e.groups.pens {
		out = append(out, pen.Name())
	}
	return out
}
