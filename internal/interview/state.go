package interview

// State is whose turn it is.
type State string

const (
	Waits  State = "waits"  // the work is not sent yet
	Ours   State = "ours"   // somebody of the team asks
	Theirs State = "theirs" // the candidate answers
	Closed State = "closed"
)

// Cause is what closed an interview.
type Cause string

const (
	ByRounds Cause = "rounds" // the agreed number of questions is answered
	ByMember Cause = "member" // enough was asked
	ByLeft   Cause = "left"   // the candidate is out of the opening
)

// Act is what moves an interview from one state to another.
type Act string

const (
	Send    Act = "send"
	Ask     Act = "ask"
	Answer  Act = "answer"
	Last    Act = "last answer"
	Enough  Act = "enough"
	Leaving Act = "leaving"
)

// Transition is one line of the table of states.
type Transition struct {
	From State
	Act  Act
	To   State
	By   string // in words
}

// Transitions is the whole table: code, tests and docs read it. Nothing leaves closed, and nothing but an answer, its time being over, or the
// candidate's leaving takes the turn from the candidate.
var Transitions = []Transition{
	{Waits, Send, Ours, "the work being sent"},
	{Waits, Leaving, Closed, "the candidate being out of the opening"},
	{Ours, Ask, Theirs, "the press of whoever asks, while agreed questions are left"},
	{Ours, Enough, Closed, "the press of whoever asks, or of whoever runs the opening"},
	{Ours, Leaving, Closed, "the candidate being out of the opening"},
	{Theirs, Answer, Ours, "the candidate's press on send, or the end of their days"},
	{Theirs, Last, Closed, "the same, of the last agreed question"},
	{Theirs, Leaving, Closed, "the candidate being out of the opening"},
}

// Next is the state that an act leads to; ok is false where the act is not in the table.
func (s State) Next(a Act) (to State, ok bool) {
	for _, t := range Transitions {
		if t.From == s && t.Act == a {
			return t.To, true
		}
	}
	return s, false
}
