package icpc

import (
	"crypto/sha1"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"candor/internal/archive"
	"candor/internal/judge"
)

// Export is the package as 2025-09: byte for byte where it is one, else with everything carried over that the newer format can say. A warning
// names what it cannot.
func (p *Package) Export() (archive.Files, []Finding) {
	x := &exporter{reader: &reader{Package: p}, out: archive.Files{}}
	if p.current() {
		x.copy(".", "", nil)
		return x.out, x.found
	}
	x.copy("problem_statement", "statement", func(name string) string {
		if ext := path.Ext(name); name == "problem"+ext {
			return "problem.en" + ext // without a word it is English
		}
		return name
	})
	for _, dir := range []string{"attachments", "include", "submissions", "input_validators", "generators"} {
		x.copy(dir, dir, nil)
	}
	x.copy("input_format_validators", "input_validators", nil)
	if p.Validator != nil {
		for _, f := range p.Validator.Files {
			x.out["output_validator/"+f.Name] = f.Data
		}
	}
	x.problem()
	x.data()
	x.demands()
	for _, e := range x.entries(".") {
		if !slices.Contains([]string{"problem.yaml", "problem_statement", "attachments", "include", "submissions", "input_validators", "input_format_validators", "output_validators", "generators", "data"}, e.Name()) {
			x.add(Warning, e.Name(), 0, "Not carried over: %s has no place for this.", Current)
		}
	}
	return x.out, x.found
}

type exporter struct {
	*reader
	out archive.Files
}

// copy takes a folder over; rename gets paths relative to it.
func (x *exporter) copy(from, to string, rename func(string) string) {
	fs.WalkDir(x.tree, from, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		rel := name
		if from != "." {
			rel = strings.TrimPrefix(name, from+"/")
		}
		if rename != nil {
			rel = rename(rel)
		}
		if b, ok := x.file(name); ok {
			x.out[path.Join(to, rel)] = b
		}
		return nil
	})
}

// write makes a YAML file; keys without a value are left out.
func (x *exporter) write(name string, keys yaml.MapSlice) {
	keys = slices.DeleteFunc(keys, func(i yaml.MapItem) bool {
		switch v := i.Value.(type) {
		case nil:
			return true
		case string:
			return v == ""
		case []string:
			return len(v) == 0
		case yaml.MapSlice:
			return len(v) == 0
		case int64:
			return v == 0
		case float64:
			return v == 0
		case int:
			return v == 0
		}
		return false
	})
	if len(keys) == 0 {
		return
	}
	b, err := yaml.Marshal(keys)
	if err != nil {
		x.bad(name, "This could not be written: %v", err)
		return
	}
	x.out[name] = b
}

var (
	problemName  = regexp.MustCompile(`\\problemname\{([^{}]*)\}`)
	plainName    = regexp.MustCompile(`(?m)^%%\s*plainproblemname:\s*(.+?)\s*$`)
	authorsApart = regexp.MustCompile(`\s*,\s*|\s+and\s+`)
)

// titles are the problem's names in the languages of its statements.
func (x *exporter) titles() map[string]string {
	titles := map[string]string{}
	for name, text := range x.out {
		parts := strings.Split(strings.TrimPrefix(name, "statement/"), ".")
		if !strings.HasPrefix(name, "statement/problem.") || len(parts) != 3 {
			continue
		}
		titles[parts[1]] = x.Names["en"]
		for _, find := range []*regexp.Regexp{plainName, problemName} {
			if m := find.FindSubmatch(text); m != nil {
				titles[parts[1]] = string(m[1])
				break
			}
		}
	}
	if len(titles) == 0 {
		titles = maps.Clone(x.Names)
	}
	return titles
}

