// Package probe finds in a person's work what is worth a question to them: the function they changed most often, what they wrote and took
// back, a test that is not what it was, what they brought in, a structure they chose, a condition. It reads texts and nothing else, its rules
// are written out here, and the same work always gives the same probes. A probe is never a verdict: each says why it is asked.
package probe

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Rule is the built-in template that a probe was made by.
type Rule string

const (
	Rewritten  Rule = "rewritten"  // the function that changed most often
	Undone     Rule = "undone"     // something that was written and taken back
	Test       Rule = "test"       // a test of the starter that is gone or another one
	Dependency Rule = "dependency" // a library that the starter has not
	Condition  Rule = "condition"  // a condition of their own
	Structure  Rule = "structure"  // a map, set, queue or heap of their own
	Scale      Rule = "scale"      // change this so that it does a hundred times as much
	Input      Rule = "input"      // what does this print for an input that they tried
	Remark     Rule = "remark"     // a comment of their own on somebody's change
	Verdict    Rule = "verdict"    // what they say of somebody's change as a whole
)

// Rules are all of them, in the order in which they are preferred.
var Rules = []Rule{Rewritten, Undone, Test, Input, Remark, Verdict, Condition, Dependency, Structure, Scale}

// Probe is one place in a work with a question about it, in words for its author and its readers alike.
type Probe struct {
	Rule  Rule
	Text  string // the question
	Why   string // why it is asked
	File  string // "" where it is about no file
	Line  int    // of the first line of Code, from 1
	Code  string // what it is about, without line numbers
	Name  string // what it is about in a word: a function, a library, a condition's line
	Times int    // how often, of Rewritten
}

// Work is a work as it came about.
type Work struct {
	Given  map[string]string   // files that everybody began with, by path
	States []map[string]string // files at moments that the person chose (a run, a commit), oldest first; the last one is what was sent
	Moment string              // what such a moment is called: "run", "commit"
	Tests  func(file string) bool
}

// MaxLines is how many lines of code a probe shows.
const MaxLines = 30

// Find gives at most one probe of each rule, in the order of [Rules].
func (w Work) Find() []Probe {
	if len(w.States) == 0 {
		return nil
	}
	if w.Tests == nil {
		w.Tests = func(string) bool { return false }
	}
	var out []Probe
	for _, find := range []func() (Probe, bool){w.rewritten, w.undone, w.test, w.condition, w.dependency, w.structure, w.scale} {
		if p, ok := find(); ok {
			out = append(out, p)
		}
	}
	return out
}

func (w Work) sent() map[string]string { return w.States[len(w.States)-1] }

// programs are the files of a state that are programs and no tests, in order.
func (w Work) programs(files map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(f string) bool { return languageOf(f) == nil || w.Tests(f) })
}

// rewritten is the function that differs from one moment to the next most often; twice is the least.
func (w Work) rewritten() (Probe, bool) {
	times := map[string]int{}
	for i, now := range w.States {
		if i == 0 {
			continue
		}
		before := w.States[i-1]
		for _, file := range w.programs(now) {
			was := map[string]string{}
			for _, f := range Functions(file, before[file]) {
				was[f.Name] = squeezed(f.Code(before[file]))
			}
			for _, f := range Functions(file, now[file]) {
				if old, ok := was[f.Name]; ok && old != squeezed(f.Code(now[file])) {
					times[file+"\x00"+f.Name]++
				}
			}
		}
	}
	var best Probe
	for _, file := range w.programs(w.sent()) {
		for _, f := range Functions(file, w.sent()[file]) {
			if n := times[file+"\x00"+f.Name]; n > best.Times {
				best = f.probe(Rewritten, w.sent()[file])
				best.Times = n
			}
		}
	}
	best.Text = fmt.Sprintf("You changed `%s` more often than anything else. What did not work at first, and how do you know that it works now?", best.Name)
	best.Why = fmt.Sprintf("From one %s of yours to the next, `%s` changed %d times.", w.Moment, best.Name, best.Times)
	return best, best.Times >= 2
}

