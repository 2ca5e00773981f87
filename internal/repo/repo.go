// Package repo hosts git repositories: templates, and what a candidate makes of one.
//
// Refs are rows, objects are packs, and packs are files of the blob store that never change; the local disk is a cache that may be deleted at any
// time, so that any node serves any repository. A candidate's repository begins as rows that are copied: it names the files of its template and
// has its own beside them. No two candidates can reach each other's objects by any hash, because nothing that reads a repository sees other packs
// than its own.
//
// Whatever comes in goes one way, whether git pushed it or a page commits: into a quarantine, through bounds, checked by git, connected, its files
// synced, and then one transaction that moves every ref from what its sender knew to what they want. When each change came is in the list of
// [Update]s, by the receipt of the request; dates of commits decide nothing. [Repos.Submit] makes the tag that counts; what comes later is kept
// under refs/late and said to be late. It never refuses work for being late.
//
// Who may see a repository is the business of whoever owns it: owners and items are opaque here. [Repos.Enter] knows a candidate's git by its
// credential.
package repo

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/egress"
	"candor/internal/git"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/problem"
	"candor/internal/repo/internal/query"
	"candor/internal/secret"
)

// Schema is the steps of this package.
//
//go:embed schema/*.sql
var Schema embed.FS

// ID is a repository's.
type ID string

// Hash names an object.
type Hash = git.Hash

// State says what a push may do.
type State string

// The states.
const (
	Open      State = "open"
	Submitted State = "submitted" // pushes are kept as late
	Closed    State = "closed"    // read only
)

// Limits of what a repository may hold; the zero value is [DefaultLimits].
type Limits struct {
	Repository int64 // bytes of packs that a candidate adds
	Push       int64 // bytes of one push
	File       int64 // bytes of one file
	Inflated   int64 // bytes of one push unpacked, and of the files of one revision
	Files      int   // of one revision
	Objects    int   // of one push
	Refs       int   // branches and tags
}

// DefaultLimits are generous for a few hours' work without what a build makes.
var DefaultLimits = Limits{Repository: 256 << 20, Push: 128 << 20, File: 32 << 20, Inflated: 1 << 30, Files: 20_000, Objects: 200_000, Refs: 200}

func (l Limits) pack() git.PackLimits {
	return git.PackLimits{Bytes: l.Push, Object: l.File, Inflated: l.Inflated, Objects: l.Objects}
}

var (
	// ErrMissing: no such repository.
	ErrMissing = problem.New(problem.Missing, "repository_missing", "There is no such repository.")
	// ErrCredential: the password that git sent opens nothing, or not any more.
	ErrCredential = problem.New(problem.SignIn, "repository_credential", "This password opens no repository. Copy the clone command anew from the page of your task.")
	// ErrBusy: too many at once.
	ErrBusy = problem.New(problem.Unavailable, "repository_busy", "Many people are fetching and pushing right now. Nothing was changed; try again in a minute.")
	// ErrClosed: read only.
	ErrClosed = problem.New(problem.Conflict, "repository_closed", "This repository is read only now. You can still fetch everything that is in it.")
	// ErrMoved: the branch moved, and what was to be changed was changed there too. Facts: tip, paths.
	ErrMoved = problem.New(problem.Conflict, "repository_moved", "Somebody changed these files after you opened them, perhaps you with git. Your text is still here: compare it, then commit again.")
	// ErrNothing: a commit that changes nothing.
	ErrNothing = problem.New(problem.Conflict, "repository_nothing", "Nothing was changed, so there is nothing to commit.")
	// ErrQuota: no room in this repository.
	ErrQuota = problem.New(problem.TooLarge, "repository_quota", "This repository is full. Leave large files out of your commits, and push again.")
)

// Repos keeps them.
type Repos struct {
	DB     *db.DB
	Jobs   *job.Jobs
	Blobs  blob.Store
	Key    secret.Key
	Git    *git.Git
	Cache  string // folder; may be deleted at any time
	Limits Limits
	Out    egress.Out // the way to templates elsewhere
	// Room is not nil while there is no room for what is large; nil always has room.
	Room   func() error
	Logger *slog.Logger // nil says nothing

	cache cache
	slots slots
}

func (rs *Repos) limits() Limits {
	if rs.Limits == (Limits{}) {
		return DefaultLimits
	}
	return rs.Limits
}

