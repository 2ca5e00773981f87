// Package app wires the house: it opens what the nouns stand on, hands each noun those below it, and mounts the faces. Lists (kinds,
// formats, schemas, pages, listeners) are files of their own, one line an entry.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"candor/internal/account"
	"candor/internal/account/accountweb"
	"candor/internal/analytics"
	"candor/internal/appeal"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/batch"
	"candor/internal/blob"
	"candor/internal/board"
	"candor/internal/bridge"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/disk"
	"candor/internal/explain"
	"candor/internal/feedback"
	"candor/internal/git"
	"candor/internal/greenhouse"
	"candor/internal/hook"
	"candor/internal/id"
	"candor/internal/integrity"
	"candor/internal/interview"
	"candor/internal/issuer"
	"candor/internal/item"
	"candor/internal/item/kinds/repository"
	"candor/internal/item/kinds/video"
	"candor/internal/job"
	"candor/internal/live"
	"candor/internal/load"
	"candor/internal/mail"
	"candor/internal/markdown"
	"candor/internal/media"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/privacy"
	"candor/internal/promise"
	"candor/internal/recording"
	"candor/internal/repo"
	"candor/internal/review"
	"candor/internal/run"
	"candor/internal/secret"
	"candor/internal/survey"
	"candor/internal/talk"
	"candor/internal/thread"
	"candor/internal/token"
	"candor/internal/trial"
	"candor/internal/upload"
	"candor/internal/web"
)

// Config is how an installation runs. The zero value with Data set runs on SQLite, local files and workers in the process.
type Config struct {
	Cache      string // folder of what can be made anew; "" is Data/cache
	Data       string // folder of the database, the files and the installation key
	Database   string // "" is SQLite in Data; "postgres://..."
	URL        string // public address
	ContentURL string // public address of the content origin
	Proxies    []netip.Prefix
	SMTP       string // "" keeps letters in the outbox
	MailFrom   string
	MailReturn string // where bounces go; "" is MailFrom
	Bounces    string // mailbox in which they arrive; "" is none
	JudgeApart bool   // judge in a process of its own, without the database and the key
	Ballast    int64  // bytes kept in reserve for saves; 0 keeps none
	Captions   string // the captions command (media.NewHears); "" makes none
	AllowWeak  bool   // run code although a layer of the sandbox is missing; every report says so
	Log        *slog.Logger
	Now        func() time.Time // injected clock; nil is the process's
}

// App is an opened installation.
type App struct {
	Config      Config
	DB          *db.DB
	Disk        *disk.Watch
	Load        *load.Gauge
	Key         secret.Key
	Blobs       blob.Store
	Jobs        *job.Jobs
	MD          *markdown.Markdown
	Kinds       item.Kinds
	Runs        *run.Runs
	Repos       *repo.Repos
	Recordings  *recording.Recordings
	Uploads     *upload.Uploads
	Accounts    *account.Accounts
	Orgs        *org.Orgs
	Issuers     *issuer.Issuers
	Tokens      *token.Tokens
	Assessments *assessment.Assessments
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Payments    *payment.Payments
	Talks       *talk.Talks
	Trials      *trial.Trials
	Surveys     *survey.Surveys
	Openings    *opening.Openings
	Batches     *batch.Batches
	Threads     *thread.Threads
	Attempts    *attempt.Attempts
	Explain     *explain.Explain
	Interviews  *interview.Interviews
	Reviews     *review.Reviews
	Feedbacks   *feedback.Feedbacks
	Appeals     *appeal.Appeals
	Boards      *board.Boards
	Hooks       *hook.Hooks
	Bridges     *bridge.Bridges
	Greenhouse  *greenhouse.Greenhouse
	Notify      *notify.Notify
	Integrity   *integrity.Integrity
	Analytics   *analytics.Analytics
	Privacy     *privacy.Privacy
	Hub         *live.Hub

	bench     *bench
	studio    *studio
	takeHomes repository.Kind
	signIn    *accountweb.Pages
	lock      *os.File
}

// Open opens an installation and brings its schema up to date; nothing runs and nothing listens yet. ErrUnfinished.
func Open(ctx context.Context, c Config) (*App, error) {
	if raw, err := os.ReadFile(filepath.Join(c.Data, Unfinished)); err == nil {
		return nil, ErrUnfinished.Saying(fmt.Sprintf("A restore into %s did not come to its end. Begin it again (%s --data %[1]s), or delete the folder.", c.Data, strings.TrimSpace(string(raw))))
	}
	return open(ctx, c)
}

