package item

import (
	"fmt"
	"maps"

	"candor/internal/archive"

	"github.com/goccy/go-yaml"
)

// Turner is a kind in which a question of an interview can be answered.
type Turner interface {
	Kind
	// Turn says how: what whoever asks reads, and the fields of item.yaml beside those that all kinds have.
	Turn() Turn
}

// Turn is a way to answer a question of an interview.
type Turn struct {
	Way    string         // "In writing"
	Fields map[string]any // of item.yaml
}

// Spec is the item that a question is answered in.
func (t Turn) Spec(k Kind, title string, minutes int, statement string) (Spec, error) {
	all := map[string]any{"kind": k.Name(), "title": title, "minutes": minutes, "statement": statement}
	maps.Copy(all, t.Fields)
	folder, err := yaml.Marshal(all) // with the fields in their order, where that says something
	if err != nil {
		return nil, err
	}
	s, found := k.Spec(archive.Files{"item.yaml": folder})
	if Failed(found) {
		return nil, fmt.Errorf("item: a turn is no %s: %v", k.Name(), found)
	}
	return s, nil
}
