package org

import (
	_ "embed"
	"slices"
	"sync"

	"candor/internal/actor"

	"github.com/goccy/go-yaml"
)

//go:embed roles.yaml
var rolesFile []byte

// Table is roles.yaml: which roles an action needs, and which fields of an application who reads.
type Table struct {
	Actions map[string][]string        `yaml:"actions"`
	Fields  map[string]map[string]bool `yaml:"fields"`
}

// Roles is the table; it panics when the file that is compiled in cannot be read.
var Roles = sync.OnceValue(func() Table {
	var t Table
	if err := yaml.UnmarshalWithOptions(rolesFile, &t, yaml.Strict()); err != nil {
		panic("org: roles.yaml: " + err.Error())
	}
	return t
})

// May says whether the outer wall lets a person do an action; an action that is not in the table is nobody's.
func May(who actor.Actor, action string) bool {
	if who.Kind == actor.System {
		return true
	}
	roles, ok := Roles().Actions[action]
	if !ok || who.Kind != actor.Member {
		return false
	}
	return slices.Contains(roles, "*") || who.Has(roles...)
}

// Need is May as a problem. ErrRole.
func Need(who actor.Actor, action string) error {
	if !May(who, action) {
		return ErrRole
	}
	return nil
}
