package waiting

import "toolshed/internal/calendar"

// HoldDays is how long a tool is kept for somebody after the day it came back.
const HoldDays = 2

// Hold keeps one of a tool for a member until a day, which is the last.
type Hold struct {
	Tool, Member string
	Until        calendar.Day
}

// Holds are all that are kept.
type Holds struct{ list []Hold }

// Give holds one of a tool for the first in line who has no hold on it yet. ok is false where there is nobody.
func (hs *Holds) Give(ls *Lines, tool string, back calendar.Day) (h Hold, ok bool) {
	for _, m := range ls.For(tool) {
		if !hs.For(tool, m) {
			h = Hold{tool, m, back + HoldDays}
			hs.list = append(hs.list, h)
			return h, true
		}
	}
	return h, false
}

// For says whether one of a tool is held for a member.
func (hs *Holds) For(tool, member string) bool {
	for _, h := range hs.list {
		if h.Tool == tool && h.Member == member {
			return true
		}
	}
	return false
}

// Count is how many of a tool are held.
func (hs *Holds) Count(tool string) (n int) {
	for _, h := range hs.list {
		if h.Tool == tool {
			n++
		}
	}
	return n
}

// Drop ends a member's hold. False where there was none.
func (hs *Holds) Drop(tool, member string) bool {
	for i, h := range hs.list {
		if h.Tool == tool && h.Member == member {
			hs.list = append(hs.list[:i], hs.list[i+1:]...)
			return true
		}
	}
	return false
}

// Pass ends what was held until a day before today: its member leaves the line, and the next one has two days from then.
func (hs *Holds) Pass(ls *Lines, today calendar.Day) {
	for {
		i := hs.over(today)
		if i < 0 {
			return
		}
		h := hs.list[i]
		hs.list = append(hs.list[:i], hs.list[i+1:]...)
		ls.Leave(h.Tool, h.Member)
		hs.Give(ls, h.Tool, h.Until)
	}
}

func (hs *Holds) over(today calendar.Day) int {
	for i, h := range hs.list {
		if h.Until < today {
			return i
		}
	}
	return -1
}
