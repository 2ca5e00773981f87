// Package secret keeps the installation key and derives from it what must be secret: links, codes, credentials and signed
// addresses (HMAC-SHA256 over length-prefixed fields with a purpose tag), and seals stored secrets (AES-256-GCM).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// Key is the installation key: 32 bytes.
type Key struct{ b [32]byte }

// Load reads DATA/secret.key, or makes it (mode 0600, synced) when there is none.
func Load(path string) (Key, error) {
	k, _, err := Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		rand.Read(k.b[:])
		return k, write(path, []byte(hex.EncodeToString(k.b[:])+"\n"))
	}
	return k, err
}

// Read reads a key and gives its file's bytes too.
func Read(path string) (Key, []byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Key{}, nil, fmt.Errorf("installation key: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return Key{}, nil, fmt.Errorf("installation key %s can be read by others (mode %o); run chmod 600 %s", path, info.Mode().Perm(), path)
	}
	k, err := parse(raw)
	if err != nil {
		return k, nil, fmt.Errorf("installation key %s is damaged: %w", path, err)
	}
	return k, raw, nil
}

// Put makes the file of a key that Read gave; there must be none.
func Put(path string, raw []byte) error {
	if _, err := parse(raw); err != nil {
		return fmt.Errorf("installation key: %w", err)
	}
	return write(path, raw)
}

func parse(raw []byte) (k Key, err error) {
	n, err := hex.Decode(k.b[:], trim(raw))
	if err != nil || n != len(k.b) {
		return Key{}, errors.New("want 64 hex digits; restore it from your backup")
	}
	return k, nil
}

// Check tells this key from another, and nothing else of it.
func (k Key) Check() string { return k.Link("check") }

func trim(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	if len(b) > 64 {
		return nil
	}
	return b
}

func write(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("installation key: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Of makes a key from bytes, for tests.
func Of(seed string) Key { return Key{sha256.Sum256([]byte(seed))} }

// Sum is HMAC-SHA256 over purpose and fields, each length-prefixed so that no two field lists give the same input.
func (k Key) Sum(purpose string, fields ...string) [32]byte {
	m := hmac.New(sha256.New, k.b[:])
	for _, f := range append([]string{purpose}, fields...) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		m.Write(n[:])
		m.Write([]byte(f))
	}
	return [32]byte(m.Sum(nil))
}

// Link is a derived link secret: 160 bits, base64url, 27 characters.
func (k Key) Link(purpose string, fields ...string) string {
	s := k.Sum(purpose, fields...)
	return base64.RawURLEncoding.EncodeToString(s[:20])
}

// Pass is a link secret that holds until an instant: both stand in an address.
type Pass struct{ Until, Sign string }

// Pass makes one; what it is for is signed with its end.
func (k Key) Pass(until time.Time, purpose string, fields ...string) Pass {
	u := strconv.FormatInt(until.Unix(), 10)
	return Pass{u, k.Link(purpose, append(slices.Clip(fields), u)...)}
}

// Holds says until when a pass holds; ok is false where it was made up, is for something else, or is over.
func (k Key) Holds(p Pass, now time.Time, purpose string, fields ...string) (until time.Time, ok bool) {
	s, err := strconv.ParseInt(p.Until, 10, 64)
	if err != nil || !Equal(p.Sign, k.Link(purpose, append(slices.Clip(fields), p.Until)...)) || now.Unix() >= s {
		return time.Time{}, false
	}
	return time.Unix(s, 0), true
}

// Page is until when the files of a page that is drawn now can be opened: longer than anybody reads it. The hour is rounded up, so that pages that are
// drawn again name the same file by the same address.
func Page(now time.Time) time.Time { return now.Add(7 * time.Hour).Truncate(time.Hour) }

// Digits is a derived code of six decimal digits.
func (k Key) Digits(purpose string, fields ...string) string {
	s := k.Sum(purpose, fields...)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(s[:8])%1_000_000)
}

// Equal compares in constant time.
func Equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// Random is a fresh secret of 256 bits, base64url.
func Random() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash is what the database keeps of a secret: SHA-256 in hex.
func Hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// Seal encrypts for storage; purpose is bound to it.
func (k Key) Seal(purpose string, plain []byte) ([]byte, error) {
	g, err := k.gcm(purpose)
	if err != nil {
		return nil, err
	}
	return g.Seal(nil, nil, plain, []byte(purpose)), nil
}

// SealSame is Seal for what may be compared: the same text gives the same bytes, for its nonce is made of it. What is sealed so tells whoever sees
// two of them whether they are the same, and nothing else.
func (k Key) SealSame(purpose string, plain []byte) ([]byte, error) {
	b, err := k.block(purpose)
	if err != nil {
		return nil, err
	}
	g, err := cipher.NewGCM(b)
	if err != nil {
		return nil, err
	}
	sum := k.Sum("nonce", purpose, string(plain))
	nonce := slices.Clip(sum[:g.NonceSize()])
	return g.Seal(nonce, nonce, plain, []byte(purpose)), nil // as NewGCMWithRandomNonce puts it
}

// Unseal opens what Seal made for the same purpose.
func (k Key) Unseal(purpose string, sealed []byte) ([]byte, error) {
	g, err := k.gcm(purpose)
	if err != nil {
		return nil, err
	}
	return g.Open(nil, nil, sealed, []byte(purpose))
}

func (k Key) gcm(purpose string) (cipher.AEAD, error) {
	b, err := k.block(purpose)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(b)
}

func (k Key) block(purpose string) (cipher.Block, error) {
	key, err := hkdf.Key(sha256.New, k.b[:], nil, "seal "+purpose, 32)
	if err != nil {
		return nil, err
	}
	return aes.NewCipher(key)
}
