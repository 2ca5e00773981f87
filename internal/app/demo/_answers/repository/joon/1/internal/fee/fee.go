// Package fee says what lateness costs.
package fee

import "toolshed/internal/calendar"

// PerDay is what a day costs, in cents.
const PerDay = 50

// Late is what a member pays who brings a tool back, in cents: due is the last allowed day, value what the tool is worth.
func Late(due, back calendar.Day, value int) int {
	switch owed := PerDay * int(back-due); {
	case owed < 0:
		return 0
	case owed > value:
		return value
	default:
		return owed
	}
}