func open(ctx context.Context, c Config) (_ *App, err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := makeData(c.Data); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	a := &App{Config: c}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if c.Database == "" {
		// One process owns the SQLite file; a second one would run jobs and close sittings twice.
		if a.lock, err = lockFile(filepath.Join(c.Data, lockName)); err != nil {
			return nil, err
		}
	}
	if a.Key, err = secret.Load(filepath.Join(c.Data, keyFile)); err != nil {
		return nil, err
	}
	fatal := func(err error) {
		c.Log.Error("ending: the disk failed", "error", err)
		os.Exit(db.ExitDisk)
	}
	a.Load = &load.Gauge{}
	a.Disk = &disk.Watch{Dir: c.Data, Reserve: c.Ballast, Log: c.Log}
	if a.DB, err = db.Open(ctx, c.address(), db.Options{Now: c.Now, Fatal: fatal, Room: a.Disk.Spend, Took: a.Load.Took}); err != nil {
		return nil, err
	}
	if err := a.DB.Migrate(ctx, Schemas(), job.Migrate(a.DB)); err != nil {
		return nil, err
	}
	files := filepath.Join(c.Data, filesFolder)
	if err := os.MkdirAll(files, 0o700); err != nil {
		return nil, err
	}
	a.Blobs = blob.Disk{Dir: files, Fatal: fatal}
	if a.Jobs, err = job.New(a.DB, job.Options{Log: c.Log}); err != nil {
		return nil, err
	}
	a.MD = markdown.New(2)
	a.bench = &bench{cache: filepath.Join(cmp.Or(c.Cache, filepath.Join(c.Data, "cache")), "judge"), allowWeak: c.AllowWeak, apart: c.JudgeApart, log: c.Log}
	a.Runs = &run.Runs{DB: a.DB, Jobs: a.Jobs, Worker: a.bench, Build: a.build, Room: a.admitRun}
	if a.Repos, err = a.repos(); err != nil {
		return nil, err
	}
	a.Uploads = &upload.Uploads{DB: a.DB, Jobs: a.Jobs, Blobs: a.Blobs, Key: a.Key, Room: a.Disk.Admit, Content: c.ContentURL, Log: c.Log, Accepts: a.accepts}
	a.studio = &studio{allowWeak: c.AllowWeak}
	a.Uploads.Studio = &media.Studio{Engine: a.studio.open}
	if c.Captions != "" {
		if a.Uploads.Hears, err = media.NewHears(c.Captions); err != nil {
			return nil, err
		}
	}
	a.takeHomes = repository.New(a.MD, a.bench, a.Runs, a.Repos, strings.TrimSuffix(c.URL, "/"))
	a.Recordings = &recording.Recordings{DB: a.DB}
	a.Kinds = kinds(a.MD, a.bench, a.Runs, a.takeHomes, video.Kind{MD: a.MD, Recordings: a.Recordings, Uploads: a.Uploads}, web.Frame(c.ContentURL, "diagram"), a.Uploads)
	a.nouns()
	if err := a.post(); err != nil {
		return nil, err
	}
	a.listen()
	return a, nil
}