// undone is the first file that became again what it was before, with what had been written between.
func (w Work) undone() (Probe, bool) {
	for j := 2; j < len(w.States); j++ {
		for _, file := range w.programs(w.States[j]) {
			now := w.States[j][file]
			for i := j - 1; i > 0; i-- {
				if between := w.States[i][file]; between != now && between != "" && w.States[i-1][file] == now {
					p := within(file, between, firstOwn(now, between))
					p.Rule, p.Name = Undone, path.Base(file)
					p.Text = fmt.Sprintf("You wrote this in `%s` and took it back later. What was it for, and why did it go?", file)
					p.Why = fmt.Sprintf("After the later of two %ss of yours the file was again as it had been before the earlier one.", w.Moment)
					return p, true
				}
			}
		}
	}
	return Probe{}, false
}

// test is the first test of the starter that is gone from what was sent, or is another one there.
func (w Work) test() (Probe, bool) {
	sent := w.sent()
	for _, file := range slices.Sorted(maps.Keys(w.Given)) {
		if !w.Tests(file) {
			continue
		}
		now := map[string]string{}
		for _, f := range Functions(file, sent[file]) {
			now[f.Name] = squeezed(f.Code(sent[file]))
		}
		for _, f := range Functions(file, w.Given[file]) {
			code, there := now[f.Name]
			if there && code == squeezed(f.Code(w.Given[file])) {
				continue
			}
			p := f.probe(Test, w.Given[file])
			p.Text = fmt.Sprintf("The test `%s` came with the task and is not in what you sent. What made you take it out, and what tests the same now?", f.Name)
			p.Why = "It stands in the starter and not in your work."
			if there {
				p.Text = fmt.Sprintf("The test `%s` came with the task and is another one in what you sent. What made you change it, and what does it prove now?", f.Name)
				p.Why = "It is not as it stands in the starter, which is shown here."
			}
			return p, true
		}
	}
	return Probe{}, false
}

// condition is the own condition with the most parts; the first of those that have as many.
func (w Work) condition() (Probe, bool) {
	var best Probe
	parts := 0
	w.own(func(l *language, file, text string, n int, line string) {
		if !l.condition.MatchString(line) {
			return
		}
		if c := 1 + strings.Count(line, "&&") + strings.Count(line, "||") + strings.Count(line, " and ") + strings.Count(line, " or "); c > parts {
			parts, best = c, within(file, text, n)
			best.Name = fmt.Sprint("line ", n)
			best.Text = fmt.Sprintf("Give one case in which the condition on line %d holds and one in which it does not. What does your program do in each?", n)
		}
	})
	best.Rule, best.Why = Condition, "Of the conditions that you wrote, none has more parts."
	return best, parts > 0
}

// dependency is the first library that is brought in and that no file of the starter brings in.
func (w Work) dependency() (Probe, bool) {
	given := map[string]bool{}
	for file, text := range w.Given {
		if l := languageOf(file); l != nil {
			for _, line := range strings.Split(text, "\n") {
				given[l.library(line)] = true
			}
		}
	}
	var p Probe
	w.own(func(l *language, file, text string, n int, line string) {
		if name := l.library(line); name != "" && !given[name] && p.Name == "" {
			p = within(file, text, n)
			p.Name = name
			p.Text = fmt.Sprintf("You brought in `%s`. What does it do for you here, and how would you manage without it?", name)
		}
	})
	p.Rule, p.Why = Dependency, "It is the first thing in your work that you import and the starter does not."
	return p, p.Name != ""
}

