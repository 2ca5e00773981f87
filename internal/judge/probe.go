package judge

import (
	"context"
	"strings"
	"sync"

	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// Found is what one language is on this machine.
type Found struct {
	Language, Name string   // "cpp", "C++"
	Version        string   // "12.2.0"; "" where it does not run
	Ready          bool     // its sample program compiled and answered inside the sandbox
	Why            string   // it is not ready
	Packages       []string // Debian packages that bring it
	Frameworks     []string // unit test frameworks that are there
	Missing        []string // those that are not, with the package that brings each: "JUnit (junit5)"
}

// Probe tries every language inside the sandbox, once; later calls answer at once. A language is offered when it is Ready.
func (j *Judge) Probe(ctx context.Context) []Found {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.found != nil {
		return j.found
	}
	all := languages.All()
	found := make([]Found, len(all))
	var wg sync.WaitGroup
	for i, l := range all {
		wg.Go(func() { found[i] = j.try(ctx, l) })
	}
	wg.Wait()
	if ctx.Err() == nil {
		j.found = found
	}
	return found
}

// try has a language's sample judged and asks for versions.
func (j *Judge) try(ctx context.Context, l languages.Language) Found {
	f := Found{Language: l.ID, Name: l.Name, Packages: l.Packages}
	in := l.SampleInput
	if in == "" {
		in = "1 2"
	}
	out, err := j.Judge(ctx, Task{Style: Stdin, Language: l.ID, Files: []sandbox.File{{Name: l.Main, Data: []byte(l.Sample)}},
		Tests: []Test{{Name: "sum", In: []byte(in + "\n"), Want: []byte("3\n")}}}, nil)
	switch {
	case err != nil:
		f.Why = err.Error()
		return f
	case out.Verdict == JE:
		f.Why = out.Note
		return f
	}
	f.Ready = out.Verdict == AC
	if !f.Ready {
		f.Why = strings.TrimSpace(string(out.Verdict) + ": " + out.Reason + " " + out.Compile)
		for _, t := range out.Tests {
			f.Why += t.Reason + string(t.Stderr)
		}
	}
	slot, err := j.Engine.Open(ctx)
	if err != nil {
		return f
	}
	defer slot.Close()
	says := func(args []string) (string, bool) {
		r, err := slot.Run(ctx, sandbox.Spec{Profile: sandbox.Compile, Args: args, Env: append([]string{"PATH=" + searchPath, "HOME=/tmp"}, l.Env...)})
		return string(r.Stdout) + string(r.Stderr), err == nil && r.Status == sandbox.OK
	}
	if said, ok := says(l.Probe); ok {
		f.Version = l.Version.FindString(said)
	}
	for _, u := range l.Unit {
		if _, ok := says(u.Probe); ok {
			f.Frameworks = append(f.Frameworks, u.Name)
		} else {
			f.Missing = append(f.Missing, u.Name+" ("+strings.Join(u.Packages, ", ")+")")
		}
	}
	return f
}
