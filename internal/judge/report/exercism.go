package report

import (
	"encoding/json"
	"errors"
	"fmt"
)

// exercism reads results.json. A status of error with no tests is one test that says why nothing could be run.
func (c *collector) exercism(b []byte) error {
	var r struct {
		Status, Message string
		Tests           []struct {
			Name, Status, Message, Output string
			Filename                      string
		}
	}
	if err := json.Unmarshal(b, &r); err != nil || r.Status == "" {
		return errors.Join(errors.New("no results.json"), err)
	}
	states := map[string]State{"pass": Passed, "fail": Failed, "error": Errored}
	for i, t := range r.Tests {
		state, ok := states[t.Status]
		if !ok {
			state = Errored
		}
		name := t.Name
		if name == "" {
			name = fmt.Sprintf("test %d", i+1)
		}
		c.add(Test{ID: name, Name: name, Group: t.Filename, State: state, Text: t.Message + "\n" + t.Output})
	}
	if len(r.Tests) == 0 {
		state, ok := states[r.Status]
		if !ok {
			state = Errored
		}
		c.add(Test{ID: "(all)", Name: "(all)", State: state, Text: r.Message})
	}
	c.Ended = true
	return nil
}
