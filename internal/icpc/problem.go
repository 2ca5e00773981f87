package icpc

import (
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"candor/internal/judge"
)

// meta is problem.yaml of all formats.
type meta struct {
	Format         string         `yaml:"problem_format_version"`
	Type           any            `yaml:"type"`
	Name           any            `yaml:"name"`
	UUID           string         `yaml:"uuid"`
	Author         string         `yaml:"author"`
	Source         any            `yaml:"source"`
	SourceURL      string         `yaml:"source_url"`
	License        string         `yaml:"license"`
	RightsOwner    string         `yaml:"rights_owner"`
	Limits         limits         `yaml:"limits"`
	Validation     string         `yaml:"validation"`
	ValidatorFlags string         `yaml:"validator_flags"`
	Grading        grading        `yaml:"grading"`
	Keywords       any            `yaml:"keywords"`
	Languages      any            `yaml:"languages"`
	Writes         bool           `yaml:"allow_file_writing"`
	Constants      map[string]any `yaml:"constants"`
}

type grading struct {
	Objective string `yaml:"objective"`
}

type limits struct {
	Time        float64 `yaml:"time_limit"`      // seconds
	Resolution  float64 `yaml:"time_resolution"` // seconds
	Multipliers struct {
		AC  float64 `yaml:"ac_to_time_limit"`
		TLE float64 `yaml:"time_limit_to_tle"`
	} `yaml:"time_multipliers"`
	Multiplier        float64 `yaml:"time_multiplier"`    // legacy
	Margin            float64 `yaml:"time_safety_margin"` // legacy
	Memory            int64   `yaml:"memory"`             // MiB
	Output            int64   `yaml:"output"`             // MiB
	Code              int64   `yaml:"code"`               // KiB
	CompilationTime   float64 `yaml:"compilation_time"`
	CompilationMemory int64   `yaml:"compilation_memory"` // MiB
	ValidationTime    float64 `yaml:"validation_time"`
	ValidationMemory  int64   `yaml:"validation_memory"` // MiB
	ValidationOutput  int64   `yaml:"validation_output"` // MiB
	Passes            int     `yaml:"validation_passes"`
}

// What compiling may use here (sandbox profile "compile").
const (
	compileSeconds = 30
	compileMiB     = 1024
)

// mostMiB and mostSeconds are the largest limits that are taken; a machine has no more to give.
const (
	mostMiB     = 1 << 20
	mostSeconds = 3600
)

// problem reads problem.yaml. ok is false where there is nothing to go on with.
func (r *reader) problem() (ok bool) {
	const file = "problem.yaml"
	d, ok := r.yaml(file, &r.meta, false)
	if !ok {
		if _, err := fs.Stat(r.tree, file); err != nil {
			r.bad(file, "This file is missing: is this the folder of a problem package?")
		}
		return false
	}
	m := &r.meta
	switch m.Format {
	case "", string(Legacy):
		r.Format = Legacy
	case string(LegacyICPC):
		r.Format = LegacyICPC
	case string(Current):
		r.Format = Current
	case "2025-09-draft", "2023-07-draft", "2023-07", "draft":
		r.Format = Current
		r.add(Warning, file, d.line("$.problem_format_version"), "The format %s is read as %s.", m.Format, Current)
	default:
		r.Format = Current
		r.add(Error, file, d.line("$.problem_format_version"), "The format %q is not known; it is read as %s.", m.Format, Current)
	}
	r.keys(d)
	r.constants(d) // before the programs that use them
	r.types(d)
	r.names(d)
	r.limits(d)
	r.Writes = m.Writes
	for _, code := range list(m.Languages) {
		for _, c := range strings.Fields(code) {
			if c == "all" {
				r.Languages = nil
				break
			}
			r.Languages = append(r.Languages, c)
		}
	}
	r.Minimize = m.Grading.Objective == "min"
	return true
}

