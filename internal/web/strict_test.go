package web

import (
	"reflect"
	"strings"
	"testing"
)

// read is what the long way makes of a value: what it says is wrong, or nothing.
func long(raw []byte, into any) bool { return plain(raw) == nil && len(misshapen(raw, into)) == 0 }

// FuzzStrict: what is read in one pass is what the long way reads, and nothing that it refuses.
func FuzzStrict(f *testing.F) {
	type inner struct {
		At  int    `json:"at"`
		Ins string `json:"ins"`
	}
	type outer struct {
		Name  string   `json:"name"`
		Seq   int64    `json:"seq"`
		Ops   []inner  `json:"ops,omitempty"`
		More  any      `json:"more"`
		Words []string `json:"words"`
		Yes   *bool    `json:"yes"`
		Share float64  `json:"share"`
	}
	deep := func(n int) string { return `{"more":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	for _, s := range []string{
		`{"name":"a","seq":7,"ops":[{"at":1,"ins":"x"}],"words":["b"],"yes":true,"share":1e3}`, `{}`, `null`, ``, `[]`, `7`, "{\"name\":\"\xff\"}", `{"name":"\ud800 \u2028"}`,
		`{"NAME":"a"}`, `{"name":"a","Name":"b"}`, `{"name":"a","name":"b"}`, `{"more":{"x":1,"x":2}}`, `{"ops":[{"at":1,"at":2}]}`, `{"seq":1.0}`, `{"seq":"1"}`, `{"seq":1e2}`,
		`{"seq":9223372036854775808}`, `{"ops":null,"name":null,"yes":null}`, `{"ops":{}}`, `{"ops":[null]}`, `{"nobody":1}`, `{"ops":[{"of":1}]}`, `{"name":"a"} `, `{"name":"a"}{}`, `{"name":"a"}x`,
		`{"name":"{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{[{["}`, deep(31), deep(32), deep(40), `{"share":1e999}`, ` {"na` + "\u017f" + `me":1}`, `{"words":[1]}`, `{"name":"a",}`, `{"more":01}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var got, want, zero outer
		ok, right := strict([]byte(body), &got), long([]byte(body), &want)
		if ok && (!right || !reflect.DeepEqual(got, want)) {
			t.Errorf("%q was read as %+v in one pass; the long way says %v, %+v", body, got, right, want)
		}
		if !ok && !reflect.DeepEqual(got, zero) {
			t.Errorf("%q was refused and left %+v behind", body, got)
		}
	})
}