func (x *exporter) problem() {
	m, l := x.meta, x.meta.Limits
	types := []string{"pass-fail"}
	if x.Scoring {
		types = []string{"scoring"}
	}
	if x.Validator != nil && x.Validator.Interactive {
		types = append(types, "interactive")
	}
	uuid := m.UUID
	if uuid == "" {
		h := sha1.Sum(fmt.Append(nil, x.Names, x.titles(), m.Source, len(x.Tests))) // the same package has the same one (RFC 9562, version 5)
		h[6], h[8] = h[6]&0x0f|0x50, h[8]&0x3f|0x80
		uuid = fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
		x.add(Warning, "problem.yaml", 0, "There was no uuid: %s is made of the name and the source.", uuid)
	}
	names := yaml.MapSlice{}
	for _, lang := range slices.Sorted(maps.Keys(x.titles())) {
		names = append(names, yaml.MapItem{Key: lang, Value: x.titles()[lang]})
	}
	var authors []string
	if m.Author != "" {
		authors = authorsApart.Split(m.Author, -1)
	}
	source := yaml.MapSlice{}
	if s, ok := m.Source.(string); ok && s != "" {
		source = append(source, yaml.MapItem{Key: "name", Value: s})
		if m.SourceURL != "" {
			source = append(source, yaml.MapItem{Key: "url", Value: m.SourceURL})
		}
	}
	credits := yaml.MapSlice{}
	if authors != nil {
		credits = append(credits, yaml.MapItem{Key: "authors", Value: authors})
	}
	var keywords []string
	for _, k := range list(m.Keywords) {
		keywords = append(keywords, strings.Fields(k)...)
	}
	lim := yaml.MapSlice{{Key: "time_multipliers", Value: yaml.MapSlice{{Key: "ac_to_time_limit", Value: x.Limits.AC}, {Key: "time_limit_to_tle", Value: x.Limits.TLE}}}}
	for _, i := range []yaml.MapItem{{Key: "memory", Value: l.Memory}, {Key: "output", Value: l.Output}, {Key: "code", Value: l.Code}, {Key: "compilation_time", Value: int64(l.CompilationTime)},
		{Key: "compilation_memory", Value: l.CompilationMemory}, {Key: "validation_time", Value: int64(l.ValidationTime)}, {Key: "validation_memory", Value: l.ValidationMemory},
		{Key: "validation_output", Value: l.ValidationOutput}} {
		if i.Value.(int64) > 0 {
			lim = append(lim, i)
		}
	}
	if x.Minimize {
		x.add(Warning, "problem.yaml", 0, "Not carried over: objective min; in %s the highest score is the best.", Current)
	}
	x.write("problem.yaml", yaml.MapSlice{{Key: "problem_format_version", Value: string(Current)}, {Key: "type", Value: types}, {Key: "name", Value: names}, {Key: "uuid", Value: uuid},
		{Key: "credits", Value: credits}, {Key: "source", Value: source}, {Key: "license", Value: m.License}, {Key: "rights_owner", Value: m.RightsOwner}, {Key: "keywords", Value: keywords},
		{Key: "limits", Value: lim}})
}

// data takes the tests over with what stands beside them, and says in test_group.yaml and beside each test what testdata.yaml said.
func (x *exporter) data() {
	x.copy("data", "data", nil)
	for name := range x.out {
		if strings.HasPrefix(name, "data/") && path.Base(name) == "testdata.yaml" {
			delete(x.out, name)
		}
	}
	groups := map[string]yaml.MapSlice{}
	if x.Scoring {
		groups = x.scores()
	}
	flags := map[string][]string{}
	for _, t := range x.Tests {
		flags[t.Group] = x.flags(t)
		own := yaml.MapSlice{}
		for ending, key := range map[string]string{".hint": "hint", ".desc": "description"} {
			if b, ok := x.out["data/"+t.Name+ending]; ok {
				own = append(own, yaml.MapItem{Key: key, Value: strings.TrimSpace(string(b))})
				delete(x.out, "data/"+t.Name+ending)
			}
		}
		slices.SortFunc(own, func(a, b yaml.MapItem) int { return strings.Compare(a.Key.(string), b.Key.(string)) })
		if top := x.top(t.Group, groups); len(flags[t.Group]) > 0 && top != t.Group {
			own = append(own, yaml.MapItem{Key: "output_validator_args", Value: flags[t.Group]})
		}
		x.write("data/"+t.Name+".yaml", own)
	}
	for name, f := range flags {
		if len(f) > 0 && x.top(name, groups) == name {
			groups[name] = append(groups[name], yaml.MapItem{Key: "output_validator_args", Value: f})
		}
	}
	for name, keys := range groups {
		x.write("data/"+name+"/test_group.yaml", keys)
	}
}

