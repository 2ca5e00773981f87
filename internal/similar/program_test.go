package similar_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// Programs for tests: persons solve the same small tasks, each in a way and with words of their own; a program is rendered in one of
// six languages, and disguised the way copies are.

// program is functions, the last of which is called main and calls the others.
type program struct{ fns []fn }

type fn struct {
	name, remark string
	params       []string
	body         []stmt
}

// stmt is let, set, for, while, if, ret or say. Expressions are text in the manner of C; names in them begin with $, and #x is the length of x.
type stmt struct {
	op, name, expr, to string
	body               []stmt
}

// styles of rendering.
type style struct {
	tabs, allman, dense bool
	remarks             bool
	bare, wide          bool // no braces around a single statement; long where an int would do
}

var (
	languages = []string{"java", "cpp", "csharp", "javascript", "python", "go"}
	endings   = map[string]string{"java": ".java", "cpp": ".cpp", "csharp": ".cs", "javascript": ".js", "python": ".py", "go": ".go"}
	named     = regexp.MustCompile(`\$\w+`)
	sized     = regexp.MustCompile(`#(\w+)`)
)

// pick chooses one of its arguments.
func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// person writes a program for the tasks: the largest value, a mean, a count, a search, a prefix sum and something nobody else does.
func person(r *rand.Rand) program {
	list, i, acc := pick(r, "values", "data", "items", "numbers", "a", "list", "xs"), pick(r, "i", "k", "index", "pos", "j"), pick(r, "total", "sum", "acc", "result", "s")
	x := func(s string) string {
		return strings.NewReplacer("LIST", "$"+list, "LEN", "#"+list, "IDX", "$"+i, "ACC", "$"+acc).Replace(s)
	}
	let := func(n, e string) stmt { return stmt{op: "let", name: x(n)[1:], expr: x(e)} }
	set := func(n, e string) stmt { return stmt{op: "set", name: x(n)[1:], expr: x(e)} }
	loop := func(from, to string, body ...stmt) stmt {
		return stmt{op: "for", name: i, expr: x(from), to: x(to), body: body}
	}
	when := func(cond string, body ...stmt) stmt { return stmt{op: "if", expr: x(cond), body: body} }
	ret := func(e string) stmt { return stmt{op: "ret", expr: x(e)} }
	say := func(text, e string) stmt { return stmt{op: "say", name: text, expr: x(e)} }
	limit := fmt.Sprint(2 + r.IntN(90))
	p := program{}
	add := func(name, remark string, body ...stmt) {
		p.fns = append(p.fns, fn{name, remark, []string{list}, body})
	}
	add(pick(r, "largest", "findMax", "maximum", "best"), pick(r, "the largest of all", "find the maximum value", "go over everything and keep the best"),
		pick(r,
			[]stmt{let("$m", "LIST[0]"), loop("1", "LEN", when("LIST[IDX] > $m", set("$m", "LIST[IDX]"))), ret("$m")},
			[]stmt{let("ACC", "0"), loop("0", "LEN", when("LIST[IDX] >= LIST[ACC]", set("ACC", "IDX"))), ret("LIST[ACC]")},
			[]stmt{let("$top", "-1000000"), let("$n", "LEN"), loop("0", "$n", let("$cur", "LIST[IDX]"), when("$top < $cur", set("$top", "$cur"))), ret("$top")},
			[]stmt{when("LEN == 0", ret("0")), let("$hi", "LIST[LEN - 1]"), loop("0", "LEN - 1", when("!(LIST[IDX] <= $hi)", set("$hi", "LIST[IDX]"))), ret("$hi")})...)
	add(pick(r, "mean", "average", "avg"), pick(r, "average of the list", "mean, zero when empty", "sum divided by count"),
		pick(r,
			[]stmt{let("ACC", "0"), loop("0", "LEN", set("ACC", "ACC + LIST[IDX]")), ret("ACC / LEN")},
			[]stmt{when("LEN == 0", ret("0")), let("ACC", "0"), let("$n", "0"), loop("0", "LEN", set("ACC", "ACC + LIST[IDX]"), set("$n", "$n + 1")), ret("ACC / $n")},
			[]stmt{let("ACC", "LIST[0]"), loop("1", "LEN", set("ACC", "LIST[IDX] + ACC")), let("$q", "ACC / LEN"), ret("$q")})...)
	add(pick(r, "countAbove", "count", "bigOnes", "howMany"), pick(r, "how many are above the limit", "counts large entries"),
		pick(r,
			[]stmt{let("$c", "0"), loop("0", "LEN", when("LIST[IDX] > "+limit, set("$c", "$c + 1"))), ret("$c")},
			[]stmt{let("$border", limit), let("$c", "LEN"), loop("0", "LEN", when("LIST[IDX] <= $border", set("$c", "$c - 1"))), ret("$c")},
			[]stmt{let("$c", "0"), let("$border", limit), loop("0", "LEN", let("$d", "LIST[IDX] - $border"), when("$d > 0", set("$c", "$c + 1"))), ret("$c")})...)
	add(pick(r, "search", "indexOf", "find", "locate"), pick(r, "linear search", "where it is, or minus one"),
		pick(r,
			[]stmt{loop("0", "LEN", when("LIST[IDX] == "+limit, ret("IDX"))), ret("-1")},
			[]stmt{let("$at", "-1"), loop("0", "LEN", when("LIST[IDX] == "+limit+" && $at < 0", set("$at", "IDX"))), ret("$at")},
			[]stmt{let("$lo", "0"), let("$hi", "LEN - 1"), {op: "while", expr: x("$lo <= $hi"), body: []stmt{let("$mid", "($lo + $hi) / 2"), when("LIST[$mid] == "+limit, ret("$mid")), when("LIST[$mid] < "+limit, set("$lo", "$mid + 1")), when("LIST[$mid] > "+limit, set("$hi", "$mid - 1"))}}, ret("-1")})...)
	add(pick(r, "mix", "checksum", "fold", "twist"), pick(r, "my own checksum", "something of the digits", "a number that tells lists apart"), invented(r, x, let, set, loop, when, ret)...)
	calls := []stmt{}
	for _, f := range p.fns {
		calls = append(calls, say(pick(r, "the ", "", "Result of ", "my ", ">> ")+f.name+pick(r, ": ", " = ", " is "), f.name+"(LIST)"))
	}
	r.Shuffle(len(calls), func(a, b int) { calls[a], calls[b] = calls[b], calls[a] })
	add("run", pick(r, "try all of it", "prints the answers", "entry"), calls...)
	return p
}

