// Package desk carries out the commands of the tablet at the desk:
//
//	DAY join MEMBER NAME          DAY add TOOL COUNT VALUE
//	DAY borrow MEMBER TOOL        DAY return MEMBER TOOL
//	DAY wait MEMBER TOOL          DAY leave MEMBER TOOL
//	DAY pay MEMBER CENTS          DAY status MEMBER
//	DAY shelf                     DAY overdue
package desk

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"toolshed/internal/calendar"
	"toolshed/internal/catalog"
	"toolshed/internal/fee"
	"toolshed/internal/journal"
	"toolshed/internal/loan"
	"toolshed/internal/member"
	"toolshed/internal/report"
	"toolshed/internal/waiting"
)

// Errors of the desk.
var (
	ErrCommand = errors.New("no such command")
	ErrOwes    = errors.New("they owe too much")
	ErrAllOut  = errors.New("all of these are out")
	ErrThere   = errors.New("one of these is in the shed")
)

// Desk is the state of the shed.
type Desk struct {
	Journal *journal.Journal // may be nil

	tools   *catalog.Catalog
	members *member.Members
	loans   *loan.Loans
	lines   *waiting.Lines
	today   calendar.Day
}

// New is an empty shed.
func New() *Desk {
	return &Desk{tools: catalog.New(), members: member.New(), loans: &loan.Loans{}, lines: waiting.New()}
}

// changes are the commands that the journal keeps.
var changes = map[string]bool{"join": true, "add": true, "borrow": true, "return": true, "wait": true, "leave": true, "pay": true}

// Do carries out a command and gives the answer: "ok ..." or "no: why". What was done is in the journal before the answer.
func (d *Desk) Do(command string) string {
	said, err := d.run(command)
	if err != nil {
		return "no: " + err.Error()
	}
	if f := strings.Fields(command); d.Journal != nil && changes[f[1]] {
		if err := d.Journal.Append(command); err != nil {
			return "no: " + err.Error()
		}
	}
	return strings.TrimSpace("ok " + said)
}

// Apply does what the journal says was done.
func (d *Desk) Apply(event string) error {
	_, err := d.run(event)
	return err
}

func (d *Desk) run(command string) (string, error) {
	f := strings.Fields(command)
	if len(f) < 2 {
		return "", ErrCommand
	}
	day, err := calendar.Parse(f[0])
	if err != nil {
		return "", err
	}
	d.today = day
	arg := func(n int) string {
		if n+2 < len(f) {
			return f[n+2]
		}
		return ""
	}
	switch f[1] {
	case "join":
		return "", d.members.Join(arg(0), strings.Join(f[min(3, len(f)):], " "))
	case "add":
		return "", d.add(arg(0), arg(1), arg(2))
	case "borrow":
		return d.borrow(arg(0), arg(1))
	case "return":
		return d.giveBack(arg(0), arg(1))
	case "wait":
		return "", d.wait(arg(0), arg(1))
	case "leave":
		return "", d.lines.Leave(arg(1), arg(0))
	case "pay":
		cents, err := strconv.Atoi(arg(1))
		if err != nil {
			return "", err
		}
		return "", d.members.Pay(arg(0), cents)
	case "status":
		return d.status(arg(0))
	case "overdue":
		return report.Calls(d.today, d.tools, d.members, d.loans)
	case "shelf":
		return strings.TrimSpace(report.Shelf(d.tools, d.loans)), nil
	}
	return "", ErrCommand
}

func (d *Desk) add(tool, count, value string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	v, err := strconv.Atoi(value)
	if err != nil {
		return err
	}
	return d.tools.Add(tool, n, v)
}

func (d *Desk) borrow(who, what string) (string, error) {
	m, err := d.members.Find(who)
	if err != nil {
		return "", err
	}
	t, err := d.tools.Find(what)
	if err != nil {
		return "", err
	}
	if m.Owes > member.Limit {
		return "", ErrOwes
	}
	if d.loans.Out(what) >= t.Count {
		return "", ErrAllOut
	}
	l, err := d.loans.Borrow(who, what, d.today)
	if err != nil {
		return "", err
	}
	return "until " + l.Due.String(), nil
}

func (d *Desk) giveBack(who, what string) (string, error) {
	t, err := d.tools.Find(what)
	if err != nil {
		return "", err
	}
	l, err := d.loans.Return(who, what)
	if err != nil {
		return "", err
	}
	cents := fee.Late(l.Due, d.today, t.Value)
	if cents == 0 {
		return "", nil
	}
	return "late, owes " + report.Cents(cents), d.members.Charge(who, cents)
}

func (d *Desk) wait(who, what string) error {
	if _, err := d.members.Find(who); err != nil {
		return err
	}
	t, err := d.tools.Find(what)
	if err != nil {
		return err
	}
	if d.loans.Has(who, what) {
		return loan.ErrHas
	}
	if d.loans.Out(what) < t.Count {
		return ErrThere
	}
	return d.lines.Join(what, who)
}

func (d *Desk) status(who string) (string, error) {
	m, err := d.members.Find(who)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s owes %s", m.Name, report.Cents(m.Owes))
	for _, l := range d.loans.Of(who) {
		fmt.Fprintf(&b, ", has %s until %s", l.Tool, l.Due)
	}
	return b.String(), nil
}
