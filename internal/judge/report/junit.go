package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// junit reads test cases wherever they stand. Entities that a document declares for itself are not known, so nothing grows; a document that
// is cut off gives the tests that came. An error where nothing of it is JUnit's.
func (c *collector) junit(b []byte) error {
	b = bytes.Map(func(r rune) rune { // what XML 1.0 forbids ends no report
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return '\uFFFD'
		}
		return r
	}, bytes.ToValidUTF8(b, []byte("\uFFFD")))
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is valid UTF-8 by now
	var suites []string
	var test *Test
	var text *strings.Builder // of a failure, an error or a reason to skip
	known := false
	for {
		token, err := d.RawToken()
		if err != nil {
			if !known {
				return errors.New("no JUnit XML")
			}
			if test != nil { // cut off within it
				test.State = Errored
				c.add(*test)
			}
			c.Ended = errors.Is(err, io.EOF) && len(suites) == 0 && test == nil
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch name := t.Name.Local; name {
			case "testsuites":
				known = true
			case "testsuite":
				known = true
				if len(suites) == maxDepth {
					return errors.New("suites within suites within suites")
				}
				suites = append(suites, attribute(t, "name"))
			case "testcase":
				known = true
				test = caseOf(t, suites)
			case "failure", "error", "skipped":
				if test == nil {
					continue
				}
				state := map[string]State{"failure": Failed, "error": Errored, "skipped": Skipped}[name]
				if test.State != Skipped { // a test that is to do may fail
					test.State = state
				}
				test.Text = strings.TrimSpace(test.Text + "\n" + attribute(t, "message"))
				text = &strings.Builder{}
			}
		case xml.CharData:
			if text != nil && text.Len() < MaxText {
				text.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "testsuite":
				suites = suites[:max(0, len(suites)-1)]
			case "failure", "error", "skipped":
				if test != nil && text != nil {
					if said := strings.TrimSpace(text.String()); strings.Contains(said, test.Text) {
						test.Text = said
					} else {
						test.Text += "\n" + said
					}
				}
				text = nil
			case "testcase":
				if test != nil {
					c.add(*test)
				}
				test, text = nil, nil
			}
		}
	}
}

// caseOf is a test as its element begins. Node calls every class "test" and says by suites where a test stands.
func caseOf(t xml.StartElement, suites []string) *Test {
	name, group := attribute(t, "name"), attribute(t, "classname")
	if group == "" || group == "test" {
		group = strings.Join(suites, " > ")
	}
	out := &Test{ID: name, Name: name, Group: group, State: Passed}
	if group != "" {
		out.ID = group + "." + name
	}
	seconds, err := strconv.ParseFloat(attribute(t, "time"), 64)
	if err == nil && seconds > 0 && seconds < 1e6 {
		out.Millis = int64(seconds * 1000)
	}
	return out
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
