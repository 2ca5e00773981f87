package judge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"candor/internal/sandbox"
)

// tolerance of numbers of type float: relative, and absolute below 1.
const tolerance = 1e-9

// function calls the candidate's function in a process of its own for each case. Only the arguments enter the sandbox; the value comes back as
// JSON over a private descriptor and is compared on this side, so that neither prints nor operators of the candidate's decide anything.
func (w *work) function(ctx context.Context) error {
	f := w.lang.Function
	if f == nil {
		return fail("%s is not offered in the function style.", w.lang.Name)
	}
	if len(w.lang.Unit) > 0 {
		w.Files = slices.DeleteFunc(slices.Clone(w.Files), func(c sandbox.File) bool { return w.lang.Unit[0].Config(c.Name, c.Data) })
	}
	w.Entry = f.File
	if err := w.receive(ctx); err != nil {
		return err
	}
	if err := w.entry(); err != nil {
		return err
	}
	if err := w.complete(ctx); err != nil {
		return err
	}
	if err := w.put(ctx, ours(f.Files(w.Signature))); err != nil {
		return err
	}
	commands := [][]string(nil)
	if f.Compile != nil {
		commands = f.Compile(w.source)
	} else if w.lang.Compile != nil {
		commands = w.lang.Compile(w.source)
	}
	if err := w.compile(ctx, commands); err != nil {
		return err
	}
	all := share{work: w, n: len(w.Cases), run: func(ctx context.Context, w *work, i int) (Result, error) { return w.call(ctx, w.Cases[i]) }}
	return all.all(ctx)
}

// call runs the program with one case.
func (w *work) call(ctx context.Context, c Case) (Result, error) {
	secret := nonce()
	var args bytes.Buffer
	if err := json.Compact(&args, c.Args); err != nil {
		return Result{}, fail("The arguments of %q are no JSON: %v", c.Name, err)
	}
	spec := w.limits()
	spec.Args = w.lang.Function.Run(w.source)
	r, said, err := w.private(ctx, spec, []byte(secret+"\n"+args.String()))
	if err != nil {
		return Result{}, err
	}
	return w.returned(c, r, answer(secret, said)), nil
}

// answer is the last line with the nonce, without it; nil where there is none.
func answer(secret string, said []byte) []byte {
	var out []byte
	for line := range bytes.Lines(said) {
		if text, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte(secret+" ")); ok {
			out = text
		}
	}
	return out
}

// returned is the result of one case.
func (w *work) returned(c Case, r sandbox.Report, value []byte) Result {
	out := w.measured(r)
	out.Name, out.Hidden, out.Own = c.Name, c.Hidden, c.Own
	switch {
	case out.Verdict != AC:
	case value == nil:
		out.Verdict, out.Reason = RTE, "The program ended before the function returned."
	case !c.Own:
		if same, err := sameValue(w.Signature.Returns, c.Want, value); err != nil {
			out.Verdict, out.Reason = WA, "What the function returned is no "+w.Signature.Returns+"."
		} else if !same {
			out.Verdict, out.Reason = WA, "The function returned something else than what was expected."
			if w.shows(c.Hidden) {
				out.Reason = fmt.Sprintf("Expected %s, got %s.", short(string(c.Want)), short(string(value)))
			}
		}
	}
	if w.shows(c.Hidden) {
		out.In, out.Want, out.Got, out.Stderr = shown(c.Args), shown(c.Want), shown(value), shown(append(r.Stdout, r.Stderr...))
	}
	return out
}

// sameValue compares two JSON values of a type by value. A nil list, as Go and Java have it, is an empty one. The error says that got is no
// JSON.
func sameValue(kind string, want, got []byte) (bool, error) {
	w, err := decode(want)
	if err != nil {
		return false, fmt.Errorf("the expected value: %w", err)
	}
	g, err := decode(got)
	if err != nil {
		return false, err
	}
	return same(kind, w, g), nil
}

func decode(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return v, d.Decode(&v)
}

func same(kind string, want, got any) bool {
	if element, list := strings.CutSuffix(kind, "[]"); list {
		w, ok1 := asList(want)
		g, ok2 := asList(got)
		return ok1 && ok2 && slices.EqualFunc(w, g, func(a, b any) bool { return same(element, a, b) })
	}
	w, ok1 := want.(json.Number)
	g, ok2 := got.(json.Number)
	if !ok1 || !ok2 {
		return reflect.DeepEqual(want, got)
	}
	if w == g {
		return true
	}
	if i, err := w.Int64(); err == nil {
		if j, err := g.Int64(); err == nil && kind != "float" {
			return i == j
		}
	}
	a, err1 := w.Float64()
	b, err2 := g.Float64()
	if err1 != nil || err2 != nil {
		return false
	}
	if kind == "float" {
		return math.Abs(a-b) <= tolerance*max(1, math.Abs(a))
	}
	return a == b && math.Abs(a) < 1<<53
}

func asList(v any) ([]any, bool) {
	if v == nil {
		return nil, true
	}
	l, ok := v.([]any)
	return l, ok
}
