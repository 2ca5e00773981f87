// Package catalog has the tools of the shed.
package catalog

import (
	"errors"
	"sort"
)

// Tool is a sort of tool, of which there may be several.
type Tool struct {
	Key   string
	Count int // how many the shed owns
	Value int // of one, in cents
}

// Errors of this package.
var (
	ErrUnknown = errors.New("no such tool")
	ErrCount   = errors.New("a tool needs a count and a value above zero")
)

// Catalog is all tools.
type Catalog struct{ tools map[string]Tool }

// New has none.
func New() *Catalog { return &Catalog{tools: map[string]Tool{}} }

// Add adds a tool, or more of one that is there; the value is then the new one.
func (c *Catalog) Add(key string, count, value int) error {
	if count <= 0 || value <= 0 {
		return ErrCount
	}
	t := c.tools[key]
	c.tools[key] = Tool{key, t.Count + count, value}
	return nil
}

// Find is a tool. ErrUnknown.
func (c *Catalog) Find(key string) (Tool, error) {
	t, ok := c.tools[key]
	if !ok {
		return t, ErrUnknown
	}
	return t, nil
}

// All are sorted by key.
func (c *Catalog) All() []Tool {
	out := make([]Tool, 0, len(c.tools))
	for _, t := range c.tools {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}
