package e2e_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// network is toxiproxy before a server: while it is broken each connection is cut after so many bytes that the device sent.
type network struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
}

func before(t *testing.T, url string) network {
	t.Helper()
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "network", "127.0.0.1:0", strings.TrimPrefix(url, "http://"))
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return network{t, proxy}
}

func (n network) url() string { return "http://" + n.proxy.Listen }

func (n network) breaks(after int) {
	n.t.Helper()
	_, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"name": "cut", "type": "limit_data", "stream": "upstream", "attributes": {"bytes": %d}}`, after)))
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n network) mends() {
	n.t.Helper()
	if err := n.proxy.Toxics.RemoveToxic(n.t.Context(), "cut"); err != nil {
		n.t.Fatal(err)
	}
}

// watched counts in the page what its recorder gave and which pieces broke on the way: the test's own account, beside the page's.
const watched = `
	window.given = []; window.broke = 0;
	const Recorder = window.MediaRecorder, ask = window.fetch;
	window.MediaRecorder = class extends Recorder {
		constructor(...a) { super(...a); this.addEventListener("dataavailable", e => window.given.push(e.data)) }
	};
	window.fetch = (url, o) => ask(url, o).catch(e => { if (o && o.method === "PATCH") window.broke++; throw e })`

// slowly lets pieces of a page come 400 ms late: the next one is asked for while one is on its way, and what it says must not be left out.
const slowly = `
	const ask = window.fetch;
	window.fetch = async (url, o) => { const r = await ask(url, o); if (!o || !o.method) await new Promise(ok => setTimeout(ok, 400)); return r }`

// digest is the SHA-256 of bytes in the page, and how many they are.
func digest(p *browser.Page, bytes string) string {
	return p.Value(`(async () => { const b = await (` + bytes + `); const h = await crypto.subtle.digest("SHA-256", b); return [...new Uint8Array(h)].map(x => x.toString(16).padStart(2, "0")).join("") + " " + b.byteLength })()`)
}

// TestABrokenNetwork: what a real MediaRecorder gave arrives byte for byte over a network that cuts a piece again and again, 100 times in the long form; and
// what a browser had kept when it was killed arrives when it is opened again.
func TestABrokenNetwork(t *testing.T) {
	t.Parallel()
	many := 6
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		many = 100
	}
	data := t.TempDir()
	s := start(t, "serve", "--data", data, "--addr", freePort(t))
	tree := fstest.MapFS{}
	for name, f := range videoTree {
		tree[name] = f
	}
	tree["items/undone/item.yaml"] = &fstest.MapFile{Data: []byte("kind: video\ntitle: A change you undid\nminutes: 5\nlength: 1800\nstatement: What happened?\n")}
	delete(tree, "items/undone/ask.webm")
	delete(tree, "items/undone/ask.vtt")
	owner, org, opening := company(t, s, tree)
	net := before(t, s.URL)
	profile := t.TempDir()
	p, kill := browser.Launch(t, profile)
	p.Before(watched)
	p.Allow("net::ERR_")
	p.Go(strings.Replace(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"), s.URL, net.url(), 1))
	p.Follow(`form[method=post] button`)
	p.Go(net.url() + "/c/parts/telling")
	p.Follow(`form[action$="/start"] button`)
	item := net.url() + "/c/parts/telling/items/undone"
	p.Go(item)
	p.Follow(`button[formaction$="/agree"]`)
	record := func() {
		p.Click(`[data-press="record"]`)
		p.Until(`document.querySelector("take-recorder").dataset.mode === "recording"`)
	}
	sent := func(n int) {
		p.Until(fmt.Sprintf(`document.querySelectorAll('[data-take][data-state="sent"]').length === %d`, n))
	}
	// file is what lies on the server's disk under a hash.
	file := func(hash string) []byte {
		found, err := filepath.Glob(filepath.Join(data, "files", "*", "recording", "*", hash))
		if err != nil || len(found) != 1 {
			t.Fatalf("%d files have the hash %s, %v", len(found), hash, err)
		}
		raw, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	has := func(raw []byte, said string) bool {
		sum := sha256.Sum256(raw)
		return fmt.Sprintf("%s %d", hex.EncodeToString(sum[:]), len(raw)) == said
	}

	p.Until(`document.querySelector("take-recorder[data-ready]") !== null`)
	p.Click(`[data-press="check"]`)
	p.Until(`document.querySelector("take-recorder").dataset.mode === "ready"`)
	record()
	chance := rand.New(rand.NewPCG(6, 100))
	for n := 1; n <= many; n++ {
		net.breaks(3_000 + chance.IntN(40_000))
		p.Until(fmt.Sprintf("window.broke >= %d", n))
		net.mends()
	}
	p.Click(`[data-press="stop"]`)
	sent(1)
	said := digest(p, `new Blob(window.given).arrayBuffer()`)
	hash, _, _ := strings.Cut(said, " ")
	if !has(file(hash), said) {
		t.Errorf("what lies there is not what the recorder gave: %s", said)
	}
	t.Logf("%s bytes, of which %s pieces were cut in the middle", said, p.Value("window.broke"))

	// The whole browser is killed in the middle of a second take.
	record()
	const kept = `new Promise(ok => { const r = indexedDB.open("candor-recordings"); r.onsuccess = () => { const g = r.result.transaction("slices").objectStore("slices").getAll(); g.onsuccess = () => { r.result.close(); ok(new Blob(g.result).arrayBuffer()) } } })`
	p.Until(kept + `.then(b => b.byteLength > 100_000)`)
	said = digest(p, kept)
	// A browser writes its cookies twice a minute and this one is younger: what a longer one would have on its disk is carried over.
	cookies := p.Cookies(net.url() + "/c")
	kill()
	p, _ = browser.Launch(t, profile)
	p.Bring(net.url()+"/c", cookies)
	p.Before(slowly)
	p.Go(item)
	sent(2)
	p.Sees("It was cut off in the middle")
	want := 0
	hash = ""
	if _, err := fmt.Sscanf(said, "%s %d", &hash, &want); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(data, "files", "*", "recording", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if raw, err := os.ReadFile(name); err == nil && len(raw) >= want && has(raw[:want], said) {
			return
		}
	}
	t.Errorf("no file begins with the %d bytes that the browser held when it was killed", want)
}