// post sets up the mail server, with the key that signs, and the mailbox of bounces.
func (a *App) post() error {
	c := a.Config
	if c.Bounces != "" {
		box, err := mail.OpenMailbox(c.Bounces)
		if err != nil {
			return err
		}
		a.Notify.Inbox = box
	}
	if c.SMTP == "" {
		return nil
	}
	server, err := mail.New(c.SMTP, c.MailFrom, "Candor")
	if err != nil {
		return err
	}
	if server.Key, err = mail.ReadKey(filepath.Join(c.Data, SigningKey)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	server.Return = c.MailReturn
	a.Notify.Server = server
	return nil
}

// repos are repositories with their cache, whose folder git must know in full.
func (a *App) repos() (*repo.Repos, error) {
	cache, err := filepath.Abs(filepath.Join(cmp.Or(a.Config.Cache, filepath.Join(a.Config.Data, "cache")), "repo"))
	return &repo.Repos{DB: a.DB, Jobs: a.Jobs, Blobs: a.Blobs, Key: a.Key, Git: &git.Git{}, Cache: cache, Room: a.Disk.Admit, Logger: a.Config.Log}, err
}

// nouns hands each noun those below it, in the order of the house.
func (a *App) nouns() {
	a.Accounts = &account.Accounts{DB: a.DB, Jobs: a.Jobs, Key: a.Key}
	a.Orgs = &org.Orgs{DB: a.DB, Jobs: a.Jobs, Accounts: a.Accounts}
	a.Issuers = &issuer.Issuers{DB: a.DB, Key: a.Key, Accounts: a.Accounts, Orgs: a.Orgs, URL: strings.TrimSuffix(a.Config.URL, "/")}
	a.Tokens = &token.Tokens{DB: a.DB, Orgs: a.Orgs, Key: a.Key}
	a.Assessments = &assessment.Assessments{DB: a.DB, Blobs: a.Blobs, Jobs: a.Jobs, Kinds: a.Kinds, Uploads: a.Uploads}
	a.Candidates = &candidate.Candidates{DB: a.DB}
	a.Promises = &promise.Promises{DB: a.DB, Jobs: a.Jobs}
	a.Openings = &opening.Openings{DB: a.DB, Jobs: a.Jobs, Key: a.Key, Orgs: a.Orgs, Candidates: a.Candidates, Promises: a.Promises, Uploads: a.Uploads}
	a.Batches = &batch.Batches{DB: a.DB, Jobs: a.Jobs, Openings: a.Openings}
	a.Attempts = &attempt.Attempts{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Assessments: a.Assessments, Openings: a.Openings, Candidates: a.Candidates, Promises: a.Promises, Runs: a.Runs, Load: a.Load,
		Written: written(a.MD)}
	a.Interviews = &interview.Interviews{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Assessments: a.Assessments, Candidates: a.Candidates, Promises: a.Promises, Openings: a.Openings, Attempts: a.Attempts, Kinds: a.Kinds, Uploads: a.Uploads}
	a.Threads = &thread.Threads{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Assessments: a.Assessments, Candidates: a.Candidates, Openings: a.Openings, Uploads: a.Uploads, Task: a.Attempts.Task}
	a.Explain = &explain.Explain{DB: a.DB, Jobs: a.Jobs, Assessments: a.Assessments, Openings: a.Openings, Attempts: a.Attempts}
	a.Reviews = &review.Reviews{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Openings: a.Openings, Promises: a.Promises, Assessments: a.Assessments, Attempts: a.Attempts, Interviews: a.Interviews}
	a.Openings.Blind, a.Openings.Hidden, a.Openings.Reads = a.Reviews.Blind, a.Reviews.Hidden, a.Reviews.Reads
	a.Feedbacks = &feedback.Feedbacks{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Openings: a.Openings, Promises: a.Promises, Reviews: a.Reviews}
	a.Appeals = &appeal.Appeals{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Openings: a.Openings, Promises: a.Promises, Reviews: a.Reviews, Feedbacks: a.Feedbacks}
	a.Payments = &payment.Payments{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Openings: a.Openings, Promises: a.Promises}
	a.Talks = &talk.Talks{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Openings: a.Openings, Promises: a.Promises}
	a.Trials = &trial.Trials{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Assessments: a.Assessments, Candidates: a.Candidates, Promises: a.Promises, Openings: a.Openings, Attempts: a.Attempts, Reviews: a.Reviews,
		Payments: a.Payments}
	a.Attempts.Turns, a.Attempts.Finished = a.turns, a.Reviews.Finished
	a.Openings.Formats = formats(a)
	a.Surveys = &survey.Surveys{DB: a.DB, Openings: a.Openings}
	a.Integrity = &integrity.Integrity{DB: a.DB, Jobs: a.Jobs, Orgs: a.Orgs, Candidates: a.Candidates, Promises: a.Promises, Assessments: a.Assessments, Openings: a.Openings, Attempts: a.Attempts, Reviews: a.Reviews}
	a.Reviews.Bars = a.Integrity.Bars
	a.Analytics = &analytics.Analytics{DB: a.DB, Jobs: a.Jobs, Openings: a.Openings, Assessments: a.Assessments}
	a.Hooks = &hook.Hooks{DB: a.DB, Jobs: a.Jobs, Key: a.Key, Orgs: a.Orgs, Openings: a.Openings}
	a.Bridges = &bridge.Bridges{DB: a.DB, Jobs: a.Jobs, Key: a.Key, Orgs: a.Orgs, Openings: a.Openings, Threads: a.Threads, Messengers: Messengers(), URL: strings.TrimSuffix(a.Config.URL, "/")}
	a.Greenhouse = &greenhouse.Greenhouse{DB: a.DB, Jobs: a.Jobs, Key: a.Key, Orgs: a.Orgs, Tokens: a.Tokens, Openings: a.Openings, Reviews: a.Reviews, Hooks: a.Hooks}
	a.Notify = &notify.Notify{DB: a.DB, Jobs: a.Jobs, Accounts: a.Accounts, Orgs: a.Orgs, Openings: a.Openings, Candidates: a.Candidates,
		Attempts: a.Attempts, Feedbacks: a.Feedbacks, Appeals: a.Appeals, Integrity: a.Integrity, Analytics: a.Analytics, Threads: a.Threads, Interviews: a.Interviews, Promises: a.Promises, Payments: a.Payments, Talks: a.Talks, Trials: a.Trials, URL: strings.TrimSuffix(a.Config.URL, "/")}
	a.Boards = &board.Boards{DB: a.DB, Orgs: a.Orgs, Openings: a.Openings, Attempts: a.Attempts, Reviews: a.Reviews, Feedbacks: a.Feedbacks, Notify: a.Notify}
	a.Privacy = &privacy.Privacy{DB: a.DB, Candidates: a.Candidates, Openings: a.Openings, Attempts: a.Attempts, Repos: a.Repos, Integrity: a.Integrity, Appeals: a.Appeals, Threads: a.Threads, Uploads: a.Uploads, Erasers: a.erasers()}
	a.Hub = &live.Hub{DB: a.DB, Log: a.Config.Log}
	a.signIn = &accountweb.Pages{Accounts: a.Accounts, Orgs: a.Orgs, Doors: a.doors, Mails: a.Config.SMTP != ""}
}

// turns are the parts in which somebody answers what is asked beside their version.
func (a *App) turns(ctx context.Context, tx db.Tx, at attempt.Attempt) ([]assessment.Part, error) {
	asked, err := a.Interviews.Parts(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	days, err := a.Trials.Parts(ctx, tx, at)
	return append(asked, days...), err
}

// Serve runs jobs and answers on a listener until ctx ends; then what is under way is finished.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	err := a.serve(ctx, l)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // it was told to end while it began
	}
	return err
}

