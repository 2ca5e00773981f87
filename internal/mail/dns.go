package mail

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dmarc"
)

// Fact is one thing that the DNS says, or does not say, of a sender; Advice is what to do when it is not OK.
type Fact struct {
	Name   string // "SPF", "DKIM", "DMARC"
	OK     bool
	Tried  string
	Advice string
}

// Look asks the DNS what receivers will ask: whether the sender's domain lets the mail server send for it (SPF, RFC 7208), has the public half
// of the key that signs (DKIM, RFC 6376; nil signs nothing), and says what is done with mails that are neither (DMARC, RFC 7489). A relay
// may send from other addresses than those it takes mails at, so a no of SPF is about those only.
func Look(ctx context.Context, r *net.Resolver, from, host string, key *Key) []Fact {
	return []Fact{spfFact(ctx, r, from, host), dkimFact(ctx, r, domain(from), key), dmarcFact(ctx, r, domain(from))}
}

func spfFact(ctx context.Context, r *net.Resolver, from, host string) Fact {
	f := Fact{Name: "SPF", Advice: "Publish a TXT record of " + domain(from) + " that names your mail server, such as \"v=spf1 include:YOUR-PROVIDER -all\"."}
	records, err := records(ctx, r, domain(from), "v=spf1")
	switch {
	case err != nil:
		f.Tried = err.Error()
		return f
	case len(records) == 0:
		f.Tried = "no record of " + domain(from)
		return f
	case len(records) > 1:
		f.Tried, f.Advice = fmt.Sprintf("%d records of %s, so receivers believe none", len(records), domain(from)), "Make one record of them."
		return f
	case strings.HasSuffix(records[0], "+all"), strings.HasSuffix(records[0], " all"):
		f.Tried, f.Advice = "“"+records[0]+"” lets everybody send as you", "End it with -all or ~all."
		return f
	}
	if host == "" {
		f.OK, f.Tried = true, "“"+records[0]+"”; with --smtp it is asked whether it names that server"
		return f
	}
	ips, err := r.LookupIPAddr(ctx, host)
	if err != nil {
		f.Tried, f.Advice = "“"+records[0]+"”; the address of "+host+" is not known: "+err.Error(), "Check the name of the mail server in --smtp."
		return f
	}
	for _, ip := range ips {
		if ip.IP.IsLoopback() || ip.IP.IsPrivate() {
			f.OK, f.Tried = true, "“"+records[0]+"”; the mail server is on this machine or network, so look at the headers of a test mail for the address it sends from"
			return f
		}
		result, why := spf.CheckHostWithSender(ip.IP, host, from, spf.WithContext(ctx), spf.WithResolver(r))
		if result == spf.Pass {
			f.OK, f.Tried = true, fmt.Sprintf("“%s” lets %s (%s) send", records[0], host, ip.IP)
			return f
		}
		f.Tried = fmt.Sprintf("“%s” does not name %s (%s): %s, %v. A relay may send from others", records[0], host, ip.IP, result, why)
	}
	return f
}

func dkimFact(ctx context.Context, r *net.Resolver, domain string, key *Key) Fact {
	f := Fact{Name: "DKIM", Advice: "candor mail key makes a key and prints the line for your DNS; leave it where your provider signs for your domain."}
	if key == nil {
		f.Tried = "Candor has no key, so it signs nothing"
		return f
	}
	name := key.Name(domain)
	found, err := records(ctx, r, name, "")
	f.Advice = "candor mail key prints the line that belongs there."
	switch {
	case err != nil:
		f.Tried = err.Error()
	case len(found) == 0:
		f.Tried = "no record at " + name
	case key.is(found[0]):
		f.OK, f.Tried = true, name+" has the public half of the key that signs"
	default:
		f.Tried = name + " has another key, so every signature fails"
	}
	return f
}

// is says whether a DKIM record has the public half of the key.
func (k *Key) is(record string) bool {
	for tag := range strings.SplitSeq(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) != "p" {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
		if err != nil {
			return false
		}
		public, err := x509.ParsePKIXPublicKey(der)
		if err != nil {
			return false
		}
		theirs, ok := public.(*rsa.PublicKey)
		return ok && theirs.Equal(&k.key.PublicKey)
	}
	return false
}

func dmarcFact(ctx context.Context, r *net.Resolver, domain string) Fact {
	f := Fact{Name: "DMARC", Advice: "Publish a TXT record of _dmarc." + domain + ", first \"v=DMARC1; p=none; rua=mailto:YOU@" + domain + "\", later p=quarantine. Large providers ask for one."}
	look := &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) { return r.LookupTXT(ctx, name) }}
	for at := domain; strings.Contains(at, "."); _, at, _ = strings.Cut(at, ".") { // its own, else of a domain above it
		record, err := dmarc.LookupWithOptions(at, look)
		if errors.Is(err, dmarc.ErrNoPolicy) {
			continue
		}
		if err != nil {
			f.Tried = "_dmarc." + at + ": " + err.Error()
			return f
		}
		f.OK, f.Tried = true, fmt.Sprintf("_dmarc.%s says p=%s", at, record.Policy)
		return f
	}
	f.Tried = "no record of " + domain
	return f
}

// records are the TXT records of a name that begin with a word; a name that is not there has none.
func records(ctx context.Context, r *net.Resolver, name, begins string) ([]string, error) {
	all, err := r.LookupTXT(ctx, name)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, nil
	}
	var out []string
	for _, t := range all {
		if strings.HasPrefix(t, begins) {
			out = append(out, t)
		}
	}
	return out, err
}
