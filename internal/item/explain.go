package item

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"candor/internal/probe"
)

// ExplainFile is where an author says what may be asked about the work on an item.
const ExplainFile = "explain.yaml"

// Explain is an author's explain.yaml. The zero value uses every rule as it is.
type Explain struct {
	Use       []string          `yaml:"use" schema:"max=12" doc:"Which of the built-in rules may ask: rewritten, undone, test, input, remark, verdict, condition, dependency, structure, scale. All where it is left out."`
	Questions []ExplainQuestion `yaml:"questions" schema:"max=8" doc:"Questions of your own, in the order in which they are taken."`
}

// ExplainQuestion is a question of the author's.
type ExplainQuestion struct {
	Rule string `yaml:"rule" doc:"The built-in rule whose place in the work this asks about, in place of its own words. Left out, everybody is asked it as it is, where their work gives too little."`
	Text string `yaml:"text" schema:"required,min=1,max=600" doc:"The question, in Markdown. With a rule it may say {name}, {file}, {line} and {times}."`
	Why  string `yaml:"why" schema:"max=300" doc:"Why it is asked, in words for the candidate and the readers alike."`
}

// placeholders are what a text with a rule may say of the place.
var placeholders = []string{"{name}", "{file}", "{line}", "{times}"}

// ReadExplain reads explain.yaml in an item's folder; none is no mistake.
func ReadExplain(dir fs.FS) (Explain, []Finding) {
	var e Explain
	if _, err := fs.Stat(dir, ExplainFile); err != nil {
		return e, nil
	}
	d, out := ReadYAML(dir, ExplainFile, &e)
	if Failed(out) {
		return e, out
	}
	known := func(place, rule string) {
		if !slices.Contains(probe.Rules, probe.Rule(rule)) {
			out = append(out, d.At(place, "There is no rule %q. Rules: %s.", rule, ruleNames()))
		}
	}
	for i, r := range e.Use {
		known("$.use["+strconv.Itoa(i)+"]", r)
	}
	for i, q := range e.Questions {
		place := "$.questions[" + strconv.Itoa(i) + "]"
		if q.Rule != "" {
			known(place+".rule", q.Rule)
		}
		if n := len([]rune(strings.TrimSpace(q.Text))); n == 0 || n > 600 {
			out = append(out, d.At(place, "Write the question in text, in up to 600 characters."))
		}
		if len([]rune(q.Why)) > 300 {
			out = append(out, d.At(place+".why", "This is longer than 300 characters."))
		}
		for _, p := range placeholders {
			if q.Rule == "" && strings.Contains(q.Text, p) {
				out = append(out, d.At(place+".text", "%s stands for a place in the work, which only a rule finds. Add a rule, such as rule: rewritten.", p))
			}
		}
		if q.Rule != "" && e.Use != nil && !slices.Contains(e.Use, q.Rule) {
			out = append(out, d.At(place+".rule", "The rule %s is not in use, so this is never asked. Add it to use.", q.Rule))
		}
	}
	return e, out
}

func ruleNames() string {
	var names []string
	for _, r := range probe.Rules {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// Applied are probes as the author wants them: of the rules in use, in the author's words where there are any.
func (e Explain) Applied(list []probe.Probe) []probe.Probe {
	var out []probe.Probe
	for _, p := range list {
		if e.Use != nil && !slices.Contains(e.Use, string(p.Rule)) {
			continue
		}
		i := slices.IndexFunc(e.Questions, func(q ExplainQuestion) bool { return q.Rule == string(p.Rule) })
		if i >= 0 {
			q := e.Questions[i]
			p.Text = strings.NewReplacer("{name}", p.Name, "{file}", p.File, "{line}", strconv.Itoa(p.Line), "{times}", strconv.Itoa(p.Times)).Replace(q.Text)
			if q.Why != "" {
				p.Why = q.Why
			}
		}
		out = append(out, p)
	}
	return out
}

// Everybody are the author's questions that are about no place in the work.
func (e Explain) Everybody() []probe.Probe {
	var out []probe.Probe
	for _, q := range e.Questions {
		if q.Rule == "" {
			p := probe.Probe{Rule: "author", Name: q.Text, Text: q.Text, Why: q.Why}
			if p.Why == "" {
				p.Why = "The author of this task asks it where there is room for it."
			}
			out = append(out, p)
		}
	}
	return out
}
