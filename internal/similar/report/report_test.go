package report_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/similar"
	"candor/internal/similar/report"
)

// written is a report on six programs, two of which are the same but for names; one file is called and begins like an attack.
func written(t *testing.T) []byte {
	t.Helper()
	const evil = "<img src=x onerror=document.title='owned'>.py"
	x, s := similar.NewIndex(), similar.NewStarter([]similar.File{{Name: "base.py", Data: []byte("def given(line):\n    return [int(word) for word in line.split(',')]\n")}}, nil)
	var docs []similar.Document
	add := func(name, text string) {
		docs = append(docs, similar.Document{Name: name, Files: []similar.File{{Name: name, Data: []byte("def given(line):\n    return [int(word) for word in line.split(',')]\n" + text)}}})
	}
	program := func(seed int, name string) string {
		var b strings.Builder
		for i := range 14 {
			k := (seed*7919 + i*104729) % 9973
			forms := []string{"def step%d(NAME, y):\n    if NAME %% %d == y:\n        return NAME * %d\n    return y\n", "total%d = [NAME - %d for NAME in rows if NAME != %d]\n", "while NAME < %d + %d:\n    NAME += step(NAME, %d)\n"}
			b.WriteString(strings.ReplaceAll(fmt.Sprintf(forms[k%3], i, k, k%17+2), "NAME", name))
		}
		return b.String()
	}
	for i := range 10 {
		add(fmt.Sprintf("p%d.py", i), program(i, "v"))
	}
	add(evil, "# </script><script>document.title='owned'</script>\n"+program(50, "v"))
	add("zoe.py", program(50, "value"))
	for _, d := range docs {
		x.Add(s.Print(d, nil))
	}
	r, err := x.Compare(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := report.Write(t.Context(), &page, report.Input{Title: "Class <1>", Index: x, Result: r, Text: func(doc int) (*similar.Text, error) { return s.Text(docs[doc].Files, nil), nil }}); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

// TestStory: a reader looks at the closest pair, asks for names, and moves the threshold; no file takes the page over.
func TestStory(t *testing.T) {
	page := written(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	t.Cleanup(server.Close)
	p := browser.New(t)
	p.Go(server.URL)
	p.Sees("Person 11 and Person 12")
	if got := p.Value(`document.body.innerText.includes("zoe.py")`); got != "false" {
		t.Error("a name is shown before anybody asked for it")
	}
	p.Click(`#pairs a[href="#pair-0"]`)
	p.Until(`document.querySelectorAll(".side").length === 2`)
	p.Until(`document.querySelectorAll(".side li.on").length > 10`)
	p.Until(`document.querySelector(".side li.given") !== null`)
	p.Sees("only these 2 of 12 have it")
	p.Click("#names")
	p.Sees("zoe.py")
	p.Sees("<img src=x onerror")
	p.Go(server.URL + "/#clusters")
	p.Until(`document.querySelectorAll("svg.graph circle").length === 2`)
	p.Go(server.URL + "/#")
	p.Until(`!document.querySelector("#overview").hidden`)
	p.Value(`(() => { const t = document.querySelector("#threshold"); t.value = 1; t.dispatchEvent(new Event("input")); return "" })()`)
	p.Until(`!document.querySelector("#nopairs").hidden`)
	if got := p.Value("document.title"); got != "Similarity: Class <1>" {
		t.Errorf("the page's title became %q", got)
	}
}
