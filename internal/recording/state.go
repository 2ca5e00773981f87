package recording

// State is how far a take is. It only goes on, never back.
type State string

const (
	Running State = "recording" // announced by the device, which keeps every slice until it has arrived
	Stopped State = "stopped"   // whole on the device, and on its way
	Sent    State = "sent"      // every byte is here
	Failed  State = "failed"    // nothing in it can be played; it used up nothing
	Dropped State = "dropped"   // the candidate deleted it
)

// States are all of them.
var States = []State{Running, Stopped, Sent, Failed, Dropped}

// Event is what happens to a take.
type Event string

const (
	Stop   Event = "stop"   // the candidate stopped, or the length was reached
	Cut    Event = "cut"    // the page or the device went away in the middle; what was recorded is kept
	Arrive Event = "arrive" // the upload is finished
	Fail   Event = "fail"   // the device gave nothing, or what arrived cannot be played
	Drop   Event = "drop"   // the candidate deletes it
)

// Events are all of them.
var Events = []Event{Stop, Cut, Arrive, Fail, Drop}

var moves = map[State]map[Event]State{
	Running: {Stop: Stopped, Cut: Stopped, Arrive: Sent, Fail: Failed, Drop: Dropped},
	Stopped: {Arrive: Sent, Fail: Failed, Drop: Dropped},
	Sent:    {Fail: Failed, Drop: Dropped},
}

// Next is the state after an event; ok is false where the event changes nothing any more.
func (s State) Next(e Event) (to State, ok bool) {
	to, ok = moves[s][e]
	return to, ok
}

// Uses says whether a take is one of those that the candidate may make: not when it failed, and not when it was cut off.
func (t Take) Uses() bool { return t.State != Failed && !t.Cut }

// Counts says whether a take can be the answer.
func (t Take) Counts() bool { return t.State == Stopped || t.State == Sent }

// Chosen is the take that is the answer: the one that was chosen, as long as it can be; else the newest whole one that came in time, else the
// newest that was cut off. ok is false where there is none.
func Chosen(takes []Take, choice ID) (out Take, ok bool) {
	for _, t := range takes {
		switch {
		case !t.Counts():
		case t.ID == choice:
			return t, true
		case !ok, out.rank() <= t.rank():
			out, ok = t, true
		}
	}
	return out, ok
}

// rank orders what nobody chose; a take that was announced after the end counts only by choice, which a person accepts.
func (t Take) rank() int {
	switch {
	case t.Late:
		return 0
	case t.Cut:
		return 1
	}
	return 2
}
