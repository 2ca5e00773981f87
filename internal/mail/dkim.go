package mail

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// Key signs letters (DKIM, RFC 6376), so that whoever gets one can tell that the sender's domain sent it.
type Key struct {
	Selector string // the name under which the DNS has the public half
	key      *rsa.PrivateKey
}

// keyBits is what RFC 8301 recommends, and what one TXT record of most providers still takes.
const keyBits = 2048

// MakeKey writes a new key to a file that must not be there yet. fs.ErrExist.
func MakeKey(path, selector string) (*Key, error) {
	k, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Headers: map[string]string{"Selector": selector}, Bytes: der})
	return &Key{selector, k}, errors.Join(err, f.Sync(), f.Close())
}

// ReadKey reads a key that MakeKey wrote. fs.ErrNotExist.
func ReadKey(path string) (*Key, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b, _ := pem.Decode(raw)
	if b == nil || b.Headers["Selector"] == "" {
		return nil, fmt.Errorf("%s is no signing key of ours", path)
	}
	k, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	private, ok := k.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is no RSA key", path)
	}
	return &Key{b.Headers["Selector"], private}, nil
}

// Name is where the DNS has the public half for a sender's domain.
func (k *Key) Name(domain string) string { return k.Selector + "._domainkey." + domain }

// Record is the text that belongs there.
func (k *Key) Record() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(&k.key.PublicKey)
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), err
}

// Line is the record as a zone file has it: a string of a TXT record holds 255 characters.
func (k *Key) Line(domain string) (string, error) {
	text, err := k.Record()
	var parts []string
	for ; len(text) > 250; text = text[250:] {
		parts = append(parts, `"`+text[:250]+`"`)
	}
	return k.Name(domain) + ". IN TXT ( " + strings.Join(append(parts, `"`+text+`"`), " ") + " )", err
}

// signed are the headers that a signature covers (RFC 6376 5.4.1).
var signed = []string{"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted", "List-Id"}

// sign puts a signature before a message.
func (k *Key) sign(raw []byte, domain string) ([]byte, error) {
	var b bytes.Buffer
	err := dkim.Sign(&b, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: k.Selector, Signer: k.key, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
	if err != nil {
		return nil, fmt.Errorf("mail: signing: %w", err)
	}
	return b.Bytes(), nil
}
