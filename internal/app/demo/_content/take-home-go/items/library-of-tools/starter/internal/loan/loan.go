// Package loan knows who has what at home, and until when.
package loan

import (
	"errors"
	"sort"

	"toolshed/internal/calendar"
)

// Days is how long a tool is lent.
const Days = 7

// Most is how many tools a member has at a time.
const Most = 3

// Errors of this package.
var (
	ErrHas  = errors.New("they have one of these already")
	ErrMost = errors.New("they have three tools already")
	ErrNone = errors.New("they have none of these")
)

// Loan is one tool at somebody's home.
type Loan struct {
	Member, Tool string
	Due          calendar.Day // the last allowed day
}

// Loans are all that are out.
type Loans struct{ out []Loan }

// Borrow notes a loan. ErrHas, ErrMost.
func (ls *Loans) Borrow(member, tool string, on calendar.Day) (Loan, error) {
	n := 0
	for _, l := range ls.out {
		if l.Member != member {
			continue
		}
		if l.Tool == tool {
			return l, ErrHas
		}
		n++
	}
	if n == Most {
		return Loan{}, ErrMost
	}
	l := Loan{member, tool, on + Days}
	ls.out = append(ls.out, l)
	return l, nil
}

// Return ends a loan. ErrNone.
func (ls *Loans) Return(member, tool string) (Loan, error) {
	for i, l := range ls.out {
		if l.Member == member && l.Tool == tool {
			ls.out = append(ls.out[:i], ls.out[i+1:]...)
			return l, nil
		}
	}
	return Loan{}, ErrNone
}

// Has says whether a member has one of a tool.
func (ls *Loans) Has(member, tool string) bool {
	for _, l := range ls.out {
		if l.Member == member && l.Tool == tool {
			return true
		}
	}
	return false
}

// Out is how many of a tool are lent.
func (ls *Loans) Out(tool string) (n int) {
	for _, l := range ls.out {
		if l.Tool == tool {
			n++
		}
	}
	return n
}

// Of are a member's, by due day and tool.
func (ls *Loans) Of(member string) []Loan {
	var out []Loan
	for _, l := range ls.out {
		if l.Member == member {
			out = append(out, l)
		}
	}
	byDue(out)
	return out
}

// All are those of everybody, by due day and tool.
func (ls *Loans) All() []Loan {
	out := append([]Loan(nil), ls.out...)
	byDue(out)
	return out
}

func byDue(list []Loan) {
	sort.Slice(list, func(i, j int) bool {
		if list[i].Due != list[j].Due {
			return list[i].Due < list[j].Due
		}
		return list[i].Tool < list[j].Tool
	})
}
