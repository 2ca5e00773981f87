package judge

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// How much a candidate may hand in.
const (
	MaxFile  = 1 << 20  // bytes of one file
	MaxAll   = 16 << 20 // bytes of all
	MaxFiles = 500
)

// maxCompile is how much of a compiler's words is kept, in bytes.
const maxCompile = 64 << 10

// receive looks at the candidate's files, writes them into the box and chooses the file to start. What is wrong with them is a CE.
func (w *work) receive(ctx context.Context) error {
	if len(w.Files) == 0 {
		return refuse("There is no file.")
	}
	if len(w.Files) > MaxFiles {
		return refuse("There are %d files; at most %d are taken.", len(w.Files), MaxFiles)
	}
	text, all := map[string][]byte{}, 0
	for _, f := range w.Files {
		if !goodName(f.Name) {
			return refuse("%q cannot be the name of a file here.", f.Name)
		}
		if text[f.Name] != nil {
			return refuse("There are two files called %s.", f.Name)
		}
		if len(f.Data) > MaxFile {
			return refuse("%s has %d bytes; a file may have at most %d.", f.Name, len(f.Data), MaxFile)
		}
		if all += len(f.Data); all > MaxAll {
			return refuse("The files have more than %d bytes together.", MaxAll)
		}
		if slices.Contains(w.lang.Suffixes, path.Ext(f.Name)) && bytes.IndexByte(f.Data, 0) >= 0 {
			return refuse("%s is not a text: it has NUL bytes. Was a compiled program handed in?", f.Name)
		}
		text[f.Name] = append([]byte{}, f.Data...)
	}
	w.source = languages.Source{Text: text, Memory: w.limits().Memory}
	w.source.Files = sorted(text)
	files := []sandbox.File{{Name: languages.Ours + "/.keep", Root: true}} // makes the folder
	for _, f := range w.Files {
		files = append(files, sandbox.File{Name: f.Name, Data: f.Data})
	}
	return w.put(ctx, files)
}

// complete adds the files of the language that nobody brought.
func (w *work) complete(ctx context.Context) error {
	if w.lang.Files == nil {
		return nil
	}
	missing := map[string]string{}
	for name, text := range w.lang.Files(w.source) {
		if _, ok := w.source.Text[name]; !ok {
			missing[name] = text
			w.source.Text[name] = []byte(text)
		}
	}
	w.source.Files = sorted(w.source.Text)
	return w.put(ctx, ours(missing))
}

// goodName is relative, goes nowhere else, cannot be taken for an option or a response file by a compiler, and is not in a folder of ours.
func goodName(name string) bool {
	if !fs.ValidPath(name) || name == "." || len(name) > 200 || !utf8.ValidString(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, languages.Ours) || strings.ContainsRune("-+@ ", rune(part[0])) {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`\"'*?:=|<>`, r) })
}

// entry chooses the file that is started.
func (w *work) entry() error {
	s, l := &w.source, w.lang
	if s.Entry = w.Entry; s.Entry == "" && l.Entry != nil {
		s.Entry = l.Entry(s.Text)
	}
	if s.Entry == "" {
		if candidates := s.With(l.Suffixes...); slices.Contains(candidates, l.Main) {
			s.Entry = l.Main
		} else if len(candidates) == 1 {
			s.Entry = candidates[0]
		} else if len(candidates) == 0 {
			return refuse("There is no file with %s code (%s).", l.Name, strings.Join(l.Suffixes, ", "))
		} else {
			return refuse("There are several files, and none is called %s.", l.Main)
		}
	}
	if _, ok := s.Text[s.Entry]; !ok {
		return refuse("The file %s is missing.", s.Entry)
	}
	return nil
}

// compile runs the commands that make a program. The compiler's words are kept; a failure is a CE.
func (w *work) compile(ctx context.Context, commands [][]string) error {
	var said strings.Builder
	defer func() { w.out.Compile = clean(said.String()) }()
	for _, args := range commands {
		r, err := w.run(ctx, sandbox.Spec{Profile: sandbox.Compile, Args: args})
		if err != nil {
			return err
		}
		if r.Status == sandbox.OK {
			said.Write(r.Stderr)
			continue
		}
		said.Write(r.Stdout)
		said.Write(r.Stderr)
		if r.Status == sandbox.RE && r.Signal == 0 {
			return refuse("The program does not compile.")
		}
		return refuse("Compiling was ended: it %s.", r.Reason)
	}
	return nil
}

var (
	ansi     = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	ccObject = regexp.MustCompile(`/tmp/cc\w+\.o`) // the linker's name for what it was given, another one each time
)

// clean makes words of a tool fit for showing: no escape sequences, no paths of the box, valid UTF-8, at most maxCompile bytes.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = ansi.ReplaceAllString(s, "")
	s = ccObject.ReplaceAllString(s, "the program")
	s = strings.NewReplacer("file:///box/", "", "/box/", "", "/box", ".", "\r\n", "\n", "\x00", "\uFFFD").Replace(s)
	if len(s) > maxCompile {
		s = strings.ToValidUTF8(s[:maxCompile], "") + fmt.Sprintf("\n... (cut at %d KiB)", maxCompile>>10)
	}
	return strings.TrimSpace(s)
}

func sorted(text map[string][]byte) []string {
	out := make([]string, 0, len(text))
	for name := range text {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
