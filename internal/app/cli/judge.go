package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"candor/internal/app"
	"candor/internal/archive"
	"candor/internal/icpc"
	"candor/internal/judge"
)

// Judge judges a problem package.
type Judge struct {
	Package     string   `arg:"" help:"Folder or zip of the problem package." type:"path"`
	Submissions []string `arg:"" optional:"" help:"Submissions: names in the package (accepted/a.cpp), or files and folders beside it."`
	JSON        bool     `name:"json" help:"Print one JSON object a line for each submission."`
	Language    string   `help:"Judge only submissions in this language (python, cpp, ...)." placeholder:"ID"`
	Export      string   `help:"Judge nothing; write the package to this file, as a zip in the format 2025-09." placeholder:"FILE" type:"path"`
}

// Run prints findings to standard error and the results to standard output. It fails when something is wrong with the package, when a
// submission does not get what is declared of it, or when one could not be judged.
func (c *Judge) Run(e *env) error {
	src, end, err := packageTree(c.Package)
	if err != nil {
		return err
	}
	defer end()
	p, findings := icpc.Read(src)
	if c.Export != "" {
		return c.export(e, p, findings)
	}
	list, more, err := c.chosen(p)
	if err != nil {
		return err
	}
	findings = append(findings, more...)
	for _, f := range findings {
		fmt.Fprintln(e.err, f)
	}
	if len(p.Tests) == 0 || len(list) == 0 {
		fmt.Fprintln(e.err, "There is nothing to judge.")
		return found{}
	}
	j, closeJudge := app.Judge(defaultCache())
	defer closeJudge()
	reports, proved, err := p.Prove(e.ctx, j, list, progress(e.err))
	if err != nil {
		return err
	}
	for _, f := range proved {
		fmt.Fprintln(e.err, f)
	}
	if err := c.print(e.out, p, reports); err != nil {
		return err
	}
	failed := icpc.Failed(findings) || icpc.Failed(proved)
	right := 0
	for _, r := range reports {
		switch {
		case !r.Judged:
			failed = true
		case r.Outcome.Verdict == judge.JE:
			failed = true
			fmt.Fprintf(e.err, "submissions/%s: error: The judge could not judge this: %s\n", r.Name, r.Outcome.Note)
		case r.Wrong != "":
			failed = true
			fmt.Fprintf(e.err, "submissions/%s: error: %s%s\n", r.Name, r.Wrong, why(r.Outcome))
		case r.Expected != nil:
			right++
		}
	}
	fmt.Fprintf(e.err, "%d of %d submissions got their declared verdict.\n", right, len(reports))
	if failed {
		return found{}
	}
	return nil
}

// export writes the package unless it cannot be read, and says what could not be carried over.
func (c *Judge) export(e *env, p *icpc.Package, findings []icpc.Finding) error {
	files, lost := p.Export()
	for _, f := range append(findings, lost...) {
		fmt.Fprintln(e.err, f)
	}
	if len(p.Tests) == 0 {
		fmt.Fprintln(e.err, "There is nothing to export.")
		return found{}
	}
	f, err := os.Create(c.Export)
	if err != nil {
		return err
	}
	return errors.Join(archive.Write(f, files), f.Close())
}

// packageTree opens a folder, whose links cannot lead out of it, or a zip.
func packageTree(path string) (src fs.FS, end func() error, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		root, err := os.OpenRoot(path)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root.Close, nil
	}
	src, err = tree(path)
	return src, func() error { return nil }, err
}

// chosen are the submissions that are judged: all of the package, or those that are named.
func (c *Judge) chosen(p *icpc.Package) (out []icpc.Submission, found []icpc.Finding, err error) {
	list := p.Submissions
	if len(c.Submissions) > 0 {
		list = nil
	}
	for _, name := range c.Submissions {
		s, ok := named(p, name)
		if !ok {
			dir, base := filepath.Split(filepath.Clean(name))
			if _, err := os.Stat(name); err != nil {
				return nil, nil, fmt.Errorf("there is no submission %s, in the package or beside it", name)
			}
			var fs []icpc.Finding
			s, fs = p.Open(os.DirFS(filepath.Clean(dir)), base)
			found = append(found, fs...)
		}
		list = append(list, s)
	}
	for _, s := range list {
		if c.Language == "" || s.Language == c.Language {
			out = append(out, s)
		}
	}
	return out, found, nil
}

func named(p *icpc.Package, name string) (icpc.Submission, bool) {
	for _, s := range p.Submissions {
		if s.Name == strings.TrimPrefix(filepath.ToSlash(name), "submissions/") {
			return s, true
		}
	}
	return icpc.Submission{}, false
}

// why is what the first test that is not right says.
func why(o judge.Outcome) string {
	for _, t := range o.Tests {
		if t.Verdict != judge.AC {
			return fmt.Sprintf(" %s: %s", t.Name, t.Reason)
		}
	}
	if o.Verdict == judge.CE {
		return "\n" + o.Compile
	}
	return ""
}

// submissionJSON is one line of --json.
type submissionJSON struct {
	Submission string          `json:"submission"`
	Language   string          `json:"language"`
	Verdict    judge.Verdict   `json:"verdict"`
	Expected   []judge.Verdict `json:"expected"`
	CPU        int64           `json:"cpu_ms"`
	Memory     int64           `json:"memory_kib"`
	Tests      []testJSON      `json:"tests"`
}

type testJSON struct {
	Name    string        `json:"name"`
	Verdict judge.Verdict `json:"verdict"`
	CPU     int64         `json:"cpu_ms"`
	Wall    int64         `json:"wall_ms"`
	Memory  int64         `json:"memory_kib"`
	Reason  string        `json:"reason"`
}

func (c *Judge) print(w io.Writer, p *icpc.Package, reports []icpc.Report) error {
	if !c.JSON {
		return table(w, p, reports)
	}
	out := json.NewEncoder(w)
	for _, r := range reports {
		line := submissionJSON{Submission: r.Name, Language: r.Language, Verdict: r.Outcome.Verdict, Expected: icpc.Fits(r.Expected),
			CPU: r.Outcome.CPU.Milliseconds(), Memory: r.Outcome.Memory >> 10, Tests: []testJSON{}}
		for _, t := range r.Outcome.Tests {
			line.Tests = append(line.Tests, testJSON{t.Name, t.Verdict, t.CPU.Milliseconds(), t.Wall.Milliseconds(), t.Memory >> 10, t.Reason})
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func table(w io.Writer, p *icpc.Package, reports []icpc.Report) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	head := "SUBMISSION\tLANGUAGE\tVERDICT\tDECLARED\tTESTS\tCPU\tMEMORY\t"
	if p.Scoring {
		head += "SCORE\t"
	}
	fmt.Fprintln(t, head)
	for _, r := range reports {
		var declared []string
		for _, v := range r.Expected {
			declared = append(declared, string(v))
		}
		verdict := string(r.Outcome.Verdict)
		if !r.Judged {
			verdict = "-"
		}
		passed, of := r.Outcome.Passed()
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d/%d\t%.2f s\t%d MiB\t", r.Name, r.Code, verdict, strings.Join(declared, "|"), passed, of, r.Outcome.CPU.Seconds(), r.Outcome.Memory>>20)
		if p.Scoring {
			fmt.Fprintf(t, "%g\t", r.Outcome.Score)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
