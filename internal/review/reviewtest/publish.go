package reviewtest

import (
	"context"
	"strings"
	"testing/fstest"

	"candor/internal/assessment"
	"candor/internal/attempt/attempttest"
)

// Changes of the rubric of attempttest.Tree, for Publish.
var (
	Reworded = []string{"anchor: At the first reading.", "anchor: At the first reading by somebody new."}
	Weighed  = []string{"title: Right, weight: 1", "title: Right, weight: 4"}
	Added    = []string{"\ncollaboration:", "\n  - {key: brief, title: Brief, weight: 1, about: Is it short?, items: [tell-us], levels: [{name: Not yet, anchor: It wanders off.}, {name: Solid, anchor: Every sentence is needed.}]}\ncollaboration:"}
	Gone     = []string{"  - {key: right, title: Right, weight: 1, about: Does it hold?, items: [tell-us], levels: [{name: Not yet, anchor: It contradicts the facts.}, {name: Solid, anchor: It fits the facts given.}]}\n", ""}
)

// Publish makes the next version of the World's assessment, with texts of attempttest.Tree's file replaced, and gives its id.
func (w *World) Publish(change ...string) assessment.VersionID {
	w.T.Helper()
	ctx := context.Background()
	old, err := w.Assessments.Version(ctx, w.Org.ID, w.Version)
	if err != nil {
		w.T.Fatal(err)
	}
	tree := fstest.MapFS{}
	for name, f := range attempttest.Tree {
		tree[name] = f
	}
	was := string(tree["assessment.yaml"].Data)
	text := strings.NewReplacer(change...).Replace(was)
	if text == was {
		w.T.Fatalf("%q is not in the file", change)
	}
	tree["assessment.yaml"] = &fstest.MapFile{Data: []byte(text)}
	v, findings, err := w.Assessments.Import(ctx, w.Owner, tree, old.Assessment)
	if err == nil {
		_, err = w.Assessments.Publish(ctx, w.Owner, v, nil)
	}
	if err != nil {
		w.T.Fatalf("%v; %v", err, findings)
	}
	return v
}