// current says that the package is of the newer format.
func (p *Package) current() bool { return p.Format == Current }

// keys finds what the format does not have: an error where it would change how 2025-09 is judged, else a warning.
func (r *reader) keys(d doc) {
	if !r.current() {
		r.unknown(Warning, d, "$", "problem_format_version", "type", "name", "uuid", "author", "source", "source_url", "license", "rights_owner", "limits", "validation",
			"validator_flags", "grading", "keywords")
		r.unknown(Warning, d, "$.limits", "time_multiplier", "time_safety_margin", "memory", "output", "code", "compilation_time", "compilation_memory", "validation_time",
			"validation_memory", "validation_output")
		return
	}
	r.unknown(Warning, d, "$", "problem_format_version", "type", "name", "uuid", "version", "credits", "source", "license", "rights_owner", "embargo_until", "limits", "keywords",
		"languages", "allow_file_writing", "constants")
	r.unknown(Error, d, "$.limits", "time_multipliers", "time_limit", "time_resolution", "memory", "output", "code", "compilation_time", "compilation_memory", "validation_time",
		"validation_memory", "validation_output", "validation_passes")
	r.unknown(Error, d, "$.limits.time_multipliers", "ac_to_time_limit", "time_limit_to_tle")
	if r.meta.UUID == "" {
		r.add(Warning, d.path, 0, "There is no uuid.")
	}
}

// types reads type, and validation of the legacy formats.
func (r *reader) types(d doc) {
	interactive, passes := false, 0
	for _, word := range list(r.meta.Type) {
		words := strings.Fields(word)
		if len(words) > 1 {
			r.add(Error, d.path, d.line("$.type"), "%q is no type; several are written as a sequence. It is read as one.", word)
		}
		for _, t := range words {
			switch {
			case t == "pass-fail":
			case t == "scoring":
				r.Scoring = true
			case t == "interactive" && r.current():
				interactive = true
			case t == "multi-pass" && r.current():
				passes = max(r.meta.Limits.Passes, 2)
			case t == "submit-answer" && r.current():
				r.add(Error, d.path, d.line("$.type"), "Not supported: submit-answer.")
			default:
				r.add(Error, d.path, d.line("$.type"), "The type %q is not in the format.", t)
			}
		}
	}
	custom := r.current()
	if words := strings.Fields(r.meta.Validation); len(words) > 0 && !r.current() {
		custom = words[0] == "custom"
		interactive = slices.Contains(words[1:], "interactive")
		for _, w := range words {
			if !slices.Contains([]string{"default", "custom", "interactive", "score"}, w) {
				r.add(Error, d.path, d.line("$.validation"), "validation is default, or custom with interactive and score; %q is neither.", w)
			}
		}
	}
	if custom {
		r.validator(interactive, passes)
	}
	if r.Validator == nil && (interactive || passes > 0 || custom && !r.current()) {
		r.add(Error, d.path, d.line("$.type"), "This problem needs an output validator, and there is none.")
		r.Validator = &judge.Validator{Interactive: interactive, Passes: passes}
	}
}

func (r *reader) names(d doc) {
	switch n := r.meta.Name.(type) {
	case nil:
		if r.current() {
			r.add(Error, d.path, 0, "There is no name.")
		}
	case map[string]any:
		for lang := range n {
			if s, ok := n[lang].(string); ok {
				r.Names[lang] = s
			}
		}
	case string:
		r.Names["en"] = n
	default:
		r.add(Error, d.path, d.line("$.name"), "name is a text, or one text a language.")
	}
}