// top is the group that may have a test_group.yaml for a group of the legacy format: sample, secret, and those of a scoring problem right below.
func (x *exporter) top(group string, groups map[string]yaml.MapSlice) string {
	if _, ok := groups[group]; ok {
		return group
	}
	return strings.SplitN(group, "/", 2)[0]
}

// flags are a test's arguments for the validator.
func (x *exporter) flags(t judge.Test) []string {
	if t.Checks == nil {
		return t.Flags
	}
	return slices.Concat(strings.Fields(x.meta.ValidatorFlags), words(x.configs["data/"+t.Group].OutputFlags))
}

// scores maps graders to aggregation: secret adds, or takes the least of, its groups, and each of them passes, adds or takes the least.
func (x *exporter) scores() map[string]yaml.MapSlice {
	lost := func(g judge.Group, what string) {
		x.add(Warning, path.Join("data", g.Name), 0, "Not carried over: %s.", what)
	}
	out := map[string]yaml.MapSlice{}
	rule := func(g judge.Group, most float64, bounded bool) {
		how := g.Sum
		if how == "" {
			how = judge.Add
		}
		if how == judge.Average || how == judge.Most {
			lost(g, "the score as "+string(how)+"; it is the sum")
			how = judge.Add
		}
		keys := yaml.MapSlice{{Key: "score_aggregation", Value: string(how)}, {Key: "max_score", Value: "unbounded"}}
		if bounded {
			keys[1].Value = most
		}
		out[g.Name] = keys
		if g.Reject != 0 {
			lost(g, "points for what is refused")
		}
		if g.Always || g.Any || g.First {
			lost(g, "the verdict of its grader (accept_if_any_accepted, always_accept, first_error)")
		}
	}
	count := func(name string) (n int) {
		for _, t := range x.Tests {
			if t.Group == name {
				n++
			}
		}
		return n
	}
	gives := strings.Contains(x.meta.Validation, "score")
	for _, secret := range x.Groups.Groups {
		if secret.Name != "secret" {
			continue
		}
		if len(secret.Groups) == 0 {
			rule(secret, secret.Accept*float64(count(secret.Name)), !gives)
			continue
		}
		if count(secret.Name) > 0 {
			lost(secret, "tests beside groups")
		}
		all := 0.0
		for _, g := range secret.Groups {
			if len(g.Groups) > 0 {
				lost(g, "the groups in this group")
			}
			most := g.Accept * float64(count(g.Name))
			if g.Sum == judge.Least {
				most = g.Accept
			}
			rule(g, most, !gives)
			all += most
		}
		rule(secret, all, !gives)
	}
	return out
}

// demands keeps what the legacy format demands of submissions where 2025-09 demands something else by default.
func (x *exporter) demands() {
	keys := yaml.MapSlice{{Key: "time_limit_exceeded", Value: yaml.MapSlice{{Key: "permitted", Value: []string{"AC", "WA", "TLE"}}}},
		{Key: "run_time_error", Value: yaml.MapSlice{{Key: "permitted", Value: []string{"AC", "WA", "TLE", "RTE"}}}},
		{Key: "wrong_answer", Value: yaml.MapSlice{{Key: "use_for_time_limit", Value: false}}}}
	keys = slices.DeleteFunc(keys, func(i yaml.MapItem) bool {
		return !slices.ContainsFunc(x.Submissions, func(s Submission) bool { return strings.HasPrefix(s.Name, i.Key.(string)+"/") })
	})
	x.write("submissions/submissions.yaml", keys)
}