// structure is the first own line that makes a map, set, queue or heap.
func (w Work) structure() (Probe, bool) {
	var p Probe
	w.own(func(l *language, file, text string, n int, line string) {
		if p.Name != "" {
			return
		}
		for _, s := range structures {
			if s.line.MatchString(line) {
				p = within(file, text, n)
				p.Name = s.name
				p.Text = fmt.Sprintf("Line %d makes a %s. What does your program ask of it, and what would get slower or harder with something else?", n, s.name)
				return
			}
		}
	})
	p.Rule, p.Why = Structure, "It is the first "+p.Name+" that you made yourself."
	return p, p.Name != ""
}

// scale is the longest function with own lines in it.
func (w Work) scale() (Probe, bool) {
	longest := 2
	var best Probe
	for _, file := range w.programs(w.sent()) {
		text, given := w.sent()[file], lineSet(w.Given[file])
		for _, f := range Functions(file, text) {
			own := 0
			for _, line := range strings.Split(f.Code(text), "\n") {
				if line = strings.TrimSpace(line); line != "" && !given[line] {
					own++
				}
			}
			if own > longest {
				longest, best = own, f.probe(Scale, text)
			}
		}
	}
	best.Text = fmt.Sprintf("Suppose `%s` gets a hundred times as much to do. Which line is the first to hurt, and how would you change it?", best.Name)
	best.Why = "It is the longest function that you wrote."
	return best, best.Name != ""
}

// own calls fn with every line of the programs that were sent which stands in no such line of the starter's file; n is from 1.
func (w Work) own(fn func(l *language, file, text string, n int, line string)) {
	for _, file := range w.programs(w.sent()) {
		l, text, given := languageOf(file), w.sent()[file], lineSet(w.Given[file])
		for i, line := range strings.Split(text, "\n") {
			if t := strings.TrimSpace(line); t != "" && !given[t] && !l.comment(t) {
				fn(l, file, text, i+1, t)
			}
		}
	}
}

// within shows a line with what stands around it: the function that it is in, or a few lines.
func within(file, text string, n int) Probe {
	lines := strings.Split(text, "\n")
	from, to := max(1, n-4), min(len(lines), n+4)
	for _, f := range Functions(file, text) {
		if f.From <= n && n <= f.To && f.To-f.From < MaxLines {
			from, to = f.From, f.To
		}
	}
	return Probe{File: file, Line: from, Code: strings.Join(lines[from-1:to], "\n")}
}

// firstOwn is the first line of a text that does not stand in the text before it, from 1.
func firstOwn(before, text string) int {
	set := lineSet(before)
	for i, line := range strings.Split(text, "\n") {
		if t := strings.TrimSpace(line); t != "" && !set[t] {
			return i + 1
		}
	}
	return 1
}

func lineSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, line := range strings.Split(text, "\n") {
		out[strings.TrimSpace(line)] = true
	}
	return out
}

// squeezed is a text without white space, so that layout is no change.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// Sorted are probes in the order of [Rules].
func Sorted(list []Probe) []Probe {
	slices.SortStableFunc(list, func(a, b Probe) int { return cmp.Compare(slices.Index(Rules, a.Rule), slices.Index(Rules, b.Rule)) })
	return list
}

// Choose takes n probes of what was found in several pieces of work, in their order: of each the one that is preferred, then the next; no rule
// twice while there is another one, and nothing twice.
func Choose(found [][]Probe, n int) []Chosen {
	var all []Chosen
	for of, list := range found {
		for rank, p := range list {
			all = append(all, Chosen{p, of, rank})
		}
	}
	slices.SortStableFunc(all, func(a, b Chosen) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Of, b.Of))
	})
	var out []Chosen
	for _, again := range []bool{false, true} {
		for _, c := range all {
			rule := slices.ContainsFunc(out, func(o Chosen) bool { return o.Rule == c.Rule })
			same := slices.ContainsFunc(out, func(o Chosen) bool { return o.Of == c.Of && o.File == c.File && o.Name == c.Name })
			if len(out) < n && !same && (again || !rule) {
				out = append(out, c)
			}
		}
	}
	return out
}

// Chosen is a probe with the piece of work that it is of.
type Chosen struct {
	Probe
	Of   int
	rank int
}
