package e2e_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// visitor is a browser without script: it keeps cookies, follows redirects and posts forms with their hidden fields.
type visitor struct {
	t       *testing.T
	base    string
	expects int // a status of refusal that is wanted
	cookies map[string]string
	at      string // path of the page it looks at
	page    string
}

func newVisitor(t *testing.T, base string) *visitor {
	return &visitor{t: t, base: base, cookies: map[string]string{}}
}

func (v *visitor) do(method, path, kind string, body io.Reader) {
	v.t.Helper()
	for hop := range 6 {
		if hop == 5 {
			v.t.Fatalf("%s %s: redirected in circles", method, path)
		}
		if u, err := url.Parse(path); err == nil && u.Host != "" {
			path = u.RequestURI()
		}
		r, err := http.NewRequest(method, v.base+path, body)
		if err != nil {
			v.t.Fatal(err)
		}
		r.Header.Set("Accept", "text/html")
		if kind != "" {
			r.Header.Set("Content-Type", kind)
			r.Header.Set("Origin", v.base)
		}
		for name, value := range v.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Do(r)
		if err != nil {
			v.t.Fatalf("%s %s: %v", method, path, err)
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			v.t.Fatal(err)
		}
		for _, c := range res.Cookies() {
			v.cookies[c.Name] = c.Value
			if c.MaxAge < 0 {
				delete(v.cookies, c.Name)
			}
		}
		if to := res.Header.Get("Location"); to != "" {
			method, path, kind, body = "GET", to, "", nil
			continue
		}
		v.at, v.page = path, string(raw)
		if res.StatusCode >= 400 && res.StatusCode != v.expects {
			v.t.Fatalf("%s %s = %d\n%s", method, path, res.StatusCode, words(v.page))
		}
		return
	}
}

func (v *visitor) get(path string) { v.t.Helper(); v.do("GET", path, "", nil) }

func (v *visitor) post(path string, form url.Values) {
	v.t.Helper()
	v.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// upload posts a file.
func (v *visitor) upload(path, field string, data []byte) {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile(field, "assessment.zip")
	if err != nil {
		v.t.Fatal(err)
	}
	part.Write(data)
	m.Close()
	v.do("POST", path, m.FormDataContentType(), &b)
}

func (v *visitor) sees(text string) {
	v.t.Helper()
	if !strings.Contains(words(v.page), text) {
		v.t.Fatalf("%s does not say %q:\n%s", v.at, text, words(v.page))
	}
}

// find gives the first group of a pattern in the page's source.
func (v *visitor) find(pattern string) string {
	v.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(v.page)
	if m == nil {
		v.t.Fatalf("%s has no %s:\n%s", v.at, pattern, words(v.page))
	}
	return m[1]
}

var (
	tags  = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// words is a page's text.
func words(page string) string {
	s := tags.ReplaceAllString(page, " ")
	s = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(s)
	return strings.TrimSpace(space.ReplaceAllString(s, " "))
}
