package code

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/languages"
)

var typeName = regexp.MustCompile(`^(int|float|bool|string)(\[\]){0,3}$`)

// function reads the signature and cases.yaml.
func (r *reader) function(s *spec) {
	if s.Function == nil {
		r.bad("$.style", "The function style needs function: {name, params, returns}.")
		return
	}
	word := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,60}$`)
	if !word.MatchString(s.Function.Name) {
		r.bad("$.function.name", "Name the function by one word of letters, digits and underscores.")
	}
	s.signature = languages.Signature{Name: s.Function.Name, Returns: s.Function.Returns}
	for i, p := range s.Function.Params {
		if !word.MatchString(p.Name) || !typeName.MatchString(p.Type) {
			r.bad(fmt.Sprintf("$.function.params[%d]", i), "A parameter has a name and a type: int, float, bool, string, or arrays of them (int[], string[][]).")
		}
		s.signature.Params = append(s.signature.Params, languages.Param{Name: p.Name, Type: p.Type})
	}
	if !typeName.MatchString(s.Function.Returns) {
		r.bad("$.function.returns", "returns is int, float, bool, string, or arrays of them.")
	}
	for _, l := range s.languages {
		if l.Language.Function == nil {
			r.bad("$.languages."+l.ID, "The function style is not there for %s. Use stdin or unit, or leave the language out.", l.Name)
		}
	}
	var all struct {
		Visible []yamlCase `yaml:"visible"`
		Hidden  []yamlCase `yaml:"hidden"`
	}
	d, out := item.ReadYAML(r.dir, "cases.yaml", &all)
	r.out = append(r.out, out...)
	if item.Failed(out) {
		return
	}
	seen := map[string]bool{}
	add := func(list []yamlCase, where string, hidden bool) {
		for i, c := range list {
			place := fmt.Sprintf("$.%s[%d]", where, i)
			if c.Name == "" || seen[c.Name] {
				r.out = append(r.out, d.At(place, "Give every case a name of its own."))
			}
			seen[c.Name] = true
			if len(c.Args) != len(s.signature.Params) {
				r.out = append(r.out, d.At(place, "%d values for %d parameters.", len(c.Args), len(s.signature.Params)))
				continue
			}
			args, err := jsonOf(c.Args)
			want, err2 := jsonOf(c.Want)
			if err != nil || err2 != nil {
				r.out = append(r.out, d.At(place, "args and want are plain values: numbers, texts, true, false and lists."))
				continue
			}
			for j, p := range s.signature.Params {
				if !fits(c.Args[j], p.Type) {
					r.out = append(r.out, d.At(place, "%s is %s; this value is not.", p.Name, p.Type))
				}
			}
			if !fits(c.Want, s.signature.Returns) {
				r.out = append(r.out, d.At(place, "want is no %s.", s.signature.Returns))
			}
			s.cases = append(s.cases, judge.Case{Name: c.Name, Hidden: hidden, Args: args, Want: want})
		}
	}
	add(all.Visible, "visible", false)
	add(all.Hidden, "hidden", true)
	if len(s.cases) == 0 {
		r.at("cases.yaml", "Write cases under visible and hidden.")
	}
}

type yamlCase struct {
	Name string `yaml:"name"`
	Args []any  `yaml:"args"`
	Want any    `yaml:"want"`
}

func jsonOf(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// fits says whether a value of YAML is of a type.
func fits(v any, typ string) bool {
	if inner, ok := strings.CutSuffix(typ, "[]"); ok {
		list, ok := v.([]any)
		return ok && !slices.ContainsFunc(list, func(x any) bool { return !fits(x, inner) })
	}
	switch v.(type) {
	case int, int64, uint64:
		return typ == "int" || typ == "float"
	case float64:
		return typ == "float"
	case bool:
		return typ == "bool"
	case string:
		return typ == "string"
	}
	return false
}
