// Package report writes what the volunteers print on Saturday.
package report

import (
	"fmt"
	"strings"

	"toolshed/internal/catalog"
	"toolshed/internal/loan"
)

// Shelf lists all tools with how many are in the shed.
func Shelf(c *catalog.Catalog, ls *loan.Loans) string {
	var b strings.Builder
	for _, t := range c.All() {
		fmt.Fprintf(&b, "%-20s %d of %d\n", t.Key, t.Count-ls.Out(t.Key), t.Count)
	}
	return b.String()
}

// Cents writes an amount as people read it: "1.50".
func Cents(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
