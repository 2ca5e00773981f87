package loadtest

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// record answers a question with a recording that comes at a rate while somebody types, as a device sends it: a piece a second, and its hash at the end.
// Its bytes are noise, which nothing can compress and nothing plays.
func (p *player) record(ctx context.Context) error {
	const item, purpose = "built", "/c/parts/telling/items/built/do/"
	if _, err := p.press(ctx, "", "/c/parts/telling/start", url.Values{}); err != nil {
		return err
	}
	if _, err := p.press(ctx, "", purpose+"agree", url.Values{}); err != nil {
		return err
	}
	raw := make([]byte, 17)
	rand.Read(raw)
	take := "rec_" + strings.ToLower(base32.StdEncoding.EncodeToString(raw))[:26]
	if _, err := p.press(ctx, "", purpose+"begin", url.Values{"_take": {take}, "_way": {"video"}}); err != nil {
		return err
	}
	b64 := base64.StdEncoding.EncodeToString
	status, head, body, err := p.raw(ctx, "POST", "/c/-/uploads", "", map[string]string{"Upload-Defer-Length": "1", "Upload-Metadata": "item " + b64([]byte(item)) + ",purpose " + b64([]byte(take))})
	if err != nil || status != http.StatusCreated {
		return fmt.Errorf("an upload = %d %s: %w", status, body, cmp.Or(err, errRefused))
	}
	at, sum, sent := head.Get("Location"), sha256.New(), 0
	began := time.Now()
	for n := 0; time.Since(began) < p.For; n++ {
		piece := make([]byte, p.Rate)
		rand.Read(piece)
		if n == 0 {
			copy(piece, "\x1a\x45\xdf\xa3 webm")
		}
		for failures := 0; ; failures++ {
			pressed := time.Now()
			status, _, body, err := p.raw(ctx, "PATCH", at, string(piece), map[string]string{"Content-Type": "application/offset+octet-stream", "Upload-Offset": strconv.Itoa(sent)})
			if err == nil && status == http.StatusNoContent {
				p.meter.took("piece", time.Since(pressed))
				break
			}
			if err == nil && status < 500 && status != http.StatusTooManyRequests && status != http.StatusLocked {
				return fmt.Errorf("a piece = %d %s", status, body)
			}
			if err == nil {
				err = fmt.Errorf("status %d", status)
			}
			err = p.meter.failed("piece", err)
			if !sleep(ctx, pause(failures)) {
				return err
			}
		}
		sum.Write(piece)
		sent += len(piece)
		if !sleep(ctx, time.Until(began.Add(time.Duration(n+1)*time.Second))) {
			return ctx.Err()
		}
	}
	claim, err := json.Marshal(map[string]any{"sha256": hex.EncodeToString(sum.Sum(nil)), "length": sent})
	if err != nil {
		return err
	}
	for failures := 0; ; failures++ {
		pressed := time.Now()
		status, _, body, err = p.raw(ctx, "POST", at+"/finish", string(claim), map[string]string{"Content-Type": "application/json"})
		if err == nil && status == http.StatusOK {
			p.meter.took("finish", time.Since(pressed))
			break
		}
		if err == nil && status < 500 && status != http.StatusTooManyRequests && status != http.StatusLocked {
			return fmt.Errorf("the end of an upload = %d %s: %w", status, body, errRefused)
		}
		if err == nil {
			err = fmt.Errorf("status %d", status)
		}
		if err = p.meter.failed("finish", err); !sleep(ctx, pause(failures)) {
			return err
		}
	}
	_, err = p.press(ctx, "", purpose+"stop", url.Values{"_take": {take}, "_ms": {strconv.Itoa(int(p.For.Milliseconds()))}})
	return err
}

// raw asks once with headers of its own.
func (p *player) raw(ctx context.Context, method, path, body string, headers map[string]string) (int, http.Header, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("X-Forwarded-For", p.address())
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := p.http.Do(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(said), err
}
