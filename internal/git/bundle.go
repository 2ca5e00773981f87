package git

import (
	"bufio"
	"io"
	"strings"
)

// BundleFile is what a bundle holds (gitformat-bundle(5)).
type BundleFile struct {
	Refs map[string]Hash
	Pack io.Reader
}

// ReadBundle reads the head of a bundle that needs nothing beside it. ErrRefused.
func ReadBundle(r io.Reader) (BundleFile, error) {
	in := bufio.NewReader(r)
	b := BundleFile{Refs: map[string]Hash{}, Pack: in}
	bad := refused("this is not a git bundle that can be read here. Make one with git bundle create FILE --all.")
	for n := 0; ; n++ {
		line, err := in.ReadSlice('\n')
		if err != nil || n > 10_000 {
			return b, bad
		}
		text := strings.TrimSuffix(string(line), "\n")
		switch {
		case n == 0:
			if text != "# v2 git bundle" && text != "# v3 git bundle" {
				return b, bad
			}
		case text == "":
			return b, nil
		case strings.HasPrefix(text, "-"):
			return b, refused("this bundle builds on commits that are not in it. Make one with git bundle create FILE --all.")
		case strings.HasPrefix(text, "@"):
			if text != "@object-format=sha1" {
				return b, bad
			}
		default:
			hash, name, ok := strings.Cut(text, " ")
			if !ok || !Hash(hash).Valid() {
				return b, bad
			}
			b.Refs[name] = Hash(hash)
		}
	}
}
