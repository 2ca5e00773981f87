// Package fee says what lateness costs.
package fee

import "toolshed/internal/calendar"

// PerDay is what a day costs, in cents.
const PerDay = 50

// Late is what a member pays who brings a tool back, in cents: due is the last allowed day, value what the tool is worth and so the most.
func Late(due, back calendar.Day, value int) int {
	return min(max(0, int(back-due))*PerDay, value)
}
