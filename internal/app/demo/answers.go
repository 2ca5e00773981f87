package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"candor/internal/judge/languages"

	"github.com/goccy/go-yaml"
)

// draft is an answer as it stood at one time.
type draft struct {
	body []byte
	run  bool // Run was pressed
}

// drafts are the states that the story's answer to an item went through; none where it has no answer.
func (s story) drafts(key string) ([]draft, error) {
	a := s.answers[key]
	var body any
	switch {
	case a == "":
		if r, err := s.review(key); err == nil {
			return []draft{{body: r.body()}}, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return s.code(key)
	case strings.HasSuffix(a, ".md"):
		text, err := files.ReadFile("_answers/" + a)
		if err != nil {
			return nil, err
		}
		body = map[string][]string{"text": {string(text)}}
	case key == "drain-the-queue" || key == "lost-update":
		body = map[string][]string{"typed": {a}}
	default:
		body = map[string][]string{"choice": strings.Split(a, ",")}
	}
	raw, err := json.Marshal(body)
	return []draft{{body: raw}}, err
}

// code are the drafts of an answer in _answers/code/FIRST NAME/ITEM: what is sent stands in that folder itself, what stood in the editor when
// Run was pressed before in folders 1, 2 and so on. Who pressed Run before also did so at the end.
func (s story) code(key string) ([]draft, error) {
	first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
	dir := path.Join("_answers/code", first, key)
	if _, err := fs.Stat(files, dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []draft
	for n := 1; ; n++ {
		body, err := program(path.Join(dir, strconv.Itoa(n)))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, err
		}
		out = append(out, draft{body, true})
	}
	body, err := program(dir)
	return append(out, draft{body, len(out) > 0}), err
}

// reviewed is an answer of _answers/reviews/FIRST NAME/ITEM.yaml.
type reviewed struct {
	Verdict  string
	Summary  string
	Viewed   []string
	Comments []remark
	Drafts   []remark
}

// remark is a comment: At is its file and line, Is what the first reader rules of it.
type remark struct{ At, Tone, Text, Is string }

// review reads the story's review of a pull request; fs.ErrNotExist when they wrote none.
func (s story) review(key string) (r reviewed, err error) {
	first, _, _ := strings.Cut(strings.ToLower(s.name), " ")
	raw, err := files.ReadFile(path.Join("_answers/reviews", first, key+".yaml"))
	if err != nil {
		return r, err
	}
	return r, yaml.UnmarshalWithOptions(raw, &r, yaml.Strict())
}

// body is the review as the candidate's page would have sent it.
func (r reviewed) body() []byte {
	list := func(remarks []remark, named bool) (out []map[string]any) {
		for n, x := range remarks {
			file, line, _ := strings.Cut(x.At, " ")
			at, _ := strconv.Atoi(line) // refused by the kind
			c := map[string]any{"file": file, "line": at, "tone": x.Tone, "text": strings.TrimSpace(x.Text)}
			if named {
				c["id"] = commentID(n)
			}
			out = append(out, c)
		}
		return out
	}
	raw, _ := json.Marshal(map[string]any{"verdict": r.Verdict, "summary": strings.TrimSpace(r.Summary), "viewed": r.Viewed, "comments": list(r.Comments, true), "drafts": list(r.Drafts, false)}) // texts and numbers
	return raw
}

// commentID is what the page calls the nth comment.
func commentID(n int) string { return "c" + strconv.Itoa(n+1) }

// program is the body of the files in a folder, whose names tell the language.
func program(dir string) ([]byte, error) {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil, err
	}
	language, texts := "", map[string]string{}
	for _, e := range slices.DeleteFunc(entries, fs.DirEntry.IsDir) {
		l, ok := languages.BySuffix(e.Name())
		if !ok {
			return nil, fmt.Errorf("%s is in no language that is known", path.Join(dir, e.Name()))
		}
		text, err := fs.ReadFile(files, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		language, texts[e.Name()] = l.ID, string(text)
	}
	return json.Marshal(map[string]any{"language": language, "files": map[string]any{language: texts}})
}