func (a *App) serve(ctx context.Context, l net.Listener) error {
	mux, err := a.Mux()
	if err != nil {
		return err
	}
	a.Attempts.Outages = &attempt.Outages{Attempts: a.Attempts, Node: id.New("nod", a.DB.Now()), Log: a.Config.Log}
	if err := a.Attempts.Outages.Start(ctx); err != nil { // before the first save is taken, and long before anything is sent by time
		return err
	}
	if err := a.Runs.Recover(ctx); err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer stop()
	watch.Go(func() { a.Attempts.Outages.Run(watching) })
	watch.Go(func() { a.Disk.Run(watching) })
	watch.Go(func() { a.Repos.Run(watching) })
	server := mux.Server()
	server.RegisterOnShutdown(a.Hub.Close)
	done := make(chan error, 1)
	go func() { done <- server.Serve(web.Listen(l, a.DB.Clock)) }()
	// It answers by now: jobs wait in the database, and their queues take longer to start than all of the above.
	if err = a.Jobs.Start(ctx); err == nil {
		a.bench.begin(ctx) // takes seconds; until it is through every language that an author offers is offered
		select {
		case err = <-done:
		case <-ctx.Done():
		}
	}
	c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if late := server.Shutdown(c); !errors.Is(late, context.DeadlineExceeded) {
		err = errors.Join(err, late)
	}
	c, cancel = context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return errors.Join(err, a.Jobs.Stop(c))
}

// Close gives everything back.
func (a *App) Close() error {
	var err error
	if a.bench != nil {
		err = a.bench.Close()
	}
	if a.studio != nil {
		err = errors.Join(err, a.studio.Close())
	}
	if a.DB != nil {
		err = errors.Join(err, a.DB.Close())
	}
	if a.lock != nil {
		err = errors.Join(err, a.lock.Close())
	}
	return err
}

// Tree is a folder of files as an assessment's tree.
func Tree(dir string) fs.FS { return os.DirFS(dir) }
