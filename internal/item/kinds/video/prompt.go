package video

import (
	"io/fs"
	"regexp"
	"strings"

	"candor/internal/item"
	"candor/internal/media/vtt"
	"candor/internal/problem"
)

var _ item.Prompter = Kind{}

// mostPrompt is how many seconds an author may talk.
const mostPrompt = 120

// Prompt is two minutes, in a file as large as any prompt's.
func (Kind) Prompt(item.Spec) (seconds int, most int64) { return mostPrompt, maxPrompt }

// Names of the files that a recorded question has.
const (
	promptFile  = "prompt"
	promptWords = "prompt.vtt"
)

// Prompted puts the recording and its captions into the folder and names them in item.yaml, of which every other byte stays.
func (Kind) Prompted(dir fs.FS, kind string, data []byte, words []vtt.Cue) (map[string][]byte, error) {
	raw, err := fs.ReadFile(dir, "item.yaml")
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, name := range []string{promptFile + ".webm", promptFile + ".mp4", promptWords} {
		if _, err := fs.Stat(dir, name); err == nil {
			out[name] = nil
		}
	}
	line := ""
	if data != nil {
		name := ""
		for ext, t := range types {
			if plain, _, _ := strings.Cut(kind, ";"); plain == t {
				name = promptFile + "." + ext
			}
		}
		switch {
		case name == "":
			return nil, problem.Field("recording", "This is no .webm and no .mp4 file, so not every browser plays it. Record it here, or convert it first.")
		case len(data) > maxPrompt:
			return nil, problem.Field("recording", "This is larger than 20 MB. Record a shorter one.")
		case len(words) == 0:
			return nil, problem.Field("said", "Not everybody can hear it: write what you say, or put in its captions.")
		}
		out[name], out[promptWords] = data, []byte(vtt.Format(words))
		line = "prompt: {file: " + name + ", captions: " + promptWords + "}\n"
	}
	out["item.yaml"] = []byte(withPrompt(string(raw), line))
	return out, nil
}

var promptKey = regexp.MustCompile(`(?m)^prompt[ \t]*:.*\n?(?:(?:[ \t]+.*|[ \t]*)(?:\n|\z))*`)

// withPrompt is item.yaml with another line, or none, where its prompt stands.
func withPrompt(raw, line string) string {
	if at := promptKey.FindStringIndex(raw); at != nil && at[1] > at[0] {
		return raw[:at[0]] + line + raw[at[1]:]
	}
	if raw != "" && !strings.HasSuffix(raw, "\n") {
		raw += "\n"
	}
	return raw + line
}