func (rs *Repos) log() *slog.Logger {
	if rs.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return rs.Logger
}

// Repository is one.
type Repository struct {
	ID             ID
	Org            string
	Template       ID // "" for a template
	Owner, Item    string
	Name           string // the last part of its address, "ferry-booking"
	Main           string // the branch that counts, "main"
	Base           Hash   // the commit that it began with
	State          State
	Bytes, Quota   int64 // of packs beside the template's
	Created        time.Time
	Pushed         time.Time // zero: nothing came yet
	rotation       int64
	updates, turns int64 // how many changes of refs, how many submissions
}

func repository(org string, row query.RepositoryRow) Repository {
	return Repository{ID: ID(row.ID), Org: org, Template: ID(row.TemplateID), Owner: row.Owner, Item: row.Item, Name: row.Name, Main: row.Main, Base: Hash(row.Base),
		State: State(row.State), Bytes: row.Bytes, Quota: row.Quota, Created: clock.Time(row.CreatedAt), Pushed: clock.Time(row.PushedAt),
		rotation: row.Rotation, updates: row.Updates, turns: row.Submissions}
}

// main is the full name of the branch that counts.
func (r Repository) main() string { return "refs/heads/" + r.Main }

// Load is one, also a template, which is closed. ErrMissing.
func (rs *Repos) Load(ctx context.Context, tx db.Tx, i ID) (Repository, error) {
	if id.Valid(templates, string(i)) {
		row, err := query.New(tx).Template(ctx, tx.Org, string(i))
		return foundTemplate(tx.Org, row, err)
	}
	row, err := query.New(tx).Repository(ctx, tx.Org, string(i))
	return found(tx.Org, row, err)
}

// ByOwner is the repository of an owner's item. ErrMissing.
func (rs *Repos) ByOwner(ctx context.Context, tx db.Tx, owner, item string) (Repository, error) {
	row, err := query.New(tx).ByOwner(ctx, tx.Org, owner, item)
	return found(tx.Org, query.RepositoryRow(row), err)
}

func found(org string, row query.RepositoryRow, err error) (Repository, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Repository{}, ErrMissing
	}
	if err != nil {
		return Repository{}, err
	}
	return repository(org, row), nil
}

// templates is the prefix of their ids.
const templates = "tpl"

func foundTemplate(org string, row query.TemplateRow, err error) (Repository, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Repository{}, ErrMissing
	}
	return Repository{ID: ID(row.ID), Org: org, Owner: row.Owner, Item: row.Item, Name: row.Name, Main: row.Main, Base: Hash(row.Base), State: Closed,
		Bytes: row.Bytes, Created: clock.Time(row.CreatedAt)}, err
}

// Of are an owner's, by item.
func (rs *Repos) Of(ctx context.Context, tx db.Tx, owner string) ([]Repository, error) {
	rows, err := query.New(tx).Of(ctx, tx.Org, owner)
	var out []Repository
	for _, row := range rows {
		out = append(out, repository(tx.Org, query.RepositoryRow(row)))
	}
	return out, err
}

// Create makes an owner's repository of a template: rows only, in the caller's transaction. A second time gives the first. ErrMissing.
func (rs *Repos) Create(ctx context.Context, tx db.Tx, template ID, owner, item string) (Repository, error) {
	q, now := query.New(tx), rs.DB.Now()
	r := id.New("rep", now)
	n, err := q.Create(ctx, query.CreateParams{OrgID: tx.Org, ID: r, TemplateID: string(template), Owner: owner, Item: item, Quota: rs.limits().Repository, Now: clock.Milli(now)})
	if err != nil {
		return Repository{}, err
	}
	if n == 0 {
		return rs.ByOwner(ctx, tx, owner, item)
	}
	if err := q.CopyRef(ctx, r, tx.Org, string(template)); err != nil {
		return Repository{}, err
	}
	if err := q.CopyPack(ctx, r, tx.Org, string(template)); err != nil {
		return Repository{}, err
	}
	err = q.CopyUpdate(ctx, query.CopyUpdateParams{ID: r, OrgID: tx.Org, TemplateID: string(template), Zero: string(git.Zero), Now: clock.Milli(now)})
	if err != nil {
		return Repository{}, err
	}
	if err := q.AddKey(ctx, query.AddKeyParams{Hash: secret.Hash(rs.token(tx.Org, ID(r), 0)), OrgID: tx.Org, RepositoryID: r, Rotation: 0}); err != nil {
		return Repository{}, err
	}
	return rs.Load(ctx, tx, ID(r))
}

