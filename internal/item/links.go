package item

import (
	"io/fs"
	"net/url"
	"path"
	"strings"

	"candor/internal/markdown"
)

// Links checks the links of a Markdown text in a file of dir; where says at which place of the text (in bytes) a finding stands.
func Links(dir fs.FS, file, text string, where func(at int, format string, args ...any) Finding) (out []Finding) {
	warn := func(at int, format string, args ...any) {
		f := where(at, format, args...)
		f.Severity = Warning
		out = append(out, f)
	}
	for _, l := range markdown.Links(text) {
		to, err := url.Parse(l.To)
		switch {
		case err != nil:
			out = append(out, where(l.At, "This is no address: %q.", short(l.To)))
		case l.To == "":
			out = append(out, where(l.At, "This link leads nowhere."))
		case to.Scheme != "" && to.Scheme != "http" && to.Scheme != "https" && to.Scheme != "mailto":
			out = append(out, where(l.At, "Links begin with https:, http: or mailto:; this one is not shown: %q.", short(l.To)))
		case to.Scheme != "" && l.Picture:
			warn(l.At, "Pictures of other places are not shown. Say it in words.")
		case to.Scheme != "": // elsewhere
		case to.Host != "" || strings.HasPrefix(to.Path, "/"):
			out = append(out, where(l.At, "Write the whole address, https://...; %q begins in the middle.", short(l.To)))
		case to.Path == "": // a place of this text
		default:
			name := path.Join(path.Dir(file), to.Path)
			if !fs.ValidPath(name) {
				out = append(out, where(l.At, "%q leads out of the folder.", short(l.To)))
			} else if _, err := fs.Stat(dir, name); err != nil {
				out = append(out, where(l.At, "There is no file %s.", short(name)))
			} else {
				warn(l.At, "Candidates cannot open %s: files of the folder are not handed out. Put what they need into the text.", short(name))
			}
		}
	}
	return out
}

// in places findings in a text file by the bytes before them.
func in(file, text string) func(at int, format string, args ...any) Finding {
	d := &Doc{Path: file}
	return func(at int, format string, args ...any) Finding {
		before := text[:at]
		return d.on(1+strings.Count(before, "\n"), 1+len([]rune(before[strings.LastIndex(before, "\n")+1:])), format, args...)
	}
}

// Under places findings at a field of the file.
func (d *Doc) Under(place string) func(at int, format string, args ...any) Finding {
	return func(_ int, format string, args ...any) Finding { return d.At(place, format, args...) }
}
