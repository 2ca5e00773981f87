package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"candor/internal/app"
	"candor/internal/web"
)

// Where are the settings of every command that opens an installation.
type Where struct {
	Data     string `help:"Folder of the database, the files and the installation key." default:"${data}" type:"path" placeholder:"DIR"`
	Database string `help:"postgres://... in place of SQLite in the data folder: up to 24 connections of a process, each with a session of its own (a pooler in transaction mode gives none)." placeholder:"URL"`
}

// Validate refuses a database that is not PostgreSQL: an SQLite file elsewhere would stand outside the data folder's lock.
func (w Where) Validate() error {
	if w.Database == "" || strings.HasPrefix(w.Database, "postgres://") || strings.HasPrefix(w.Database, "postgresql://") {
		return nil
	}
	return errors.New("--database takes postgres://...; without it the database is SQLite in the folder of --data")
}

func (w Where) open(e *env) (*app.App, error) {
	return app.Open(e.ctx, app.Config{Data: w.Data, Database: w.Database})
}

// Net are the settings of a server's addresses.
type Net struct {
	Addr        string   `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	URL         string   `name:"url" help:"Public address, such as https://interviews.example; on loopback it is the listening address." placeholder:"URL"`
	ContentURL  string   `name:"content-url" help:"Public address of the content origin (raw files, recordings). Without one they are download-only." placeholder:"URL"`
	TLS         string   `name:"tls" help:"Certificate and key, to serve https." placeholder:"CERT,KEY"`
	BehindProxy []string `help:"Networks of proxies that end TLS in front and whose forwarded headers are believed." placeholder:"CIDR"`
}

// Serve runs the server.
type Serve struct {
	Where
	Net
	SMTP             string `name:"smtp" help:"Mail server: smtp://user:password@host:587 or smtps://host:465. Without one letters wait in the owner's outbox." placeholder:"URL"`
	MailFrom         string `help:"Sender's address of all mails." placeholder:"ADDRESS"`
	MailReturn       string `help:"Address that bounces go to; without one it is the sender's." placeholder:"ADDRESS"`
	Bounces          string `help:"Mailbox of its own in which bounces arrive: imaps://user:password@host/INBOX. They are then shown beside the mail." placeholder:"URL"`
	Ballast          uint   `help:"Megabytes kept in reserve on the disk of the data folder, so that answers are still saved when it is full; 0 keeps none." default:"64" placeholder:"MB"`
	JudgeApart       bool   `help:"Judge code in a process of its own, which holds neither the database nor the key."`
	Captions         string `name:"captions" help:"Program that writes down what is said in recordings, such as: whisper-cli -m /srv/model.bin -l auto -ovtt -of {base} -f {audio}. It reads the WAV file {audio} and writes WebVTT to {base}.vtt or to its output. Without one, people type what was said." placeholder:"COMMAND"`
	AllowWeakSandbox bool   `help:"Run candidates' code although a layer of the sandbox is missing (candor doctor names it). Every report then says so."`
}

// letsGo is how long a server that was killed may take to let go of its address: a program that it was just starting holds it until it runs.
const letsGo = 2 * time.Second

// listen opens the address and completes the public ones.
func (n *Net) listen(c *app.Config) (net.Listener, error) {
	for _, p := range n.BehindProxy {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return nil, fmt.Errorf("--behind-proxy %s: write a network such as 10.0.0.0/8", p)
		}
		c.Proxies = append(c.Proxies, prefix)
	}
	l, err := net.Listen("tcp", n.Addr)
	for until := time.Now().Add(letsGo); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(until); {
		time.Sleep(letsGo / 20)
		l, err = net.Listen("tcp", n.Addr)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be listened on (%w). Is another server there? Choose one with --addr", n.Addr, err)
	}
	at := l.Addr().(*net.TCPAddr)
	loopback := at.IP.IsLoopback()
	if n.TLS != "" {
		cert, key, ok := strings.Cut(n.TLS, ",")
		pair, err := tls.LoadX509KeyPair(cert, key)
		if !ok || err != nil {
			l.Close()
			return nil, fmt.Errorf("--tls takes a certificate and its key, CERT,KEY: %w", err)
		}
		l = web.TLS(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	}
	if n.TLS == "" && !loopback && len(c.Proxies) == 0 {
		l.Close()
		return nil, fmt.Errorf("sign-in needs https outside of this machine: give --tls CERT,KEY, or --behind-proxy CIDR when a proxy in front ends TLS, or listen on 127.0.0.1")
	}
	c.URL, c.ContentURL = n.URL, n.ContentURL
	if c.URL == "" && loopback {
		scheme := "http"
		if n.TLS != "" {
			scheme = "https"
		}
		c.URL = fmt.Sprintf("%s://%s", scheme, l.Addr())
		if c.ContentURL == "" {
			c.ContentURL = fmt.Sprintf("%s://content.localhost:%d", scheme, at.Port)
		}
	}
	if c.URL == "" {
		l.Close()
		return nil, fmt.Errorf("links in mails need the public address: give --url https://...")
	}
	return l, nil
}

// Run opens the installation and serves until the process is asked to end. The first start prints the owner's one-time link.
func (s *Serve) Run(e *env) error {
	log := logger(e.err)
	c := app.Config{Data: s.Data, Cache: cacheOr(""), Database: s.Database, SMTP: s.SMTP, MailFrom: s.MailFrom, MailReturn: s.MailReturn, Bounces: s.Bounces, Captions: s.Captions, JudgeApart: s.JudgeApart, Ballast: int64(s.Ballast) << 20, AllowWeak: s.AllowWeakSandbox, Log: log}
	l, err := s.listen(&c)
	if err != nil {
		return err
	}
	defer l.Close()
	a, err := app.Open(e.ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := firstStart(e.ctx, e, a); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Candor answers on %s\n", c.URL)
	return a.Serve(e.ctx, l)
}

func firstStart(ctx context.Context, e *env, a *app.App) error {
	empty, err := a.Accounts.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	secret, err := a.Accounts.SetupLink(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Nobody can sign in yet. Open this link once, within a day, to become the owner:\n  %s/setup/%s\n", a.Config.URL, secret)
	return nil
}