// token is the password of a repository's git.
func (rs *Repos) token(org string, r ID, rotation int64) string {
	return rs.Key.Link("git", org, string(r), fmt.Sprint(rotation))
}

// CloneURL is the address for git clone, with the credential: only its candidate may see it. site is the public address. The name in it is one of
// this repository alone, so that a credential helper keeps two repositories of one site apart.
func (rs *Repos) CloneURL(r Repository, site string) string {
	u, err := url.Parse(strings.TrimSuffix(site, "/"))
	if err != nil {
		return ""
	}
	u.User = url.UserPassword(rs.user(r), rs.token(r.Org, r.ID, r.rotation))
	u.Path = "/git/" + r.Name + ".git"
	return u.String()
}

// user is the name that a credential goes with.
func (rs *Repos) user(r Repository) string {
	return "c" + rs.Key.Digits("git user", r.Org, string(r.ID))
}

// Enter finds a repository by git's password and the name in its address. It holds also after the end, to fetch. ErrCredential.
func (rs *Repos) Enter(ctx context.Context, token, name string) (Repository, error) {
	var key query.KeyRow
	err := rs.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		key, err = query.New(tx).Key(ctx, secret.Hash(token))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Repository{}, ErrCredential
	}
	if err != nil {
		return Repository{}, err
	}
	var r Repository
	err = rs.DB.Read(ctx, key.OrgID, func(tx db.Tx) (err error) {
		r, err = rs.Load(ctx, tx, ID(key.RepositoryID))
		return err
	})
	if errors.Is(err, ErrMissing) || err == nil && (r.rotation != key.Rotation || r.Name != name || !secret.Equal(token, rs.token(r.Org, r.ID, r.rotation))) {
		return Repository{}, ErrCredential
	}
	return r, err
}

// Revoke ends the credential; the next CloneURL holds another. ErrMissing.
func (rs *Repos) Revoke(ctx context.Context, tx db.Tx, i ID) error {
	q := query.New(tx)
	n, err := q.Rotate(ctx, tx.Org, string(i))
	if err == nil && n == 0 {
		return ErrMissing
	}
	if err != nil {
		return err
	}
	if _, err := q.DropKeys(ctx, tx.Org, string(i)); err != nil {
		return err
	}
	r, err := rs.Load(ctx, tx, i)
	if err != nil {
		return err
	}
	return q.AddKey(ctx, query.AddKeyParams{Hash: secret.Hash(rs.token(tx.Org, i, r.rotation)), OrgID: tx.Org, RepositoryID: string(i), Rotation: r.rotation})
}

// Ref is a branch, a tag or what came late.
type Ref = git.Ref

// Refs are all of a repository's, by name.
func (rs *Repos) Refs(ctx context.Context, tx db.Tx, i ID) ([]Ref, error) {
	rows, err := query.New(tx).Refs(ctx, tx.Org, string(i))
	var out []Ref
	for _, row := range rows {
		out = append(out, Ref{Name: row.Name, Hash: Hash(row.Hash)})
	}
	return out, err
}

// Via is the way a change came.
type Via string

// The ways.
const (
	Start  Via = "start"
	Pushes Via = "push"
	Page   Via = "page"
	Server Via = "server" // the tag of a submission
)

// Standing says whether a change counts.
type Standing string

// The standings.
const (
	OnTime Standing = "on_time"
	Late   Standing = "late"
)

// Update is one change of a ref.
type Update struct {
	Number         int64 // from 1, in order of arrival
	Ref            string
	Old, New, Tree Hash // git.Zero where there is none
	Received       time.Time
	Via            Via
	Standing       Standing
	Forced         bool // what was there is not behind what came
}

// Updates are all changes of a repository's refs, oldest first: what came when.
func (rs *Repos) Updates(ctx context.Context, tx db.Tx, i ID) ([]Update, error) {
	rows, err := query.New(tx).Updates(ctx, tx.Org, string(i))
	var out []Update
	for _, u := range rows {
		out = append(out, Update{u.Number, u.Ref, Hash(u.OldHash), Hash(u.NewHash), Hash(u.TreeHash), clock.Time(u.ReceivedAt), Via(u.Via), Standing(u.Standing), u.Forced == 1})
	}
	return out, err
}
