package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed all:dist
var dist embed.FS

// Manifest says what the build made: logical name -> hashed file, and the hash of the sources it was made from.
type Manifest struct {
	Sources string            `json:"sources"`
	Files   map[string]string `json:"files"`
}

var manifest = sync.OnceValue(func() Manifest {
	var m Manifest
	raw, err := dist.ReadFile("dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		return Manifest{Files: map[string]string{}}
	}
	return m
})

// Asset is the address of a built file by its logical name: "app.css", "base.js", "sprite.svg", an island's "choice.js". An
// unknown name gives an address that does not exist; TestAssets finds it.
func Asset(name string) string {
	if f, ok := manifest().Files[name]; ok {
		return "/-/assets/" + f
	}
	return "/-/assets/missing-" + name
}

// Assets is the build's manifest.
func Assets() Manifest { return manifest() }

// packed keeps each file and its gzip, made at the first request for it.
type packed struct {
	plain, zipped []byte
	kind          string
}

var packedFiles sync.Map // name -> func() packed

func serveAsset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	if !fs.ValidPath(name) || path.Base(name) != name || name == "manifest.json" {
		return ErrMissing
	}
	once, _ := packedFiles.LoadOrStore(name, sync.OnceValue(func() packed { return pack(name) }))
	p := once.(func() packed)()
	if p.plain == nil {
		packedFiles.Delete(name) // unknown names must not fill the memory
		return ErrMissing
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", p.kind)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(name, ".frame-") {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // its page is nobody's origin
	}
	body := p.plain
	if p.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = p.zipped
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

func pack(name string) packed {
	plain, err := dist.ReadFile("dist/" + name)
	if err != nil {
		return packed{}
	}
	p := packed{plain: plain, kind: mime.TypeByExtension(path.Ext(name))}
	switch path.Ext(name) {
	case ".js":
		p.kind = "text/javascript; charset=utf-8"
	case ".woff2":
		p.kind = "font/woff2"
		return p
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	z.Write(plain)
	z.Close()
	p.zipped = b.Bytes()
	return p
}