func (r *reader) limits(d doc) {
	l, out := &r.meta.Limits, &r.Limits
	seconds := func(key string, v float64) time.Duration {
		if v < 0 || v > mostSeconds || math.IsNaN(v) {
			r.add(Error, d.path, d.line("$.limits."+key), "limits.%s is more than 0 and at most %d seconds.", key, mostSeconds)
			return 0
		}
		return time.Duration(v * float64(time.Second))
	}
	size := func(key string, v int64, unit int64) int64 {
		if v < 0 || v > mostMiB {
			r.add(Error, d.path, d.line("$.limits."+key), "limits.%s is more than 0 and at most %d.", key, mostMiB)
			return 0
		}
		return v * unit
	}
	factor := func(key string, v, usual, least float64) float64 {
		if v == 0 {
			return usual
		}
		if v < least || v > 1000 || math.IsNaN(v) {
			r.add(Error, d.path, d.line("$.limits."+key), "%s is %g to 1000.", key, least)
			return usual
		}
		return v
	}
	*out = Limits{Resolution: time.Second, Memory: defaultMemory, Output: defaultOutput, Code: defaultCode}
	if r.current() {
		out.Time = seconds("time_limit", l.Time)
		if s := seconds("time_resolution", l.Resolution); s >= time.Millisecond {
			out.Resolution = s
		}
		out.AC, out.TLE = factor("time_multipliers.ac_to_time_limit", l.Multipliers.AC, 2, 1), factor("time_multipliers.time_limit_to_tle", l.Multipliers.TLE, 1.5, 1)
		if out.Time%out.Resolution != 0 {
			r.add(Error, d.path, d.line("$.limits.time_limit"), "The time limit is no multiple of time_resolution (%s).", out.Resolution)
		}
	} else {
		out.AC, out.TLE = factor("time_multiplier", l.Multiplier, 5, 1), factor("time_safety_margin", l.Margin, 2, 1)
	}
	if v := size("memory", l.Memory, 1<<20); v > 0 {
		out.Memory = v
	}
	if v := size("output", l.Output, 1<<20); v > 0 {
		out.Output = v
	}
	if v := size("code", l.Code, 1<<10); v > 0 {
		out.Code = v
	}
	if l.CompilationTime > compileSeconds || l.CompilationMemory > compileMiB {
		r.add(Warning, d.path, d.line("$.limits"), "Compiling gets %d s and %d MiB here, which is less than declared.", compileSeconds, compileMiB)
	}
	if r.Validator != nil {
		r.Validator.Limits = judge.Limits{CPU: seconds("validation_time", l.ValidationTime), Memory: size("validation_memory", l.ValidationMemory, 1<<20),
			Output: size("validation_output", l.ValidationOutput, 1<<20)}
	}
}

var (
	constantName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	constantUse  = regexp.MustCompile(`\{\{([a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z0-9_]+)?)\}\}`)
)

// constants keeps each value as it is written in problem.yaml.
func (r *reader) constants(d doc) {
	value := func(name, place string) {
		n := d.at(place)
		if n == nil || n.GetToken() == nil {
			return
		}
		r.constant[name] = n.GetToken().Value
	}
	for name, v := range r.meta.Constants {
		if !constantName.MatchString(name) {
			r.add(Error, d.path, d.line("$.constants"), "%q cannot be the name of a constant.", name)
			continue
		}
		variants, ok := v.(map[string]any)
		if !ok {
			value(name, "$.constants."+name)
			value(name+".value", "$.constants."+name)
			continue
		}
		if _, ok := variants["value"]; !ok {
			r.add(Error, d.path, d.line("$.constants."+name), "The constant %s has no value.", name)
		}
		value(name, "$.constants."+name+".value")
		for variant := range variants {
			if constantName.MatchString(variant) {
				value(name+"."+variant, "$.constants."+name+"."+variant)
			}
		}
	}
}

// replaced puts constants into a text; what is not UTF-8 is none, and unknown names stay.
func (p *Package) replaced(text []byte) []byte {
	if len(p.constant) == 0 || !utf8.Valid(text) {
		return text
	}
	return constantUse.ReplaceAllFunc(text, func(use []byte) []byte {
		if v, ok := p.constant[string(use[2:len(use)-2])]; ok {
			return []byte(v)
		}
		return use
	})
}
