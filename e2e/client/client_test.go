package client_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheClientIsOfTheDocument: what programs are told in docs/openapi.json is what the client was made from. dev/client keeps the sum.
func TestTheClientIsOfTheDocument(t *testing.T) {
	raw, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := told(raw)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("CANDOR_DOCS") == "write" {
		if err := os.WriteFile("made.txt", []byte(want+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("made.txt")
	if err != nil || strings.TrimSpace(string(got)) != want {
		t.Errorf("e2e/client is of another document: run dev/client (%v)", err)
	}
	for name, change := range map[string][2]string{"a field": {`"partner_score"`, `"score"`}, "an operation": {`"api.openings"`, `"api.roles"`}, "an answer": {`"409": {`, `"410": {`}} {
		other := strings.Replace(string(raw), change[0], change[1], -1)
		if sum, err := told([]byte(other)); err != nil || other == string(raw) || sum == want {
			t.Errorf("%s with another name is not seen (%v)", name, err)
		}
	}
	pages := strings.Replace(string(raw), `"attempt.clock"`, `"attempt.time"`, 1)
	if sum, err := told([]byte(pages)); err != nil || pages == string(raw) || sum != want {
		t.Errorf("what only pages ask makes the client old (%v)", err)
	}
}

// told is a sum over what the document says to programs: the operations tagged api, and the schemas that these name.
func told(raw []byte) (string, error) {
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return "", err
	}
	sum, seen := sha256.New(), map[string]bool{}
	var add func(name string, part json.RawMessage)
	add = func(name string, part json.RawMessage) {
		if seen[name] {
			return
		}
		seen[name] = true
		fmt.Fprintln(sum, name, string(part))
		for _, m := range reference.FindAllSubmatch(part, -1) {
			add(string(m[1]), doc.Components.Schemas[string(m[1])])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			var op struct{ Tags []string }
			if err := json.Unmarshal(doc.Paths[path][method], &op); err != nil {
				return "", err
			}
			if slices.Contains(op.Tags, "api") {
				add(method+" "+path, doc.Paths[path][method])
			}
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

var reference = regexp.MustCompile(`"#/components/schemas/([^"]+)"`)
