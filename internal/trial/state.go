package trial

// State is where a trial stands.
type State string

const (
	Offer     State = "offered"   // the candidate reads the terms
	Agreed    State = "accepted"  // its first day has not come
	Left      State = "declined"  // the candidate does not want it
	Running   State = "running"   // its days pass
	Over      State = "ended"     // both sides evaluate
	Done      State = "evaluated" // both have, or the day for it is over
	CalledOff State = "cancelled"
)

// Cause is who cancelled a trial.
type Cause string

const (
	ByCandidate Cause = "candidate"
	ByMember    Cause = "member"
	ByLeft      Cause = "left" // the candidate is out of the opening
)

// Transition is one line of the table of states.
type Transition struct {
	From, To State
	By       string // in words
}

// Transitions is the whole table: code, tests and docs read it.
var Transitions = []Transition{
	{Offer, Agreed, "the candidate's press, with the first day"},
	{Offer, Left, "the candidate's press"},
	{Offer, CalledOff, "a press of ours with a reason, or the candidate being out of the opening"},
	{Agreed, Running, "the first day"},
	{Agreed, CalledOff, "a press of either side with a reason, or the candidate being out of the opening"},
	{Running, Over, "the work being sent, or the end of the last day"},
	{Running, CalledOff, "a press of either side with a reason, or the candidate being out of the opening"},
	{Over, Done, "both evaluations, or the end of the days for them"},
}

// To says whether a state leads to another.
func (s State) To(to State) bool {
	for _, t := range Transitions {
		if t.From == s && t.To == to {
			return true
		}
	}
	return false
}

// Open says whether something is still to come.
func (s State) Open() bool { return s == Offer || s == Agreed || s == Running || s == Over }
