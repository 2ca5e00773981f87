package hook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// secretPrefix marks a symmetric secret (Standard Webhooks, "Signature scheme").
const secretPrefix = "whsec_"

// newSecret is one of 192 bits, as it is shown.
func newSecret() string {
	var b [24]byte
	rand.Read(b[:])
	return secretPrefix + base64.StdEncoding.EncodeToString(b[:])
}

// Sign is a message's signature, "v1,...": HMAC-SHA256 over id, seconds and body, joined by full stops (Standard Webhooks, "Signature
// scheme"). The secret is base64 with or without its prefix; an empty one or one that is not base64 signs nothing and is a fault.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return "", fmt.Errorf("hook: the secret is none")
	}
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s.%d.", id, at.Unix())
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)), nil
}
