package app

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/item/kinds/repository"
	"candor/internal/item/kinds/video"
	"candor/internal/markdown"
)

// planted are answers that say who wrote them in every place where a person writes, by kind, each with the word "kept", which is nobody's name.
var planted = map[string][]string{
	"choice":     {`{"typed":["kept, Amara Okafor, amara@mail.example, /Users/amara/x"]}`},
	"freetext":   {`{"text":["kept. I am Amara Okafor (amara@mail.example), my code lies in /home/amaraok/src."]}`},
	"code":       {`{"language":"python","files":{"python":{"okafor_main.py":"# kept, by Amara Okafor <amara@mail.example>\nopen('/Users/amara/in.txt')"}},"input":"Okafor"}`},
	"codereview": {`{"verdict":"changes","summary":"kept. Amara here.","comments":[{"id":"c1","file":"a.go","line":3,"tone":"must","text":"Okafor would write C:\\Users\\amara\\x"}]}`},
	"repository": {`{"edits":{"docs/okafor.md":{"text":"kept, Amara Okafor"}},"message":"amara@mail.example: /home/amaraok/work"}`},
	"design":     {`{"text-context":["kept. I am Amara Okafor (amara@mail.example)."],"text-parts":["` + "```mermaid\\nflowchart LR\\n  okafor[Amara’s service] --> db\\n```" + ` in /home/amaraok/src"],"alt-parts.upl_00000000000000000000000000000000":["The drawing of Okafor"]}`},
	"video":      {`{"way":"written","text":"kept. I am Amara Okafor.","said":{"rec_1":"My name is Amara, write to amara@mail.example"},"notes":"Okafor"}`},
}

var who = regexp.MustCompile(`(?i)amara|okafor`)

// Every kind takes out who wrote an answer, wherever its answers can say it; a kind without a planted answer fails.
func TestNoKindSaysWhoWroteAnAnswer(t *testing.T) {
	t.Parallel()
	all := kinds(markdown.New(3), nil, nil, repository.Kind{}, video.Kind{}, "", nil)
	tree := fstest.MapFS{"assessment.yaml": {Data: []byte("candor: 1\ntitle: One\nabout: One.\nrubric:\n  - {key: clear, title: Clear, about: Is it?, levels: [{name: No, anchor: It is not understood.}, {name: Yes, anchor: It is understood.}]}\nparts:\n  - {key: quiz, title: Quiz, about: One., minutes: 2, items: [{item: term}]}\n")},
		"items/term/item.yaml": {Data: []byte("kind: choice\ntitle: Term\nminutes: 2\nstatement: What?\ntype: text\ntext: {accept: [one]}\n")}}
	v, findings := assessment.Read(tree, all)
	if item.Failed(findings) {
		t.Fatal(findings)
	}
	names := []string{"Amara Okafor", "amara@mail.example"}
	for _, k := range all {
		answers := planted[k.Name()]
		if len(answers) == 0 {
			t.Errorf("%s: no answer is planted, so nothing is proven of it", k.Name())
		}
		for _, body := range answers {
			var spec item.Spec
			if k.Name() == "choice" {
				spec = v.Parts[0].Items[0].Spec
			}
			if n := len(who.FindAllString(body, -1)); n < 2 {
				t.Errorf("%s: only %d places say who wrote it", k.Name(), n)
			}
			out := string(k.Redact(spec, []byte(body), names))
			if found := who.FindAllString(out, -1); len(found) > 0 || !strings.Contains(out, "kept") {
				t.Errorf("%s: %v is left of who wrote it, or nothing at all: %s", k.Name(), found, out)
			}
		}
	}
}
