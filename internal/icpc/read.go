package icpc

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"candor/internal/judge"
	"candor/internal/sandbox"
)

// How much of a package is read.
const (
	maxFile  = 256 << 20 // bytes of one file
	maxAll   = 2 << 30   // bytes of all tests
	maxTests = 10_000
	maxDepth = 16
)

// Read reads a package from its folder. The package is never nil, and may be used as far as the findings allow.
func Read(tree fs.FS) (*Package, []Finding) {
	r := &reader{Package: &Package{Names: map[string]string{}, include: map[string][]sandbox.File{}, constant: map[string]string{}, configs: map[string]testdata{}, tree: tree}}
	if !r.problem() {
		return r.Package, r.found
	}
	r.data()
	r.includes()
	r.submissions()
	for _, dir := range []string{"static_validator", "graders"} {
		if _, err := fs.Stat(tree, dir); err == nil {
			r.bad(dir, "Not supported: %s.", strings.ReplaceAll(dir, "_", " "))
		}
	}
	return r.Package, r.found
}

// goodName is what a file or folder of a package is called; all others are as if they were not there.
func goodName(name string) bool { return len(name) <= 255 && nameShape.MatchString(name) }

var nameShape = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9_.+-]*$`)

// entries are what stands in a folder, sorted by name; nil where there is none.
func (r *reader) entries(dir string) []fs.DirEntry {
	list, _ := fs.ReadDir(r.tree, dir)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool {
		if goodName(e.Name()) {
			return false
		}
		if suffix := path.Ext(e.Name()); suffix == ".in" || suffix == ".ans" {
			r.add(Warning, path.Join(dir, e.Name()), 0, "The format does not allow this name: the file is ignored.")
		}
		return true
	})
}

// isDir follows links, which stay inside of the package.
func (r *reader) isDir(name string) bool {
	info, err := fs.Stat(r.tree, name)
	return err == nil && info.IsDir()
}

// file reads one file; a failure is a finding.
func (r *reader) file(name string) ([]byte, bool) {
	info, err := fs.Stat(r.tree, name)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
		r.bad(name, "This is no ordinary file of at most %d MiB.", maxFile>>20)
		return nil, false
	}
	var b []byte
	if err == nil {
		b, err = fs.ReadFile(r.tree, name)
	}
	if err != nil {
		r.bad(name, "This file cannot be read: %v", err)
		return nil, false
	}
	return b, true
}

// program is a file, or all files of a folder, with constants put in place.
func (r *reader) program(name string, depth int) []sandbox.File {
	if !r.isDir(name) {
		b, ok := r.file(name)
		if !ok {
			return nil
		}
		return []sandbox.File{{Name: path.Base(name), Data: r.replaced(b)}}
	}
	if depth > maxDepth {
		r.bad(name, "The folders are too deep.")
		return nil
	}
	var out []sandbox.File
	for _, e := range r.entries(name) {
		full := path.Join(name, e.Name())
		for _, f := range r.program(full, depth+1) {
			if r.isDir(full) {
				f.Name = path.Join(e.Name(), f.Name)
			}
			out = append(out, f)
		}
	}
	return out
}

// validator reads the output validator: output_validator/ of 2025-09, output_validators/ of legacy, of which there may be one. Where the folder
// holds nothing but one folder, that is the program.
func (r *reader) validator(interactive bool, passes int) {
	dir := "output_validator"
	if !r.isDir(dir) {
		if dir = "output_validators"; !r.isDir(dir) {
			return
		}
		if r.current() {
			r.add(Warning, dir, 0, "%s has output_validator in place of this folder.", Current)
		}
	}
	list := r.entries(dir)
	if len(list) > 1 && dir == "output_validators" {
		r.bad(dir, "Not supported: more than one output validator. The first is used.")
		list = list[:1]
	}
	name := dir
	if len(list) == 1 {
		name = path.Join(dir, list[0].Name())
	}
	files := r.program(name, 0)
	if len(files) == 0 {
		r.bad(dir, "There is no validator in this folder.")
		return
	}
	r.Validator = &judge.Validator{Files: files, Interactive: interactive, Passes: passes}
}

// includes reads what is put beside every submission.
func (r *reader) includes() {
	for _, e := range r.entries("include") {
		dir := path.Join("include", e.Name())
		if _, known := coded(e.Name()); !known && e.Name() != "default" {
			r.add(Warning, dir, 0, "%q is no language of the format.", e.Name())
		}
		if r.isDir(dir) {
			r.include[e.Name()] = r.program(dir, 0)
		}
	}
}
