package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestPublic(t *testing.T) {
	for _, a := range []string{"0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
		"192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
		"5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "fe80::1%eth0", "2606:4700::1%eth0"} {
		if Public(netip.AddrPortFrom(netip.MustParseAddr(a), 443)) {
			t.Errorf("%s is let through", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "9.255.255.255", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.169.0.1", "198.17.0.1", "223.255.255.255", "::ffff:1.1.1.1", "2606:4700::1111", "2a00::1"} {
		if !Public(netip.AddrPortFrom(netip.MustParseAddr(a), 443)) {
			t.Errorf("%s is held back", a)
		}
	}
	for _, port := range []uint16{0, 22, 80, 8443} {
		if Public(netip.AddrPortFrom(netip.MustParseAddr("1.1.1.1"), port)) {
			t.Errorf("port %d is let through", port)
		}
	}
}

// through asks an address through a proxy.
func through(p *Proxy, proxy, to string) (string, error) {
	u, err := url.Parse(proxy)
	if err != nil {
		return "", err
	}
	c := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(u), TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	res, err := c.Get(to)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func TestProxy(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			io.WriteString(w, strings.Repeat("x", 1<<20))
		}
		io.WriteString(w, "hello")
	}))
	defer s.Close()
	host := s.Listener.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	begin := func(o Out) *Proxy {
		p, err := o.Proxy(ctx, host, 200<<10)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	anywhere := Out{Allow: func(netip.AddrPort) bool { return true }}
	p := begin(anywhere)
	if got, err := through(p, p.URL, s.URL); got != "hello" || err != nil {
		t.Errorf("an honest request = %q, %v", got, err)
	}
	if got, err := through(p, strings.Replace(p.URL, p.password, "guess", 1), s.URL); err == nil {
		t.Errorf("with another password = %q", got)
	}
	if got, err := through(p, p.URL, "https://localhost:443"); err == nil || !p.Denied.Load() {
		t.Errorf("to another host = %q, %v", got, err)
	}
	if got, err := through(p, p.URL, strings.Replace(s.URL, "https", "http", 1)); err == nil && got == "hello" {
		t.Errorf("without TLS = %q, %v", got, err)
	}
	if got, err := through(p, p.URL, s.URL+"/large"); err == nil || !p.Full.Load() {
		t.Errorf("more than is passed = %d bytes, %v", len(got), err)
	}
	held := begin(Out{})
	if got, err := through(held, held.URL, s.URL); err == nil || !held.Denied.Load() {
		t.Errorf("to loopback = %q, %v", got, err)
	}
	cancel()
	if _, err := through(p, p.URL, s.URL); err == nil {
		t.Error("it goes on after its end")
	}
	if _, err := (Out{}).dialer().DialContext(t.Context(), "tcp", host); !errors.Is(err, ErrDenied) {
		t.Errorf("dialled loopback: %v", err)
	}
}
