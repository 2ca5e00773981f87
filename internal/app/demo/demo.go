// Package demo fills an empty installation with sample content: openings with candidates in every state, real answers, filed
// scorecards and replies. Everything is made by the methods the pages call, at the times it would have happened, so that audit
// chains and time ledgers verify. Names, companies and texts are invented here.
package demo

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/archive"
	"candor/internal/candidate"
)

//go:embed all:_content all:_answers
var files embed.FS

// Content is the folder of sample assessments, one folder each.
func Content() fs.FS { return content() }

// sample stands behind the name of a go.mod: embed leaves out a folder that has one.
const sample = ".sample"

var content = sync.OnceValue(func() fs.FS {
	out := archive.Files{}
	err := fs.WalkDir(files, "_content", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		out[strings.TrimSuffix(strings.TrimPrefix(name, "_content/"), sample)], err = files.ReadFile(name)
		return err
	})
	if err != nil {
		panic(err) // a broken build
	}
	return out
})

// Clock is the process's clock, which Fill moves while it makes the past.
type Clock struct{ offset atomic.Int64 }

// Now is the time it shows.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// set makes it show t.
func (c *Clock) set(t time.Time) { c.offset.Store(int64(time.Until(t))) }

// Links are what the demo prints: one-time links as `candor admin link` makes them, and invitations.
type Links struct {
	Staff      []Link
	Candidates []Link
}

// Link is a person and the address that lets them in.
type Link struct{ Who, URL string }

const domain = "tideway.example"

func mailOf(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@" + domain
}

// Open makes the links that a demo prints, new at each start.
func Open(ctx context.Context, a *app.App) (Links, error) {
	var out Links
	all, err := a.Orgs.All(ctx)
	if err != nil || len(all) == 0 {
		return out, err
	}
	list, err := a.Orgs.Members(ctx, actor.ForSystem(all[0], "demo"))
	if err != nil {
		return out, err
	}
	for _, who := range []struct{ as, email string }{{"owner", mailOf("Helena Brandt")}, {"recruiter", mailOf("Noor Haddad")},
		{"manager", mailOf("Piotr Zielinski")}, {"reviewer", mailOf("Jun Park")}} {
		for _, m := range list {
			if m.Email != who.email {
				continue
			}
			secret, err := a.Accounts.AdminLink(ctx, m.Email)
			if err != nil {
				return out, err
			}
			out.Staff = append(out.Staff, Link{m.Name + ", " + who.as, a.Config.URL + "/sign-in/" + secret})
		}
	}
	for _, s := range stories {
		if s.shown == "" {
			continue
		}
		inv, err := invitationOf(ctx, a, all[0], s.mail())
		if errors.Is(err, candidate.ErrMissing) {
			continue // the stage was left out
		}
		if err != nil {
			return out, err
		}
		out.Candidates = append(out.Candidates, Link{s.name + ", " + s.shown, a.Config.URL + "/i/" + a.Openings.Secret(inv)})
	}
	return out, nil
}
