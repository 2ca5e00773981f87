// Package egress is the way out: whatever this installation asks of the network because somebody typed an address goes through it. The address that
// is dialled is checked, not the name that was typed, so that no name leads into the installation's own network, however often it is looked up.
package egress

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"candor/internal/problem"
)

// ErrDenied: the address leads to where nothing is asked for.
var ErrDenied = problem.New(problem.Invalid, "egress_denied", "This address cannot be reached from here: only public ones are asked, by https.")

// denied are the networks that are nobody's in public, beside what [netip.Addr] knows itself (RFC 6890 and the registries it founds).
var denied = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

func prefixes(all ...string) (out []netip.Prefix) {
	for _, s := range all {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Public says whether an address is one of the public network, at the port of https.
func Public(a netip.AddrPort) bool {
	ip := a.Addr().Unmap()
	return a.Port() == 443 && ip.IsValid() && ip.Zone() == "" && !slices.ContainsFunc(denied, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Out is the way out. The zero value lets only [Public] through.
type Out struct {
	Allow func(netip.AddrPort) bool // nil is Public
}

// dialer connects only where it may: the check is at the address that the system is about to connect to.
func (o Out) dialer() *net.Dialer {
	allow := o.Allow
	if allow == nil {
		allow = Public
	}
	return &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !allow(a) {
			return ErrDenied
		}
		return nil
	}}
}

// Proxy is for a program that speaks https itself, such as git: an HTTP proxy on loopback that connects to one host and nowhere else, and passes
// at most max bytes towards the program. Whoever does not know its address cannot use it: there is a password in it. It ends with ctx.
type Proxy struct {
	URL string // "http://x:password@127.0.0.1:4000"
	// Denied and Full say why the program did not get further.
	Denied, Full atomic.Bool

	out      Out
	host     string
	password string
	left     atomic.Int64
}

// Proxy begins one for a host with its port, "git.example.com:443".
func (o Out) Proxy(ctx context.Context, host string, max int64) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var b [18]byte
	rand.Read(b[:])
	p := &Proxy{out: o, host: strings.ToLower(host), password: base64.RawURLEncoding.EncodeToString(b[:])}
	p.left.Store(max)
	p.URL = fmt.Sprintf("http://x:%s@%s", p.password, l.Addr())
	s := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go s.Serve(l)
	context.AfterFunc(ctx, func() { s.Close() })
	return p, nil
}

// ServeHTTP connects (RFC 9110, section 9.3.6).
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	given := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	if _, password, ok := given.BasicAuth(); !ok || password != p.password {
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect || strings.ToLower(r.Host) != p.host {
		p.Denied.Store(true)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	there, err := p.out.dialer().DialContext(r.Context(), "tcp", p.host)
	if err != nil {
		p.Denied.Store(p.Denied.Load() || errors.Is(err, ErrDenied))
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	stop := context.AfterFunc(r.Context(), func() { here.Close(); there.Close() })
	defer stop()
	go func() {
		io.Copy(there, buf)
		there.Close()
	}()
	p.pass(here, there)
}

// pass copies towards the program as long as there is room.
func (p *Proxy) pass(to io.Writer, from io.Reader) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if p.left.Add(-int64(n)) < 0 {
			p.Full.Store(true)
			return
		}
		if _, late := to.Write(b[:n]); late != nil || err != nil {
			return
		}
	}
}

// Client asks by https, at most for patience from the name's lookup to the last byte read. It follows no redirect (the answer comes back as it is),
// keeps no connection, knows no proxy and reads at most 16 KiB of headers. roots nil are the system's.
func (o Out) Client(patience time.Duration, roots *x509.CertPool) *http.Client {
	return &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: o.dialer().DialContext, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 16 << 10,
			TLSHandshakeTimeout: 10 * time.Second, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}
