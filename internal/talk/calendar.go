package talk

import (
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Party is somebody in a talk.
type Party struct{ Name, Email string }

// Event is what a calendar is told of a talk.
type Event struct {
	Talk     ID
	Sequence int
	Cancel   bool // the event is taken away
	Starts   time.Time
	Minutes  int
	Title    string // "Talk: Backend engineer"
	Link     string
	From     Party   // the opening's contact, who answers
	To       []Party // who takes part
	Stamp    time.Time
}

// File is the event as an iCalendar object for mail (RFC 5545, RFC 5546): a REQUEST that adds it or updates the one with its UID, or a CANCEL that takes that away. Times
// are in UTC, so no calendar needs a zone from us and a change of clocks moves nothing.
func (e Event) File() string {
	cal := ics.NewCalendarFor("Candor")
	method, status := ics.MethodRequest, ics.ObjectStatusConfirmed
	if e.Cancel {
		method, status = ics.MethodCancel, ics.ObjectStatusCancelled
	}
	cal.SetMethod(method)
	v := cal.AddEvent(string(e.Talk) + "@candor")
	v.SetDtStampTime(e.Stamp)
	v.SetSequence(e.Sequence)
	v.SetStatus(status)
	v.SetStartAt(e.Starts)
	v.SetEndAt(e.Starts.Add(time.Duration(e.Minutes) * time.Minute))
	v.SetSummary(e.Title)
	if e.Link != "" {
		v.SetLocation(e.Link)
		v.SetURL(e.Link)
		v.SetDescription("The talk is at " + e.Link)
	}
	v.SetOrganizer("mailto:"+e.From.Email, ics.WithCN(plain(e.From.Name)))
	for _, p := range e.To {
		v.AddAttendee(p.Email, ics.CalendarUserTypeIndividual, ics.ParticipationRoleReqParticipant, ics.ParticipationStatusNeedsAction, ics.WithCN(plain(p.Name)), ics.WithRSVP(false))
	}
	return cal.Serialize(ics.WithNewLineWindows)
}

// plain is a name as a parameter can hold it unquoted (RFC 5545, 3.1): the library escapes what would have to be quoted, and other programs then refuse the file.
func plain(name string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("\",;:\\^", r) {
			return ' '
		}
		return r
	}, name)), " ")
}

// Method is what a mail's part says of the file: "REQUEST" or "CANCEL".
func (e Event) Method() string {
	if e.Cancel {
		return "CANCEL"
	}
	return "REQUEST"
}

func (e Event) String() string { return fmt.Sprintf("%s#%d %s", e.Talk, e.Sequence, e.Method()) }
