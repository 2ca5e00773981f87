package code

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"candor/internal/item"
	"candor/internal/judge"
)

// Prove judges every sample submission: each must get one of its declared verdicts, and the solutions of one language must report the same tests.
func (k Kind) Prove(ctx context.Context, s item.Spec, progress func(done, total int, what string)) []item.Finding {
	q := s.(*spec)
	if progress == nil {
		progress = func(int, int, string) {}
	}
	var out []item.Finding
	bad := func(path, format string, args ...any) {
		out = append(out, item.Finding{Path: path, Severity: item.Error, Text: fmt.Sprintf(format, args...)})
	}
	ids := map[string][]string{}
	for i, x := range q.samples {
		progress(i, len(q.samples), strings.TrimPrefix(x.path, "submissions/"))
		l, _ := q.language(x.language)
		if k.Judge == nil {
			bad(x.path, "There is no judge here to prove it.")
			continue
		}
		o, err := k.Judge.Judge(ctx, q.task(l, l.with(x), x.entry, true), nil)
		if err != nil {
			bad(x.path, "The judge could not run it: %v", err)
			if ctx.Err() != nil {
				return out
			}
			continue
		}
		if o.Verdict == judge.JE {
			bad(x.path, "The judge could not judge it: %s `candor doctor` says what is missing; %s comes with %s.", o.Note, l.Name, strings.Join(l.Packages, ", "))
			continue
		}
		if !slices.Contains(x.want, o.Verdict) {
			bad(x.path, "This gets %s, declared is %s. %s", o.Verdict, or(x.want), why(o))
			continue
		}
		if q.Style == judge.Unit && o.Verdict == judge.AC {
			var list []string
			for _, t := range o.Tests {
				list = append(list, t.ID)
			}
			slices.Sort(list)
			if before, ok := ids[x.language]; ok && !slices.Equal(before, list) {
				bad(x.path, "Its tests are not the same as those of the other solution in %s: %d and %d.", l.Name, len(list), len(before))
			}
			ids[x.language] = list
		}
	}
	progress(len(q.samples), len(q.samples), "")
	return out
}

// with are a sample's files over the starter, whose other files a solution may leave out.
func (l *language) with(x submission) []file {
	out := slices.Clone(x.files)
	for _, f := range l.starter {
		if !slices.ContainsFunc(out, func(g file) bool { return g.name == f.name }) && x.entry == "" {
			out = append(out, f)
		}
	}
	return out
}

func or(vs []judge.Verdict) string {
	var words []string
	for _, v := range vs {
		words = append(words, string(v))
	}
	return strings.Join(words, " or ")
}

// why is the first thing that speaks against the declared verdict.
func why(o judge.Outcome) string {
	if o.Note != "" || o.Reason != "" {
		return strings.TrimSpace(o.Reason + " " + o.Note + "\n" + o.Compile)
	}
	for _, t := range o.Tests {
		if t.Verdict != judge.AC {
			return strings.TrimSpace(fmt.Sprintf("%s: %s %s", t.Name, t.Reason, t.Text))
		}
	}
	return "All tests pass."
}
