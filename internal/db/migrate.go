package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
)

// lockKey is the advisory lock that nodes hold while they migrate.
const lockKey = 0x63616e646f72 // "candor"

// Migrate brings the schema up to date: every noun's steps (schema/<UTC second>_<name>.sql) merged into one order, then on
// PostgreSQL the policies and grants that hold each transaction to its organisation. Nodes that start at once migrate once.
// after runs under the same lock (River's own steps).
func (d *DB) Migrate(ctx context.Context, steps []fs.FS, after ...func(context.Context) error) error {
	return d.MigrateTo(ctx, math.MaxInt64, steps, after...)
}

// MigrateTo is Migrate up to a step, the number of its UTC second: rows that an older release kept go in there, and later steps see to them.
func (d *DB) MigrateTo(ctx context.Context, step int64, steps []fs.FS, after ...func(context.Context) error) error {
	merged, err := merge(steps)
	if err != nil {
		return err
	}
	return d.locked(ctx, func() error {
		dialect := goose.DialectSQLite3
		if d.Engine == PostgreSQL {
			dialect = goose.DialectPostgres
		}
		p, err := goose.NewProvider(dialect, d.writer, merged, goose.WithVerbose(false), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return fmt.Errorf("schema: %w", err)
		}
		if err := d.unforce(ctx, p); err != nil {
			return err
		}
		if _, err := p.UpTo(ctx, step); err != nil {
			return errors.Join(fmt.Errorf("schema: %w", err), d.again(ctx))
		}
		for _, f := range after {
			if err := f(ctx); err != nil {
				return err
			}
		}
		if d.Engine == PostgreSQL {
			return d.protect(ctx)
		}
		return nil
	})
}

// Newest is the number of the newest of all steps.
func Newest(steps []fs.FS) (int64, error) {
	m, err := merge(steps)
	if err != nil || len(m.names) == 0 {
		return 0, err
	}
	second, _, _ := strings.Cut(m.names[len(m.names)-1], "_")
	return strconv.ParseInt(second, 10, 64)
}

func (d *DB) locked(ctx context.Context, fn func() error) error {
	if d.Engine == SQLite {
		return fn() // the file belongs to one process; its writer is one connection
	}
	// A connection outside the pool: the work in between needs the pool, which may be small.
	cfg := d.pool.Config().Copy()
	cfg.MaxConns = 1
	cfg.MinConns = 0
	lock, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer lock.Close()
	c, err := lock.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	if _, err := c.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(lockKey)); err != nil {
		return err
	}
	defer c.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(lockKey))
	return fn()
}

// unforce lets the tables' owner see all rows while steps are to be done: a step that copies a table into its next form would copy nothing of
// a table whose policy holds the owner too, and then drop it. protect forces again.
func (d *DB) unforce(ctx context.Context, p *goose.Provider) error {
	if d.Engine != PostgreSQL {
		return nil
	}
	if pending, err := p.HasPending(ctx); err != nil || !pending {
		return err
	}
	tables, err := d.tenantTables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := d.pool.Exec(ctx, `ALTER TABLE `+quote(t)+` NO FORCE ROW LEVEL SECURITY`); err != nil {
			return fmt.Errorf("row level security: %w", err)
		}
	}
	return nil
}

// again is protect after steps that failed.
func (d *DB) again(ctx context.Context) error {
	if d.Engine != PostgreSQL {
		return nil
	}
	return d.protect(ctx)
}

// protect makes a policy for every table whose primary key begins with org_id, FORCEs it on the owner too, and grants the
// application's role what it needs.
func (d *DB) protect(ctx context.Context) error {
	tables, err := d.tenantTables(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&b, `ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY; ALTER TABLE %[1]s FORCE ROW LEVEL SECURITY;
			DROP POLICY IF EXISTS tenant ON %[1]s;
			CREATE POLICY tenant ON %[1]s USING (org_id = current_setting('candor.org', true)) WITH CHECK (org_id = current_setting('candor.org', true));
			`, quote(t))
	}
	if d.role != "" {
		fmt.Fprintf(&b, `DO $$ BEGIN CREATE ROLE %[1]s NOLOGIN NOSUPERUSER NOBYPASSRLS; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
			GRANT USAGE ON SCHEMA public TO %[1]s;
			GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %[1]s;
			GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO %[1]s;`, d.role)
	}
	if b.Len() == 0 {
		return nil
	}
	if _, err := d.pool.Exec(ctx, b.String()); err != nil {
		return fmt.Errorf("row level security: %w", err)
	}
	return nil
}

// tenantTables are those whose primary key begins with org_id.
func (d *DB) tenantTables(ctx context.Context) ([]string, error) {
	rows, err := d.writer.QueryContext(ctx, `
		SELECT c.relname FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
		WHERE i.indisprimary AND n.nspname = 'public' AND a.attname = 'org_id' ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	return scanStrings(rows)
}

// Tables lists the tables of the schema, River's and goose's left out.
func (d *DB) Tables(ctx context.Context) ([]string, error) {
	q := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1`
	if d.Engine == PostgreSQL {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`
	}
	rows, err := d.reader.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := scanStrings(rows)
	return slices.DeleteFunc(all, func(t string) bool {
		return strings.HasPrefix(t, "river_") || strings.HasPrefix(t, "goose_")
	}), err
}

// ColumnsOf lists the columns of a table in order.
func (d *DB) ColumnsOf(ctx context.Context, table string) ([]string, error) {
	q := `SELECT name FROM pragma_table_info($1) ORDER BY cid`
	if d.Engine == PostgreSQL {
		q = `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`
	}
	rows, err := d.reader.QueryContext(ctx, q, table)
	if err != nil {
		return nil, err
	}
	return scanStrings(rows)
}

func scanStrings(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// merged is one folder of all nouns' steps.
type merged struct {
	names []string
	from  map[string]fs.FS
	path  map[string]string
}

func merge(steps []fs.FS) (*merged, error) {
	m := &merged{from: map[string]fs.FS{}, path: map[string]string{}}
	seconds := map[string]string{}
	for _, f := range steps {
		files, err := fs.Glob(f, "schema/*.sql")
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, errors.New("schema: a noun listed no steps (want schema/<UTC second>_<name>.sql)")
		}
		for _, p := range files {
			name := path.Base(p)
			second, _, ok := strings.Cut(name, "_")
			if !ok || len(second) != 14 {
				return nil, fmt.Errorf("schema: step %s is not named <UTC second>_<name>.sql", name)
			}
			if other, twice := seconds[second]; twice {
				return nil, fmt.Errorf("schema: steps %s and %s have the same second; their order would be chance", other, name)
			}
			seconds[second] = name
			m.names = append(m.names, name)
			m.from[name], m.path[name] = f, p
		}
	}
	slices.Sort(m.names)
	return m, nil
}

func (m *merged) Open(name string) (fs.File, error) {
	if name == "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
	}
	f, ok := m.from[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.Open(m.path[name])
}

// ReadDir lists the steps; goose finds them by fs.Glob.
func (m *merged) ReadDir(name string) ([]fs.DirEntry, error) {
	var out []fs.DirEntry
	for _, n := range m.names {
		info, err := fs.Stat(m.from[n], m.path[n])
		if err != nil {
			return nil, err
		}
		out = append(out, fs.FileInfoToDirEntry(info))
	}
	return out, nil
}