// invented is a body nobody else has.
func invented(r *rand.Rand, x func(string) string, let, set func(n, e string) stmt, loop func(from, to string, body ...stmt) stmt, when func(cond string, body ...stmt) stmt, ret func(e string) stmt) []stmt {
	term := func() string {
		return pick(r, "ACC * %d + LIST[IDX]", "(ACC + LIST[IDX] * %d) %% 9973", "ACC - LIST[IDX] / %d", "ACC + (LIST[IDX] - %d) * IDX", "ACC * IDX %% %d")
	}
	number := func(s string) string {
		return strings.ReplaceAll(strings.Replace(s, "%d", fmt.Sprint(2+r.IntN(60)), 1), "%%", "%")
	}
	var inner []stmt
	for range 2 + r.IntN(3) {
		s := set("ACC", number(term()))
		if r.IntN(2) == 0 {
			s = when(number(pick(r, "LIST[IDX] %% 2 == %d", "IDX > %d", "ACC < %d", "LIST[IDX] + IDX != %d")), s)
		}
		inner = append(inner, s)
	}
	body := []stmt{let("ACC", fmt.Sprint(r.IntN(50))), loop("0", pick(r, "LEN", "LEN - 1", "LEN / 2"), inner...)}
	if r.IntN(2) == 0 {
		body = append(body, when(number("ACC < %d"), set("ACC", number("ACC + %d"))))
	}
	return append(body, ret(pick(r, "ACC", "ACC + 1", "ACC % 1000")))
}

// each calls do with every list of statements, the innermost first, and keeps what it gives.
func each(body []stmt, do func([]stmt) []stmt) []stmt {
	out := slices.Clone(body)
	for i := range out {
		out[i].body = each(out[i].body, do)
	}
	return do(out)
}

