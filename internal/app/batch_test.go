package app_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"candor/internal/sheet"
	"candor/internal/web"
)

// bring sends a file to the page of an opening's lists as the recruiter; size is what the request says of itself, 0 the truth.
func (w *world) bring(file io.Reader, size int64) answer {
	w.t.Helper()
	var head, tail bytes.Buffer
	m := multipart.NewWriter(&head)
	_, err := m.CreateFormFile("file", "people.csv")
	w.must(err)
	fmt.Fprintf(&tail, "\r\n--%s--\r\n", m.Boundary())
	body := io.MultiReader(&head, file, &tail)
	req := httptest.NewRequest("POST", "/o/"+w.here.org.ID+"/openings/"+string(w.here.plain)+"/batches", body)
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: w.person("recruiter").cookie})
	req.ContentLength = -1
	if size > 0 {
		req.ContentLength = size
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Result().Header, rec.Body.String()}
}

// endless is a file without an end, which counts what was read of it.
type endless struct{ n int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = "a,b\n"[(e.n+int64(i))%4]
	}
	e.n += int64(len(b))
	return len(b), nil
}

// A file of 50 MB is answered in words: without reading it when it says so of itself, else with what fits and no more.
func TestAFileOfFiftyMegabytes(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	for _, size := range []int64{50 << 20, 0} {
		file := &endless{}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := w.bring(io.LimitReader(file, 50<<20), size)
		runtime.ReadMemStats(&after)
		if got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.body, "larger than 4 MB") {
			t.Errorf("50 MB (said: %d) = %d; want 413 and how large a file may be\n%.300s", size, got.status, got.body)
		}
		if most := map[bool]int64{true: 0, false: sheet.MaxBytes + 1<<20}[size > 0]; file.n > most {
			t.Errorf("50 MB (said: %d): %d bytes of it were read; want at most %d", size, file.n, most)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
			t.Errorf("50 MB (said: %d): %d bytes were allocated", size, grown)
		}
	}
}

var lineOf = regexp.MustCompile(`<tr id="row-(\d+)"`)

// Five thousand people are shown a hundred at a time, each once.
func TestFiveThousandRowsInPages(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	var file strings.Builder
	file.WriteString("Name,Email\n")
	for i := range 5000 {
		fmt.Fprintf(&file, "Person %d,p%d@mail.example\n", i, i)
	}
	got := w.bring(strings.NewReader(file.String()), 0)
	to := got.header.Get("Location")
	if got.status != http.StatusSeeOther || to == "" {
		t.Fatalf("5,000 rows = %d\n%.600s", got.status, got.body)
	}
	seen := map[string]bool{}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	for pages := 1; to != ""; pages++ {
		page := w.get(w.person("recruiter"), to)
		rows := lineOf.FindAllStringSubmatch(page.body, -1)
		if len(rows) != 100 || len(page.body) > 200<<10 {
			t.Fatalf("page %d has %d rows in %d bytes; want 100 in at most 200 KB", pages, len(rows), len(page.body))
		}
		for _, r := range rows {
			if seen[r[1]] {
				t.Fatalf("row %s stands on two pages", r[1])
			}
			seen[r[1]] = true
		}
		to = ""
		if m := next.FindStringSubmatch(page.body); m != nil {
			to = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 5000 {
		t.Errorf("%d rows over all pages; want 5000", len(seen))
	}
}
