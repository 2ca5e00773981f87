// Package dbtest opens real databases for tests: SQLite in a temporary folder and PostgreSQL on a test cluster, both migrated,
// with River's tables beside the ones asked for.
package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/job"

	"github.com/jackc/pgx/v5"
)

// Start is when tests begin: a Tuesday morning, UTC.
var Start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// Clock is a clock that moves when a test says so.
type Clock struct{ ns atomic.Int64 }

// NewClock stands at Start.
func NewClock() *Clock {
	c := &Clock{}
	c.Set(Start)
	return c
}

// Now is the time it stands at.
func (c *Clock) Now() time.Time { return time.Unix(0, c.ns.Load()).UTC() }

// Add moves it.
func (c *Clock) Add(d time.Duration) { c.ns.Add(int64(d)) }

// Set puts it.
func (c *Clock) Set(t time.Time) { c.ns.Store(t.UnixNano()) }

// Each runs a test on SQLite and on PostgreSQL, each with an empty, migrated database and a clock at Start.
func Each(t *testing.T, schemas []fs.FS, fn func(t *testing.T, d *db.DB, tick *Clock)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		d, tick := Open(t, schemas...)
		fn(t, d, tick)
	})
	t.Run("postgres", func(t *testing.T) {
		d, tick := OpenPostgres(t, schemas...)
		fn(t, d, tick)
	})
}

// Open is SQLite only.
func Open(t testing.TB, schemas ...fs.FS) (*db.DB, *Clock) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "candor.db")
	if len(schemas) > 0 {
		if err := os.WriteFile(path, template(t, schemas), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tick := NewClock()
	d, err := db.Open(context.Background(), "sqlite:"+path, db.Options{Now: tick.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, tick
}

var (
	templates   = map[string][]byte{}
	templatesMu sync.Mutex
)

// template is a migrated SQLite file, made once per process and schema.
func template(t testing.TB, schemas []fs.FS) []byte {
	t.Helper()
	key := fingerprint(t, schemas)
	templatesMu.Lock()
	defer templatesMu.Unlock()
	if b, ok := templates[key]; ok {
		return b
	}
	path := filepath.Join(t.TempDir(), "template.db")
	d, err := db.Open(context.Background(), "sqlite:"+path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(context.Background(), schemas, job.Migrate(d)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil { // the last connection to close folds the log into the file
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	templates[key] = b
	return b
}

func fingerprint(t testing.TB, schemas []fs.FS) string {
	t.Helper()
	h := sha256.New()
	for _, s := range schemas {
		files, _ := fs.Glob(s, "schema/*.sql")
		for _, f := range files {
			b, err := fs.ReadFile(s, f)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(h, "%s %d\n", f, len(b))
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}

// Cluster is the address of the test cluster: CANDOR_TEST_POSTGRES, or what dev/postgres wrote down.
func Cluster() string {
	if u := os.Getenv("CANDOR_TEST_POSTGRES"); u != "" {
		return u
	}
	b, _ := os.ReadFile(filepath.Join(os.TempDir(), "candor-postgres", "url"))
	return strings.TrimSpace(string(b))
}

var databases atomic.Int64

// OpenPostgres makes a database of its own on the test cluster.
func OpenPostgres(t testing.TB, schemas ...fs.FS) (*db.DB, *Clock) {
	t.Helper()
	tick := NewClock()
	d, err := db.Open(context.Background(), Database(t, schemas...), db.Options{Now: tick.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, tick
}

// Database makes a migrated PostgreSQL database and gives its address; it is dropped at the end of the test.
func Database(t testing.TB, schemas ...fs.FS) string {
	t.Helper()
	cluster := Cluster()
	if cluster == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no PostgreSQL test cluster, and CI must have one: run the tests by dev/test")
		}
		t.Skip("no PostgreSQL test cluster: run dev/postgres start, or set CANDOR_TEST_POSTGRES")
	}
	ctx := context.Background()
	from := "template1"
	if len(schemas) > 0 {
		from = templateDatabase(t, cluster, schemas)
	}
	name := fmt.Sprintf("t_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), databases.Add(1))
	admin(t, cluster, "CREATE DATABASE "+name+" TEMPLATE "+from+" STRATEGY file_copy") // half the time of the default for so small a one
	t.Cleanup(func() {
		c, err := pgx.Connect(ctx, cluster)
		if err != nil {
			return
		}
		defer c.Close(ctx)
		c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return withDatabase(t, cluster, name)
}

// OwnDatabase is an empty database on the test cluster, of an ordinary role that owns it, as its address: no superuser, and held by the policies of
// its own tables.
func OwnDatabase(t testing.TB) string {
	t.Helper()
	role := fmt.Sprintf("owner_%d_%d", os.Getpid(), databases.Add(1))
	t.Cleanup(func() { admin(t, Cluster(), "DROP ROLE "+role) }) // after the database is gone
	address := Database(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	admin(t, Cluster(), "CREATE ROLE "+role+" LOGIN NOSUPERUSER NOBYPASSRLS")
	admin(t, Cluster(), "ALTER DATABASE "+strings.TrimPrefix(u.Path, "/")+" OWNER TO "+role)
	u.User = url.User(role)
	return u.String()
}

func templateDatabase(t testing.TB, cluster string, schemas []fs.FS) string {
	t.Helper()
	ctx := context.Background()
	name := "tplr_" + fingerprint(t, schemas)
	c, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	// Packages are tested in several processes at once; one of them makes the template.
	if _, err := c.Exec(ctx, `SELECT pg_advisory_lock(hashtext($1))`, name); err != nil {
		t.Fatal(err)
	}
	defer c.Exec(ctx, `SELECT pg_advisory_unlock(hashtext($1))`, name)
	var ready bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&ready); err != nil {
		t.Fatal(err)
	}
	if ready {
		return name
	}
	admin(t, cluster, "CREATE DATABASE "+name+"_making")
	d, err := db.Open(ctx, withDatabase(t, cluster, name+"_making"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Migrate(ctx, schemas, job.Migrate(d))
	d.Close()
	if err != nil {
		admin(t, cluster, "DROP DATABASE "+name+"_making")
		t.Fatal(err)
	}
	admin(t, cluster, "ALTER DATABASE "+name+"_making RENAME TO "+name)
	return name
}

func admin(t testing.TB, cluster, statement string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, cluster)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func withDatabase(t testing.TB, cluster, name string) string {
	t.Helper()
	u, err := url.Parse(cluster)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
