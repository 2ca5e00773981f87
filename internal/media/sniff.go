package media

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Head is how many of the first bytes Sniff wants to see.
const Head = 4096

// Types of recordings as Sniff tells them. A recording with nothing but sound in it has the same type.
const (
	WebM     = "video/webm"
	Matroska = "video/x-matroska"
	MP4      = "video/mp4"
	Ogg      = "audio/ogg"
)

// Types of files that are only ever saved.
const (
	PDF  = "application/pdf"
	Zip  = "application/zip"
	Gzip = "application/gzip"
	Text = "text/plain"
)

// IsText says whether the first bytes of a file (at most Head of them) are text in UTF-8, of whatever language or program.
func IsText(head []byte) bool {
	head = head[:min(len(head), Head)]
	for cut := 0; cut < utf8.UTFMax && len(head) > Head-utf8.UTFMax && !utf8.Valid(head); cut++ {
		head = head[:len(head)-1] // a letter that Head cuts
	}
	return utf8.Valid(head) && !bytes.ContainsFunc(head, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\f\x1b", r) })
}

// Recording says whether a type is one of those that Make can read.
func Recording(kind string) bool { return slices.Contains([]string{WebM, Matroska, MP4, Ogg}, kind) }

// Unknown is the type of what Sniff does not know.
const Unknown = "application/octet-stream"

var (
	ebml    = []byte{0x1a, 0x45, 0xdf, 0xa3} // RFC 8794, section 11.2.1
	cluster = []byte{0x1f, 0x43, 0xb6, 0x75} // RFC 9559, section 5.1.3
)

// signatures of other files: where in the file, and what stands there.
var signatures = []struct {
	at   int
	sign string
	kind string
}{
	{0, "OggS", Ogg}, {0, "\x89PNG\r\n\x1a\n", "image/png"}, {0, "\xff\xd8\xff", "image/jpeg"}, {8, "WEBP", "image/webp"},
	{4, "ftyp", MP4}, {4, "moof", MP4}, {4, "styp", MP4}, {4, "moov", MP4},
	{0, "%PDF-", PDF}, {0, "PK\x03\x04", Zip}, {0, "\x1f\x8b", Gzip},
	{0, "WEBVTT", "text/vtt"}, {0, "\ufeffWEBVTT", "text/vtt"},
}

// Sniff tells a type by the first bytes of a file (at most Head of them), whatever it is called; Unknown when it is none of ours. Recordings whose
// beginning was lost on a device are known by what stands there: the header without its first byte, or a cluster.
func Sniff(head []byte) string {
	head = head[:min(len(head), Head)]
	if bytes.HasPrefix(head, ebml) || bytes.HasPrefix(head, ebml[1:]) {
		if bytes.Contains(head[:min(len(head), 128)], []byte("matroska")) {
			return Matroska
		}
		return WebM
	}
	for _, s := range signatures {
		if len(head) >= s.at+len(s.sign) && string(head[s.at:s.at+len(s.sign)]) == s.sign {
			return s.kind
		}
	}
	if bytes.Contains(head, cluster) && !utf8.Valid(head) {
		return WebM
	}
	return Unknown
}