// disguises change a program the way copies are changed.
var disguises = []struct {
	name string
	do   func(r *rand.Rand, p program, s *style) program
}{
	{"rename", func(r *rand.Rand, p program, _ *style) program { return renamed(p) }},
	{"reorder", func(r *rand.Rand, p program, _ *style) program {
		p.fns = slices.Clone(p.fns)
		r.Shuffle(len(p.fns)-1, func(a, b int) { p.fns[a], p.fns[b] = p.fns[b], p.fns[a] })
		return p
	}},
	{"dead code", func(r *rand.Rand, p program, _ *style) program {
		n := 0
		return mapped(p, func(body []stmt) []stmt {
			n++
			dead := stmt{op: "let", name: fmt.Sprint("unused", n), expr: fmt.Sprint(n * 7)}
			if n%3 == 0 {
				dead = stmt{op: "if", expr: "1 > 2", body: []stmt{{op: "say", name: "never", expr: fmt.Sprint(n)}}}
			}
			return slices.Insert(slices.Clone(body), r.IntN(len(body)+1)/2, dead)
		})
	}},
	{"loop forms", func(_ *rand.Rand, p program, _ *style) program {
		return mapped(p, func(body []stmt) []stmt {
			var out []stmt
			for _, s := range body {
				if s.op != "for" {
					out = append(out, s)
					continue
				}
				step := stmt{op: "set", name: s.name, expr: "$" + s.name + " + 1"}
				out = append(out, stmt{op: "let", name: s.name, expr: s.expr}, stmt{op: "while", expr: "$" + s.name + " < " + s.to, body: append(slices.Clone(s.body), step)})
			}
			return out
		})
	}},
	{"extract and inline", func(_ *rand.Rand, p program, _ *style) program { return extracted(p) }},
	{"reformat", func(_ *rand.Rand, p program, s *style) program {
		s.tabs, s.allman, s.dense = !s.tabs, !s.allman, !s.dense
		return p
	}},
	{"translate comments", func(_ *rand.Rand, p program, _ *style) program {
		p.fns = slices.Clone(p.fns)
		for i := range p.fns {
			p.fns[i].remark = pick(rand.New(rand.NewPCG(uint64(i), 1)), "das Ergebnis der Liste", "hier wird alles gezählt", "eine kleine Hilfe", "gibt die Zahl zurück")
		}
		return p
	}},
}

// mapped changes every list of statements.
func mapped(p program, do func([]stmt) []stmt) program {
	p.fns = slices.Clone(p.fns)
	for i := range p.fns {
		p.fns[i].body = each(p.fns[i].body, do)
	}
	return p
}

// renamed gives every function and variable another name.
func renamed(p program) program {
	names := map[string]string{}
	to := func(n string) string {
		if _, ok := names[n]; !ok {
			names[n] = fmt.Sprintf("%s%d", []string{"foo", "thing", "tmp", "val", "q"}[len(names)%5], len(names))
		}
		return names[n]
	}
	fns := map[string]bool{}
	for _, f := range p.fns {
		fns[f.name] = true
	}
	call := regexp.MustCompile(`\b[a-zA-Z]+\(`)
	expr := func(e string) string {
		e = call.ReplaceAllStringFunc(e, func(m string) string { return to(strings.TrimSuffix(m, "(")) + "(" })
		e = named.ReplaceAllStringFunc(e, func(m string) string { return "$" + to(m[1:]) })
		return sized.ReplaceAllStringFunc(e, func(m string) string { return "#" + to(m[1:]) })
	}
	p = mapped(p, func(body []stmt) []stmt {
		out := slices.Clone(body)
		for i := range out {
			out[i].expr, out[i].to = expr(out[i].expr), expr(out[i].to)
			if out[i].op != "say" && out[i].name != "" {
				out[i].name = to(out[i].name)
			}
		}
		return out
	})
	for i := range p.fns {
		p.fns[i].name = to(p.fns[i].name)
		p.fns[i].params = []string{to(p.fns[i].params[0])}
	}
	return p
}

// extracted moves what a function returns into one of its own, and puts values of variables that never change where they are used.
func extracted(p program) program {
	var out []fn
	for _, f := range p.fns {
		f.body = slices.Clone(f.body)
		last := &f.body[len(f.body)-1]
		if v := named.FindString(last.expr); last.op == "ret" && v != "" && named.FindAllString(last.expr, -1) != nil && !strings.Contains(last.expr, "#") && strings.Count(last.expr, "$") == strings.Count(last.expr, v) {
			h := fn{"finish" + f.name, "", []string{v[1:]}, []stmt{*last}}
			out = append(out, h)
			last.expr = h.name + "(" + v + ")"
		}
		for i := 0; i+1 < len(f.body); i++ {
			s := f.body[i]
			if s.op == "let" && !changes(f.body, s.name) {
				use := regexp.MustCompile(`\$` + s.name + `\b`)
				f.body = each(slices.Delete(slices.Clone(f.body), i, i+1), func(b []stmt) []stmt {
					for k := range b {
						b[k].expr = use.ReplaceAllLiteralString(b[k].expr, "("+s.expr+")")
						b[k].to = use.ReplaceAllLiteralString(b[k].to, "("+s.expr+")")
					}
					return b
				})
				break
			}
		}
		out = append(out, f)
	}
	p.fns = out
	return p
}

func changes(body []stmt, name string) bool {
	for _, s := range body {
		if s.op == "set" && s.name == name || changes(s.body, name) {
			return true
		}
	}
	return false
}
