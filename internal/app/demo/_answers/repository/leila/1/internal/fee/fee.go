// Package fee says what lateness costs.
package fee

import "toolshed/internal/calendar"

// PerDay is what a day costs, in cents.
const PerDay = 50

// Late is what a member pays who brings a tool back, in cents: due is the last allowed day, and nobody pays more than the tool is worth (rule 2).
func Late(due, back calendar.Day, value int) int {
	if back <= due {
		return 0
	}
	cents := int(back-due) * PerDay
	if cents > value {
		return value
	}
	return cents
}
