package repoweb_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/git"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
)

// small are limits that a test meets quickly.
var small = repo.Limits{Repository: 2 << 20, Push: 1 << 20, File: 200 << 10, Inflated: 4 << 20, Files: 50, Objects: 100, Refs: 5}

// Everything that a client of the machine's git can be made to push and that is not kept: it is told why in git's own output, nothing changes,
// and the same clone can still push what is honest.
func TestHostilePushes(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	n.Limits = small
	r := n.New(t, n.Template(t, nil).ID, "att_1")
	dir := repotest.Clone(t, n.CloneURL(r, n.URL))
	refs := func() (out []repo.Ref) {
		n.Read(t, func(tx db.Tx) (err error) {
			out, err = n.Refs(ctx, tx, r.ID)
			return err
		})
		return out
	}
	random := make([]byte, 150<<10)
	f, err := os.Open("/dev/urandom")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string) // what is made in the clone
		push []string                       // what is pushed; nil is HEAD
		want string
	}{
		"a large file": {func(t *testing.T, dir string) {
			repotest.Commit(t, dir, map[string]string{"big": strings.Repeat("x", 201<<10)})
		}, nil, "a file of 1 MiB; 0 MiB are the most for one file"},
		"a file of a gigabyte": {func(t *testing.T, dir string) { // of zeros, a megabyte as a pack
			path := filepath.Join(dir, "zeros")
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, 1<<30); err != nil {
				t.Fatal(err)
			}
			repotest.Git(t, dir, "-c", "core.bigFileThreshold=1m", "add", "zeros")
			repotest.Git(t, dir, "commit", "--quiet", "-m", "zeros")
		}, nil, "a file of 1024 MiB"},
		"a large push": {func(t *testing.T, dir string) {
			for i := range 8 {
				io.ReadFull(f, random)
				repotest.Commit(t, dir, map[string]string{fmt.Sprint(i): string(random)})
			}
		}, nil, "more than 1 MiB in one push"},
		"many files": {func(t *testing.T, dir string) {
			files := map[string]string{}
			for i := range 60 {
				files[fmt.Sprintf("d/%d", i)] = "same"
			}
			repotest.Commit(t, dir, files)
		}, nil, "more than 50 files"},
		"many objects": {func(t *testing.T, dir string) {
			files := map[string]string{}
			for i := range 120 {
				files[fmt.Sprintf("d/%d", i)] = fmt.Sprint(i)
			}
			repotest.Commit(t, dir, files)
		}, nil, "objects in one push; 100 are the most"},
		"a link": {func(t *testing.T, dir string) {
			if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
			repotest.Commit(t, dir, nil)
		}, nil, `"link" is a symbolic link`},
		"a submodule": {func(t *testing.T, dir string) {
			repotest.Git(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+repotest.Git(t, dir, "rev-parse", "HEAD")+",sub")
			repotest.Git(t, dir, "commit", "--quiet", "-m", "sub")
		}, nil, `"sub" is a submodule`},
		"a name with a newline": {func(t *testing.T, dir string) {
			repotest.Commit(t, dir, map[string]string{"a\nb": "x"})
		}, nil, `the file name "a\nb" has a line break`},
		"a name that is not UTF-8": {func(t *testing.T, dir string) {
			repotest.Commit(t, dir, map[string]string{"a\xff": "x"})
		}, nil, `the file name "a\xff" is not UTF-8`},
		"a folder named .git": {func(t *testing.T, dir string) {
			blob := repotest.Git(t, dir, "rev-parse", "HEAD:README.md")
			raw, err := os.ReadFile(filepath.Join(dir, "README.md"))
			if err != nil || git.HashOf(git.BlobKind, raw) != git.Hash(blob) {
				t.Fatal(err)
			}
			tree := git.TreeObject([]git.Entry{{Path: ".git", Mode: git.FileMode, Hash: git.Hash(blob)}})
			hash := write(t, dir, "tree", tree)
			commit := write(t, dir, "commit", git.CommitObject(git.Hash(hash), nil, git.Signature{Name: "A", Email: "a@b"}, "x"))
			repotest.Git(t, dir, "update-ref", "refs/heads/evil", commit)
		}, []string{"evil"}, "it has a file or folder named .git"},
		"an old commit with a link": {func(t *testing.T, dir string) {
			if err := os.Symlink("x", filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
			repotest.Commit(t, dir, nil)
			repotest.Git(t, dir, "rm", "--quiet", "link")
			repotest.Git(t, dir, "commit", "--quiet", "-m", "gone")
		}, nil, `"link" is a symbolic link`},
		"notes":                  {change, []string{"HEAD:refs/notes/x"}, "only branches and tags can be pushed"},
		"a pull request":         {change, []string{"HEAD:refs/pull/1/head"}, "only branches and tags can be pushed"},
		"what is late":           {change, []string{"HEAD:refs/late/1/heads/main"}, "only branches and tags can be pushed"},
		"replaced objects":       {change, []string{"HEAD:refs/replace/" + strings.Repeat("a", 40)}, "only branches and tags can be pushed"},
		"a hidden name":          {change, []string{"HEAD:refs/heads/a\u200bb"}, "the name has characters that cannot be shown"},
		"a dash":                 {change, []string{"HEAD:refs/heads/-x"}, "the name has a part that begins with a dash"},
		"HEAD":                   {change, []string{"HEAD:refs/heads/HEAD"}, "the name would be taken for HEAD"},
		"a long name":            {change, []string{"HEAD:refs/heads/" + strings.Repeat("x", 190)}, "the name is longer than 200 bytes"},
		"below another":          {change, []string{"HEAD:refs/heads/main/x"}, "there is a ref named main, and git cannot keep both"},
		"two of the same path":   {change, []string{"HEAD:refs/heads/x", "HEAD:refs/heads/x/y"}, "there is a ref named x, and git cannot keep both"},
		"the submission":         {change, []string{"HEAD:refs/tags/submission"}, "this tag is your submission"},
		"a second submission":    {change, []string{"+HEAD:refs/tags/submission-2"}, "this tag is your submission"},
		"removing what counts":   {change, []string{":main"}, "it cannot be removed"},
		"many branches":          {change, []string{"HEAD:refs/heads/1", "HEAD:refs/heads/2", "HEAD:refs/heads/3", "HEAD:refs/heads/4", "HEAD:refs/heads/5"}, "this repository has 5 branches and tags"},
		"many refs at once":      {change, []string{"HEAD:refs/heads/1", "HEAD:refs/heads/2", "HEAD:refs/heads/3", "HEAD:refs/heads/4", "HEAD:refs/heads/5", "HEAD:refs/heads/6"}, "more than 5 refs at once"},
		"a tag of a file":        {change, []string{"HEAD:README.md:refs/tags/x"}, ""},
		"a branch that is a tag": {func(t *testing.T, dir string) { repotest.Git(t, dir, "tag", "-a", "-m", "x", "v1") }, []string{"v1:refs/heads/v1"}, ""},
		"all or nothing":         {change, []string{"HEAD", "HEAD:refs/notes/x"}, "nothing was changed, because another ref of this push was refused"},
	} {
		t.Run(name, func(t *testing.T) {
			repotest.Git(t, dir, "reset", "--quiet", "--hard", string(r.Base))
			c.do(t, dir)
			if c.push == nil {
				c.push = []string{"HEAD"}
			}
			out, err := repotest.Try(dir, append([]string{"push", "--atomic", "origin"}, c.push...)...)
			if err == nil {
				t.Fatalf("it was taken:\n%s", out)
			}
			if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(out, "remote:", "")), " "), c.want) || strings.Contains(out, "500") || strings.Contains(out, "RPC failed") {
				t.Errorf("git said\n%s\nwant %q", out, c.want)
			}
			if now := refs(); len(now) != 1 || now[0].Hash != r.Base {
				t.Errorf("refs are %v", now)
			}
		})
	}
	repotest.Git(t, dir, "reset", "--quiet", "--hard", string(r.Base))
	repotest.Commit(t, dir, map[string]string{"honest": "work"})
	repotest.Git(t, dir, "push", "--quiet")
}

