package code

import (
	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/languages"
)

// Schema is item.yaml's.
func (Kind) Schema() *item.Schema {
	s := item.SchemaOf(spec{})
	s.Required = append(s.Required, "style", "languages")
	style := s.Properties["style"]
	style.Type, style.Enum = nil, []string{string(judge.Stdin), string(judge.Unit), string(judge.Function)}
	offered := item.SchemaOf(offer{})
	offered.Type = append(offered.Type, "null")
	var names []string
	for _, l := range languages.All() {
		names = append(names, l.ID)
	}
	one := 1.0
	s.Properties["languages"] = &item.Schema{Type: []string{"object"}, Names: &item.Schema{Enum: names}, MinProperties: &one, Others: offered}
	s.When("style", string(judge.Function), &item.Schema{Required: []string{"function"}})
	return s
}
