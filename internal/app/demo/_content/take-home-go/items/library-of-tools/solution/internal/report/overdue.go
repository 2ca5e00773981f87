package report

import (
	"fmt"
	"sort"
	"strings"

	"toolshed/internal/calendar"
	"toolshed/internal/catalog"
	"toolshed/internal/fee"
	"toolshed/internal/loan"
	"toolshed/internal/member"
)

// Overdue lists what is late on a day, the longest first.
func Overdue(c *catalog.Catalog, ms *member.Members, ls *loan.Loans, today calendar.Day) (string, error) {
	var late []loan.Loan
	for _, l := range ls.All() {
		if l.Due < today {
			late = append(late, l)
		}
	}
	sort.SliceStable(late, func(i, j int) bool {
		a, b := late[i], late[j]
		if a.Due != b.Due {
			return a.Due < b.Due
		}
		if a.Tool != b.Tool {
			return a.Tool < b.Tool
		}
		return a.Member < b.Member
	})
	var b strings.Builder
	for _, l := range late {
		t, err := c.Find(l.Tool)
		if err != nil {
			return "", err
		}
		m, err := ms.Find(l.Member)
		if err != nil {
			return "", err
		}
		days := int(today - l.Due)
		unit := "days"
		if days == 1 {
			unit = "day"
		}
		fmt.Fprintf(&b, "%s %s %s %d %s %s\n", l.Tool, l.Member, m.Name, days, unit, Cents(fee.Late(l.Due, today, t.Value)))
	}
	return strings.TrimSpace(b.String()), nil
}
