package berth

import (
	"database/sql"
	"os"
	"testing"
	"time"
)

// testService is a service at noon on an empty database, with berths of 40 metres in Viana.
func testService(t *testing.T, names ...string) *Service {
	t.Helper()
	db, err := sql.Open("postgres", os.Getenv("QUAY_TEST"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, name := range names {
		if _, err := db.Exec(`INSERT INTO berths (harbour, name, length) VALUES ('Viana', $1, 40)`, name); err != nil {
			t.Fatal(err)
		}
	}
	return &Service{Store: &Store{DB: db}, Now: func() time.Time { return noon }}
}
