package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"candor/internal/clock"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// AppRole is the role that transactions take when the connecting role could walk past row level security.
const AppRole = "candor_app"

func openPostgres(ctx context.Context, rawURL string, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	cfg.MaxConns = int32(o.Readers)
	cfg.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("PostgreSQL does not answer: %w", err)
	}
	h := sql.OpenDB(holding{stdlib.GetPoolConnector(pool)})
	h.SetMaxIdleConns(0) // the pool keeps them
	d := &DB{Engine: PostgreSQL, Clock: clock.New(o.Now), writer: h, reader: h, pool: pool, room: o.Room, took: o.Took}
	var free bool
	err = pool.QueryRow(ctx, `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`).Scan(&free)
	if err != nil {
		d.pool.Close()
		return nil, err
	}
	if free {
		d.role = AppRole
	}
	d.reads, d.ground = openReading(cfg.ConnConfig, d.role, o.Readers), openReading(cfg.ConnConfig, d.role, o.Readers)
	bg, stop := context.WithCancel(context.Background())
	d.stop = stop
	if o.Now == nil { // an injected clock is the deciding one
		d.measure(ctx)
		d.loops.Go(func() { every5s(bg, d.measure) })
	}
	d.loops.Go(func() { every5s(bg, d.learn) })
	return d, nil
}

// measures is how often the database is asked for the time until the answer is quick.
const measures = 3

// measure sets the clock's offset to the database's clock (time.md: one clock decides, the database's). The uncertainty is
// half the round trip of the quickest answer.
func (d *DB) measure(ctx context.Context) error {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		d.Clock.Measured(d.sample.Offset, time.Hour)
		return err
	}
	defer c.Release()
	var best clock.Sample
	for range measures {
		var theirs time.Time
		before := time.Now()
		if err := c.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
			d.Clock.Measured(d.sample.Offset, time.Hour)
			return err
		}
		trip := time.Since(before)
		if best.At.IsZero() || trip/2 < best.Unsure {
			best = clock.Sample{Offset: theirs.Sub(before.Add(trip / 2)), Unsure: trip / 2, At: before}
		}
		if best.Unsure < clock.Sure/25 {
			break
		}
	}
	d.sample = d.sample.Then(best)
	d.Clock.Measured(d.sample.Offset, d.sample.Unsure)
	return nil
}

// learn has PostgreSQL count the tables that have doubled since they were counted last. Its own autovacuum looks once a minute, and until then
// plans are those of empty tables, kept with their statements: "the rows of this organisation" and then a filter is then as good as "this row",
// also when there are 10,000 of them. While the first 1,000 people of an installation started and saved, 23 of 29 million rows that were read were
// read for that. A table doubles seldom, so this costs a few counts of small tables in its life.
func (d *DB) learn(ctx context.Context) error {
	rows, err := d.pool.Query(ctx, `SELECT c.oid::regclass::text FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
		WHERE s.schemaname = current_schema() AND pg_has_role(c.relowner, 'USAGE') AND s.n_mod_since_analyze > 100 + c.reltuples`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, table := range tables {
		if _, err := d.pool.Exec(ctx, `ANALYZE (SKIP_LOCKED) `+table); err != nil {
			return err
		}
	}
	return err
}

// every5s does what an error does not end: the next time may do.
func every5s(ctx context.Context, do func(context.Context) error) {
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			do(ctx)
		}
	}
}

// begin begins a transaction that writes one organisation's rows.
func (d *DB) begin(ctx context.Context, org string) (*sql.Tx, error) {
	first := "begin; select set_config('candor.org', " + literal(org) + ", true)"
	if d.role != "" {
		first += ", set_config('role', " + literal(d.role) + ", true)"
	}
	return d.writer.BeginTx(context.WithValue(ctx, beginning{}, first), nil)
}

// beginning is the key, in a context, of what a transaction begins with.
type beginning struct{}

// holding makes connections whose transactions begin and are bound to an organisation in one round trip.
type holding struct{ driver.Connector }

func (h holding) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := h.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return held{c.(*stdlib.Conn)}, nil
}

type held struct{ *stdlib.Conn }

func (h held) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	first, ok := ctx.Value(beginning{}).(string)
	if !ok {
		return h.Conn.BeginTx(ctx, o)
	}
	if h.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	tx, err := h.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: first})
	if err != nil {
		return nil, err
	}
	return ending{ctx, tx}, nil
}

// ending is a driver.Tx of a pgx.Tx.
type ending struct {
	ctx context.Context
	tx  pgx.Tx
}

func (e ending) Commit() error   { return e.tx.Commit(e.ctx) }
func (e ending) Rollback() error { return e.tx.Rollback(e.ctx) }

func (d *DB) writePostgres(ctx context.Context, org string, fn func(Tx) error) error {
	for try := 1; ; try++ {
		err := d.writeOnce(ctx, org, fn)
		if err == nil || try == 8 || !repeatable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(time.Duration(try) * 10 * time.Millisecond)):
		}
	}
}

func (d *DB) writeOnce(ctx context.Context, org string, fn func(Tx) error) error {
	raw, err := d.begin(ctx, org)
	if err != nil {
		return err
	}
	defer raw.Rollback()
	if err := call(fn, Tx{Tx: raw, Org: org, Engine: PostgreSQL, watch: d.Watch}); err != nil {
		return err
	}
	return raw.Commit()
}

// repeatable: serialization failure or deadlock, after which nothing was written, and what asks for it.
func repeatable(err error) bool {
	c := pgCode(err)
	return c == "40001" || c == "40P01" || errors.Is(err, ErrAgain)
}

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
