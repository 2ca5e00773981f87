package codeblock

import (
	"crypto/sha256"
	"path"
	"sync"
)

// Cache keeps highlighted texts by their SHA-256 and the name that decides their language: highlighting costs a hundred times what
// drawing does. The zero value is ready; a nil one keeps nothing.
type Cache struct {
	mu   sync.Mutex
	kept map[blobKey][]string
	size int
}

type blobKey struct {
	sum  [sha256.Size]byte
	name string
}

// maxCache is how many bytes of HTML are kept; over it the cache begins anew.
const maxCache = 64 << 20

// Lines is Lines, kept.
func (c *Cache) Lines(name, code string) []string {
	if c == nil {
		return Lines(name, code)
	}
	key := blobKey{sha256.Sum256([]byte(code)), path.Base(name)}
	c.mu.Lock()
	got, ok := c.kept[key]
	c.mu.Unlock()
	if ok {
		return got
	}
	got = Lines(name, code)
	size := 0
	for _, l := range got {
		size += len(l) + 16
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || c.size+size > maxCache {
		c.kept, c.size = map[blobKey][]string{}, 0
	}
	c.kept[key] = got
	c.size += size
	return got
}
