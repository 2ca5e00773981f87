package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/disk/disktest"
)

// TestAFullDisk: the disk of a running server fills up. The owner is warned, what can wait is refused, saves go on from the reserve until that
// is gone too and then get a 507; with room they are taken again without a restart, and nothing that was acknowledged is lost.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	dir := disktest.Small(t, 64<<20)
	s := start(t, "serve", "--data", dir, "--addr", "127.0.0.1:0", "--ballast", "4")
	owner, org, opening := company(t, s, attempttest.Tree)
	v := newVisitor(t, s.URL)
	v.get(strings.TrimPrefix(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"), s.URL))
	v.post(v.at, nil)
	v.post("/c/parts/writing/start", nil)
	v.get("/c/parts/writing")
	sitting, epoch := v.find(`data-sitting="([^"]+)"`), v.find(`data-epoch="([^"]+)"`)
	sent, acknowledged := 0, map[string]bool{}
	save := func() (status int, said string) {
		t.Helper()
		sent++
		text := fmt.Sprintf("%d %s", sent, strings.Repeat("and so on ", 8000))
		answer, _ := json.Marshal(map[string]any{"text": []string{text}})
		raw, err := json.Marshal(map[string]any{"sitting": sitting, "client": "c1", "epoch": json.Number(epoch), "age": 0,
			"saves": []map[string]any{{"item": "tell-us", "seq": sent, "base": 0, "body": string(answer), "sha256": ""}}})
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequest("POST", s.URL+"/c/-/save", strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", s.URL)
		for name, value := range v.cookies {
			req.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusOK {
			acknowledged[fmt.Sprint(sent)] = true
		}
		return res.StatusCode, string(body)
	}
	if status, said := save(); status != 200 {
		t.Fatalf("a save = %d %s", status, said)
	}
	ballast := func() bool { _, err := os.Stat(filepath.Join(dir, "ballast")); return err == nil }
	eventually(t, "the reserve", ballast)

	empty := disktest.Fill(t, dir, 5<<20)
	eventually(t, "the owner's notice", func() bool {
		empty()
		empty = disktest.Fill(t, dir, 5<<20) // again: the database's log gives room back meanwhile
		owner.get(org + "/openings")
		return strings.Contains(owner.page, "The disk of this server is nearly full.")
	})
	empty()
	empty = disktest.Fill(t, dir, 0)
	if res, err := http.Get(s.URL + "/healthz"); err != nil || res.StatusCode != 200 {
		t.Fatalf("on a full disk /healthz = %v, %v", res, err)
	}
	status, said := 200, ""
	for sent < 200 && status == 200 {
		status, said = save()
	}
	if n := len(acknowledged); status != http.StatusInsufficientStorage || !strings.Contains(said, `"code":"disk_full"`) || n < 10 || ballast() {
		t.Errorf("after %d saves = %d %s, reserve %v; want saves from the reserve and then a 507", n, status, said, ballast())
	}
	if got := export(t, owner, org); got != http.StatusInsufficientStorage {
		t.Errorf("an export on a full disk = %d; want 507", got)
	}
	empty()
	for range 3 {
		if status, said := save(); status != 200 {
			t.Errorf("a save with room again = %d %s", status, said)
		}
	}
	if got := export(t, owner, org); got != http.StatusOK {
		t.Errorf("an export with room again = %d", got)
	}
	eventually(t, "the reserve again", ballast)
	s.stop()
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(dir, "candor.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.InstallationRead(context.Background(), func(tx db.Tx) error {
		rows, err := tx.QueryContext(context.Background(), `SELECT seq FROM revisions WHERE item = 'tell-us' AND standing = 'on_time'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var seq int
			if err := rows.Scan(&seq); err != nil {
				return err
			}
			delete(acknowledged, fmt.Sprint(seq))
		}
		return rows.Err()
	})
	if err != nil || len(acknowledged) > 0 {
		t.Errorf("%d acknowledged saves are lost, %v", len(acknowledged), err)
	}
}

// export asks for a version's zip.
func export(t *testing.T, owner *visitor, org string) int {
	t.Helper()
	owner.get(org + "/assessments")
	owner.get(owner.find(`href="(` + org + `/assessments/[^"/]+)"`))
	req, err := http.NewRequest("GET", owner.base+owner.find(`href="(`+org+`/versions/[^"/]+)`)+"/export", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range owner.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}