func change(t *testing.T, dir string) {
	repotest.Commit(t, dir, map[string]string{"README.md": "changed\n"})
}

// write writes an object of any content into a clone.
func write(t *testing.T, dir, kind string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "object")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return repotest.Git(t, dir, "hash-object", "-w", "--literally", "-t", kind, path)
}

// A repository that is full takes no more, and says so.
func TestQuota(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	n.Limits = repo.DefaultLimits
	n.Limits.Repository = 8 << 10
	r := n.New(t, n.Template(t, nil).ID, "att_1")
	dir := repotest.Clone(t, n.CloneURL(r, n.URL))
	pushed := 0
	for i := range 20 {
		repotest.Commit(t, dir, map[string]string{"f": fmt.Sprint(i)})
		out, err := repotest.Try(dir, "push")
		if err != nil {
			if !strings.Contains(out, "This repository is full") {
				t.Errorf("git said\n%s", out)
			}
			break
		}
		pushed++
	}
	if now := n.Now(t, r.ID); pushed < 2 || pushed > 8 || now.Bytes > n.Limits.Repository || now.Bytes == 0 {
		t.Errorf("%d pushes were taken, %d bytes of %d", pushed, now.Bytes, n.Limits.Repository)
	}
}

// post sends a request as git would.
func post(t *testing.T, n *repotest.Node, r repo.Repository, service string, body io.Reader, head map[string]string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("POST", n.CloneURL(r, n.URL)+"/"+service, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-"+service+"-request")
	for k, v := range head {
		req.Header.Set(k, v)
	}
	return answered(t, req)
}

func answered(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// What no git sends: nothing of it changes a row or is an error of ours.
func TestWhatNoGitSends(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	template := n.Template(t, nil)
	r, other := n.New(t, template.ID, "att_1"), n.New(t, template.ID, "att_2")
	theirs := repotest.Clone(t, n.CloneURL(other, n.URL))
	secret := repotest.Commit(t, theirs, map[string]string{"secret": "theirs"})
	repotest.Git(t, theirs, "push", "--quiet")
	var p git.Packer
	blob := p.Add(git.BlobKind, []byte("x"))
	commit := p.Add(git.CommitKind, git.CommitObject(p.Add(git.TreeKind, git.TreeObject([]git.Entry{{Path: "x", Mode: git.FileMode, Hash: blob}})), nil, repo.Candor, "x"))
	push := func(pack io.Reader, commands ...string) io.Reader {
		var b bytes.Buffer
		for i, c := range commands {
			if i == 0 {
				c += "\x00report-status side-band-64k"
			}
			git.WritePkt(&b, "%s", c)
		}
		git.WriteFlush(&b)
		if pack == nil {
			return &b
		}
		return io.MultiReader(&b, pack)
	}
	zero, base := string(git.Zero), string(template.Base)
	empty := func() io.Reader { return new(git.Packer).Pack() }
	for name, c := range map[string]struct {
		body io.Reader
		want string
	}{
		"nothing":                      {strings.NewReader(""), ""},
		"a try":                        {strings.NewReader("0000"), ""},
		"noise":                        {strings.NewReader("hello"), "This is not a push that git makes."},
		"cut off":                      {strings.NewReader("00"), "This is not a push that git makes."},
		"without its pack":             {push(nil, zero+" "+string(commit)+" refs/heads/x"), "the push broke off"},
		"another's commit, no objects": {push(empty(), zero+" "+secret+" refs/heads/x"), "its commit did not come with the push"},
		"a commit that is not there":   {push(empty(), zero+" "+strings.Repeat("a", 40)+" refs/heads/x"), "its commit did not come with the push"},
		"a file":                       {push(p.Pack(), zero+" "+string(blob)+" refs/heads/x"), "it is not a commit"},
		"a file as a tag":              {push(p.Pack(), zero+" "+string(blob)+" refs/tags/x"), "it is not a commit"},
		"of another branch's end":      {push(p.Pack(), string(commit)+" "+string(commit)+" refs/heads/main"), "it changed here meanwhile"},
		"removing what is not there":   {push(nil, base+" "+zero+" refs/heads/nowhere"), "it changed here meanwhile"},
		"making what is there":         {push(p.Pack(), zero+" "+string(commit)+" refs/heads/main"), "it changed here meanwhile"},
		"nothing of nothing":           {push(nil, zero+" "+zero+" refs/heads/x"), "there is nothing to remove"},
		"a climb":                      {push(p.Pack(), zero+" "+string(commit)+" refs/heads/../../../x"), "the name is not a name that git allows"},
		"an option":                    {push(p.Pack(), zero+" "+string(commit)+" --upload-pack=x"), "the name is not a name that git allows"},
		"a pack with another's parent": {push(over(secret), zero+" "+string(packed(secret))+" refs/heads/x"), "objects are missing that this push needs"},
		"a delta of another's file":    {push(delta(string(git.HashOf(git.BlobKind, []byte("theirs")))), zero+" "+base+" refs/heads/x"), "builds on objects that are not in this repository"},
		"a pack that says a million":   {push(strings.NewReader("PACK\x00\x00\x00\x02\x0f\xff\xff\xff"), zero+" "+string(commit)+" refs/heads/x"), "objects in one push"},
	} {
		t.Run(name, func(t *testing.T) {
			before := n.Now(t, r.ID)
			status, got := post(t, n, r, "git-receive-pack", c.body, nil)
			if !strings.Contains(got, c.want) || status >= 500 || c.want == "" && got != "" {
				t.Errorf("%d: %q; want %q", status, got, c.want)
			}
			if after := n.Now(t, r.ID); after != before {
				t.Errorf("it changed %+v to %+v", before, after)
			}
		})
	}
	t.Run("the door", func(t *testing.T) {
		whole := n.CloneURL(r, n.URL)
		wrong := strings.Replace(whole, "@", "x@", 1)
		for name, c := range map[string]struct {
			url  string
			want int
		}{
			"wrong password":  {wrong + "/info/refs?service=git-upload-pack", 401},
			"no password":     {n.URL + "/git/ferry-booking.git/info/refs?service=git-upload-pack", 401},
			"another name":    {strings.Replace(whole, "ferry", "fairy", 1) + "/info/refs?service=git-upload-pack", 401},
			"no such service": {whole + "/info/refs?service=git-upload-archive", 404},
			"the old way":     {whole + "/info/refs", 404},
			"a file":          {whole + "/HEAD", 404},
			"right":           {whole + "/info/refs?service=git-receive-pack", 200},
		} {
			req, err := http.NewRequest("GET", c.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if status, got := answered(t, req); status != c.want {
				t.Errorf("%s: %d %s; want %d", name, status, got, c.want)
			}
		}
		for what, head := range map[string]map[string]string{"kind": {"Content-Type": "text/plain"}, "packing": {"Content-Encoding": "br"}, "no gzip": {"Content-Encoding": "gzip"}} {
			if status, got := post(t, n, r, "git-upload-pack", strings.NewReader("0000"), head); status != 422 {
				t.Errorf("another %s: %d %s", what, status, got)
			}
		}
	})
}

// over is a pack of a commit on top of another.
func over(parent string) io.Reader {
	var p git.Packer
	addOver(&p, parent)
	return p.Pack()
}

func packed(parent string) git.Hash { return addOver(new(git.Packer), parent) }

func addOver(p *git.Packer, parent string) git.Hash {
	return p.Add(git.CommitKind, git.CommitObject(p.Add(git.TreeKind, nil), []git.Hash{git.Hash(parent)}, repo.Candor, "x"))
}

// What was received by the end counts however long it took; what came later is kept, and said to be late.
func TestSubmission(t *testing.T) {
	each(t, func(t *testing.T, a, b *repotest.Node, tick *dbtest.Clock) {
		r := a.New(t, a.Template(t, nil).ID, "att_1")
		url := a.CloneURL(r, a.URL)
		dir := repotest.Clone(t, url)
		first := repotest.Commit(t, dir, map[string]string{"a": "1"})
		repotest.Git(t, dir, "push", "--quiet")
		arrived := tick.Now()
		tick.Add(time.Minute)
		end := tick.Now()
		tick.Add(time.Second)
		after := repotest.Commit(t, dir, map[string]string{"a": "2"})
		repotest.Git(t, dir, "push", "--quiet") // before anybody ended the work, and too late all the same
		var got repo.Receipt
		submit := func() {
			b.Write(t, func(tx db.Tx) (err error) {
				got, err = b.Submit(ctx, tx, r.ID, end)
				return err
			})
		}
		submit()
		want := repo.Receipt{Number: 1, Ref: "refs/tags/submission", Commit: git.Hash(first), Tree: git.Hash(repotest.Git(t, dir, "rev-parse", first+"^{tree}")), Received: arrived, Made: tick.Now()}
		if got != want {
			t.Errorf("the receipt is %+v; want %+v", got, want)
		}
		tick.Add(time.Minute)
		if submit(); got != want {
			t.Errorf("submitted again, the receipt is %+v", got)
		}
		if at := repotest.Git(t, dir, "ls-remote", "origin", "refs/tags/submission"); !strings.HasPrefix(at, first) {
			t.Errorf("the tag is %s", at)
		}
		late := repotest.Commit(t, dir, map[string]string{"a": "3"})
		out := repotest.Git(t, dir, "push", "--porcelain")
		if !strings.Contains(out, "kept as refs/late/") || !strings.Contains(out, "Your work was submitted before this push arrived") {
			t.Errorf("git said\n%s", out)
		}
		refs := repotest.Git(t, dir, "ls-remote", "origin")
		if !strings.Contains(refs, late+"\trefs/late/") || !strings.Contains(refs, after+"\trefs/heads/main") || !strings.Contains(refs, first+"\trefs/tags/submission") {
			t.Errorf("refs are\n%s", refs)
		}
		for _, how := range [][]string{{"--force", "HEAD:refs/tags/submission"}, {":refs/tags/submission"}, {"--force", "HEAD~1:refs/late/4/heads/main"}} {
			if out, err := repotest.Try(dir, append([]string{"push", "origin"}, how...)...); err == nil {
				t.Errorf("push %v was taken: %s", how, out)
			}
		}
		var all []repo.Update
		b.Read(t, func(tx db.Tx) (err error) {
			all, err = b.Updates(ctx, tx, r.ID)
			return err
		})
		var said []string
		for _, u := range all {
			said = append(said, fmt.Sprintf("%s %s %s", u.Ref, u.Via, u.Standing))
		}
		if got, want := strings.Join(said, "\n"), "refs/heads/main start on_time\nrefs/heads/main push on_time\nrefs/heads/main push late\nrefs/tags/submission server on_time\nrefs/late/5/heads/main push late"; got != want {
			t.Errorf("what came:\n%s\nwant\n%s", got, want)
		}
		a.Write(t, func(tx db.Tx) error { return a.Reopen(ctx, tx, r.ID) })
		repotest.Git(t, dir, "push", "--quiet")
		end = tick.Now()
		if submit(); got.Number != 2 || got.Ref != "refs/tags/submission-2" || got.Commit != git.Hash(late) {
			t.Errorf("after it was reopened: %+v", got)
		}
		a.Write(t, func(tx db.Tx) error { return a.Close(ctx, tx, r.ID) })
		repotest.Commit(t, dir, map[string]string{"a": "4"})
		if out, err := repotest.Try(dir, "push"); err == nil || !strings.Contains(out, "read only") {
			t.Errorf("pushed to a closed one: %s", out)
		}
		repotest.Clone(t, url)
	})
}

// A push that was received before the end and finished after it is the submission.
func TestASlowPushCounts(t *testing.T) {
	each(t, func(t *testing.T, n, _ *repotest.Node, tick *dbtest.Clock) {
		r := n.New(t, n.Template(t, nil).ID, "att_1")
		var p git.Packer
		commit := addOver(&p, string(r.Base))
		var head bytes.Buffer
		git.WritePkt(&head, "%s %s refs/heads/main\x00report-status", r.Base, commit)
		git.WriteFlush(&head)
		in, out := io.Pipe()
		done := make(chan string)
		go func() {
			_, got := post(t, n, r, "git-receive-pack", in, nil)
			done <- got
		}()
		out.Write(head.Bytes())
		for len(n.Cached(t)) == 0 { // it looks at the repository: the request was received
			time.Sleep(time.Millisecond)
		}
		end := tick.Now()
		tick.Add(time.Minute)
		n.Write(t, func(tx db.Tx) error {
			got, err := n.Submit(ctx, tx, r.ID, end)
			if got.Commit != r.Base {
				t.Errorf("before the push was through, %s was submitted", got.Commit)
			}
			return err
		})
		io.Copy(out, p.Pack())
		out.Close()
		if got := <-done; !strings.Contains(got, "ok refs/heads/main") {
			t.Fatalf("the push: %q", got)
		}
		n.Read(t, func(tx db.Tx) error {
			all, err := n.Receipts(ctx, tx, r.ID)
			if err == nil && (len(all) != 1 || all[0].Commit != commit || !all[0].Received.Equal(end)) {
				t.Errorf("the receipt is %+v; want commit %s of %v", all, commit, end)
			}
			return err
		})
	})
}

// delta is a thin pack of one file that builds on another.
func delta(base string) io.Reader {
	raw, _ := hex.DecodeString(base)
	change := []byte{6, 12, 0x90, 6, 0x90, 6} // twice the first six bytes
	out := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), 1)
	out = append(append(out, 7<<4|byte(len(change))), raw...)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(change)
	w.Close()
	out = append(out, z.Bytes()...)
	sum := sha1.Sum(out)
	return bytes.NewReader(append(out, sum[:]...))
}
