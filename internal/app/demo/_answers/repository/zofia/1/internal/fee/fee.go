// Package fee says what lateness costs.
package fee

import "toolshed/internal/calendar"

// PerDay is what a day costs, in cents.
const PerDay = 50

// Late is what a member pays who brings a tool back, in cents: nothing until the last allowed day, then PerDay for each day after it.
func Late(due, back calendar.Day, value int) int {
	late := max(0, back-due)
	return min(int(late)*PerDay, value)
}
