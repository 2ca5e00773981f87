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

// Calls is whom the volunteers call on a day: a line for each tool that is late, the longest overdue first.
func Calls(on calendar.Day, tools *catalog.Catalog, people *member.Members, loans *loan.Loans) (string, error) {
	out := loans.All()
	sort.Slice(out, func(i, j int) bool {
		if out[i].Due == out[j].Due && out[i].Tool == out[j].Tool {
			return out[i].Member < out[j].Member
		}
		if out[i].Due == out[j].Due {
			return out[i].Tool < out[j].Tool
		}
		return out[i].Due < out[j].Due
	})
	var lines []string
	for _, l := range out {
		late := int(on - l.Due)
		if late <= 0 {
			break // sorted by due day: the rest is in time
		}
		person, err := people.Find(l.Member)
		if err != nil {
			return "", err
		}
		tool, err := tools.Find(l.Tool)
		if err != nil {
			return "", err
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s", l.Tool, l.Member, person.Name, plural(late), Cents(fee.Late(l.Due, on, tool.Value))))
	}
	return strings.Join(lines, "\n"), nil
}

func plural(days int) string {
	if days == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", days)
}
