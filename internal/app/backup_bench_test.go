package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"candor/internal/app"
	"candor/internal/db"
	"candor/internal/db/dbtest"
)

// grow adds states of answers, 4 KB each, until there are about so many bytes of them; their texts pack as programs do.
func (w *world) grow(size int) {
	w.t.Helper()
	words := strings.Fields("for if else return func range map string int error nil := == != ( ) { } [ ] x y n i left right total queue retry")
	r := rand.New(rand.NewPCG(1, 2))
	for n := 0; n < size/4096; n += 500 {
		w.must(w.app.DB.Write(ctx, w.here.org.ID, func(tx db.Tx) error {
			for i := range 500 {
				var b strings.Builder
				for b.Len() < 4096 {
					b.WriteString(words[r.IntN(len(words))] + " ")
				}
				if _, err := tx.Exec(ctx, `INSERT INTO revisions (org_id, id, owner, item, n, client, seq, epoch, standing, sha256, size, body, received_at)
					VALUES ($1, $2, 'att_grown', 'tell-us', $3, 'c1', $3, 1, 'on_time', '', $4, $5, 1)`, tx.Org, fmt.Sprint("rev_grown", n+i), n+i, b.Len(), b.String()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// BenchmarkSavesBesideABackup is BenchmarkSaves of 64 candidates on 200 MB, alone and while one backup after another is made of the same place by
// this process: p99 of the one beside that of the other is what a backup costs those who type. Say -benchtime=5000x.
func BenchmarkSavesBesideABackup(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, beside := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s, backup %v", engine, beside), func(b *testing.B) {
				database := ""
				if engine == "postgres" {
					database = dbtest.Database(b)
				}
				w := makeWorld(b, database)
				w.grow(200 << 20)
				c, stop := context.WithCancel(ctx)
				var backing sync.WaitGroup
				made := 0
				if beside {
					backing.Go(func() {
						for c.Err() == nil {
							r, err := app.Backup(c, w.where(), filepath.Join(b.TempDir(), fmt.Sprint(made, ".tar")), false, "bench", nil)
							if err == nil && r.Rows > 50_000 {
								made++
							} else if c.Err() == nil {
								b.Errorf("backup: %d rows, %v", r.Rows, err)
								return
							}
						}
					})
				}
				benchmarkSaves(b, w, 64)
				stop()
				backing.Wait()
				b.ReportMetric(float64(made), "backups")
			})
		}
	}
}
