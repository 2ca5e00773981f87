package mail_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"candor/internal/mail"

	"github.com/miekg/dns"
)

// names is a DNS server on loopback with a zone file's lines, and a resolver that asks it.
func names(t *testing.T, zone ...string) *net.Resolver {
	t.Helper()
	var all []dns.RR
	for _, line := range zone {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rr)
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: c, UDPSize: 4096, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		a := new(dns.Msg)
		a.SetReply(q)
		known := false
		for _, rr := range all {
			if strings.EqualFold(rr.Header().Name, q.Question[0].Name) {
				known = true
				if rr.Header().Rrtype == q.Question[0].Qtype {
					a.Answer = append(a.Answer, rr)
				}
			}
		}
		if !known {
			a.Rcode = dns.RcodeNameError
		}
		w.WriteMsg(a)
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { s.Shutdown() })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", c.LocalAddr().String())
	}}
}

func TestWhatTheDNSSaysOfTheSender(t *testing.T) {
	key, err := mail.MakeKey(t.TempDir()+"/dkim.pem", "candor")
	if err != nil {
		t.Fatal(err)
	}
	other, err := mail.MakeKey(t.TempDir()+"/dkim.pem", "candor")
	if err != nil {
		t.Fatal(err)
	}
	line := func(k *mail.Key) string {
		s, err := k.Line("hire.tideway.example")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const host = "mail.relay.example. IN A 203.0.113.7"
	good := []string{host, `hire.tideway.example. IN TXT "google-site-verification=x"`, `hire.tideway.example. IN TXT "v=spf1 include:relay.example -all"`,
		`relay.example. IN TXT "v=spf1 ip4:203.0.113.0/24 -all"`, line(key), `_dmarc.tideway.example. IN TXT "v=DMARC1; p=quarantine"`}
	for name, c := range map[string]struct {
		zone             []string
		key              *mail.Key
		spf, dkim, dmarc string // what was found; "-" before it is not as it should be
	}{
		"all is well":      {good, key, "lets mail.relay.example (203.0.113.7) send", "has the public half", "_dmarc.tideway.example says p=quarantine"},
		"nothing is there": {[]string{host}, key, "-no record", "-no record at candor._domainkey.hire.tideway.example", "-no record"},
		"no key":           {good, nil, "lets mail.relay", "-signs nothing", "p=quarantine"},
		"another key":      {append([]string{line(other)}, good[:4]...), key, "lets mail.relay", "-has another key", "-no record"},
		"another server":   {[]string{host, `hire.tideway.example. IN TXT "v=spf1 ip4:198.51.100.1 -all"`}, nil, "-does not name mail.relay.example (203.0.113.7): fail", "-", "-"},
		"two records":      {[]string{host, `hire.tideway.example. IN TXT "v=spf1 -all"`, `hire.tideway.example. IN TXT "v=spf1 mx -all"`}, nil, "-2 records", "-", "-"},
		"everybody":        {[]string{host, `hire.tideway.example. IN TXT "v=spf1 +all"`}, nil, "-lets everybody", "-", "-"},
		"broken policy":    {[]string{`_dmarc.hire.tideway.example. IN TXT "v=DMARC1; p=perhaps"`}, nil, "-", "-", "-_dmarc.hire.tideway.example: "},
	} {
		got := mail.Look(context.Background(), names(t, c.zone...), "jobs@hire.tideway.example", "mail.relay.example", c.key)
		for i, want := range []string{c.spf, c.dkim, c.dmarc} {
			says, bad := strings.CutPrefix(want, "-")
			if got[i].OK == bad || !strings.Contains(got[i].Tried, says) || got[i].Advice == "" {
				t.Errorf("%s: %+v; want %q", name, got[i], want)
			}
		}
	}
}
