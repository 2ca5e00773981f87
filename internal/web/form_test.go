package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"candor/internal/problem"
	"candor/internal/web"
)

type form struct {
	Title   string `form:"title,required" max:"10"`
	Days    int    `min:"1" max:"60"`
	Urgent  bool
	Roles   []string            `max:"2"`
	Answers map[string][]string `form:"answer.*"`
	DueBy   string
}

func read(body string) (form, error) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var f form
	return f, web.ReadForm(r, &f)
}

func TestReadForm(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("title=+A%0D%0Ab+&days=3&urgent=on&roles=x&roles=y&answer.q1=a&answer.q1=b&due_by=2026-12-03&_once=k"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var f form
	if err := web.ReadForm(r, &f); err != nil {
		t.Fatal(err)
	}
	if f.Title != "A\nb" || f.Days != 3 || !f.Urgent || len(f.Roles) != 2 || len(f.Answers["q1"]) != 2 || f.DueBy != "2026-12-03" {
		t.Errorf("read %+v", f)
	}
	for body, field := range map[string]string{
		"days=3":                                 "title",
		"title=12345678901":                      "title",
		"title=a&days=x":                         "days",
		"title=a&days=0":                         "days",
		"title=a&days=61":                        "days",
		"title=a&days=3&roles=1&roles=2&roles=3": "roles",
		"title=a&title=b&days=1":                 "title",
		"title=a%ff&days=1":                      "title",
		"title=a%00&days=1":                      "title",
		"title=a&days=1&admin=1":                 "form",
	} {
		_, err := read(body)
		p, ok := problem.As(err)
		if !ok || p.Fields[field] == "" || p.Kind != problem.Invalid {
			t.Errorf("%s = %v; want a sentence about %s", body, err, field)
		}
	}
}

func TestReadJSON(t *testing.T) {
	for body, want := range map[string]bool{
		`{"a":1}`: true, `{"a":1,"b":2}`: false, `{"a":1,"a":2}`: false, `{"a":1} {}`: false, `{"a":`: false, `[]`: false,
		strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40): false,
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		var v struct{ A int }
		if err := web.ReadJSON(r, &v); (err == nil) != want {
			t.Errorf("%.30s = %v; want ok %v", body, err, want)
		}
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"a":1}`))
	r.Header.Set("Content-Type", "text/plain")
	var v struct{ A int }
	if err := web.ReadJSON(r, &v); err == nil {
		t.Error("JSON as text/plain was read: other origins can send that")
	}
}

// FuzzReadForm: whatever comes, a form is read or refused, never a panic, and what is read keeps its limits.
func FuzzReadForm(f *testing.F) {
	f.Add("title=a&days=1&answer.q=1")
	f.Add("title=%zz&&&=;")
	f.Fuzz(func(t *testing.T, body string) {
		v, err := read(body)
		if err == nil && (len([]rune(v.Title)) > 10 || v.Days > 60 || len(v.Roles) > 2) {
			t.Errorf("%q was read as %+v", body, v)
		}
	})
}
