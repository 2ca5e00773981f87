package app_test

import (
	"context"
	"maps"
	"testing"

	"candor/internal/app"
	"candor/internal/db"
	"candor/internal/db/dbtest"
)

func TestEveryColumnIsInTheInventory(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dbtest.Each(t, app.Schemas(), func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		listed := map[string]map[string]db.Column{}
		for _, cs := range app.Columns() {
			for table, cols := range cs {
				if listed[table] != nil {
					t.Errorf("two nouns list the table %s", table)
				}
				listed[table] = maps.Clone(cols)
			}
		}
		tables, err := d.Tables(ctx)
		if err != nil || len(tables) < 20 {
			t.Fatalf("%d tables, %v", len(tables), err)
		}
		for _, table := range tables {
			cols, err := d.ColumnsOf(ctx, table)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cols {
				got, ok := listed[table][c]
				if !ok {
					t.Errorf("%s.%s is in no inventory: say whose it is and how long it is kept", table, c)
				} else if got.Class == "" || got.Keep == "" {
					t.Errorf("%s.%s: the inventory says %+v", table, c, got)
				}
				delete(listed[table], c)
			}
			for c := range listed[table] {
				t.Errorf("the inventory lists %s.%s, which does not exist", table, c)
			}
			delete(listed, table)
		}
		for table := range listed {
			t.Errorf("the inventory lists %s, which does not exist", table)
		}
	})
}
