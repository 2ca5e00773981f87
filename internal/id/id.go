// Package id mints our ids: a short prefix that says what the thing is, and a UUIDv7 (RFC 9562, section 5.7) in 32 hex digits,
// such as att_0190c2.... They sort by the time they were made, so they never appear on blind pages; [Code] is for those.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

// Minter makes ids that never go backwards within one process, also when the clock does.
type Minter struct {
	mu   sync.Mutex
	last uint64
}

var shared Minter

// New mints an id with the given prefix ("att") at the given instant.
func New(prefix string, now time.Time) string { return shared.New(prefix, now) }

// New mints an id. The 12 bits after the milliseconds count within one millisecond (RFC 9562, section 6.2, method 1).
func (m *Minter) New(prefix string, now time.Time) string {
	tick := uint64(max(now.UnixMilli(), 0)) << 12
	m.mu.Lock()
	if tick <= m.last {
		tick = m.last + 1
	}
	m.last = tick
	m.mu.Unlock()

	var b [16]byte
	rand.Read(b[:])
	ms, count := tick>>12, tick&0xfff
	binary.BigEndian.PutUint64(b[:8], ms<<16|0x7000|count)
	b[8] = b[8]&0x3f | 0x80
	return prefix + "_" + hex.EncodeToString(b[:])
}

// Timeless mints an id that does not tell when (UUIDv4), for what is kept longer than its time.
func Timeless(prefix string) string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return prefix + "_" + hex.EncodeToString(b[:])
}

// Valid says whether s has the shape of an id with this prefix. It says nothing about whether the thing exists.
func Valid(prefix, s string) bool {
	hexes, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(hexes) != 32 {
		return false
	}
	_, err := hex.DecodeString(hexes)
	return err == nil
}

// Time is when an id with this prefix was made, to the millisecond; false where it is none, or tells no time.
func Time(prefix, s string) (time.Time, bool) {
	if !Valid(prefix, s) {
		return time.Time{}, false
	}
	b, err := hex.DecodeString(s[len(prefix)+1:])
	if err != nil || b[6]>>4 != 7 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[:8]) >> 16)).UTC(), true
}

// alphabet has no letters or digits that look alike (0 O, 1 I L, 5 S, 8 B, U V).
const alphabet = "234679ACDEFGHJKMNPQRTWXYZ"

// Code is a random code of n characters for people to read out: the name of a candidate on blind pages.
func Code(n int) string {
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		rand.Read(b[:])
		if int(b[0]) < 250 { // 250 = 10 x 25: every letter is equally likely
			out = append(out, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(out)
}
