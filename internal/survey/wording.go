package survey

// Wording is a set of questions with their exact words. One that was asked is never changed: what was answered to other words is counted apart. Other
// words are another wording, at the end of the list.
type Wording struct {
	Number    int
	Questions []Question
}

// Question is one of them.
type Question struct {
	Key     string
	Text    string
	Options []Option
}

// Option is one of its answers.
type Option struct{ Key, Text string }

var agrees = []Option{{"yes", "Yes"}, {"partly", "Partly"}, {"no", "No"}}

// wordings are all that were ever asked; a test holds each to its fingerprint.
var wordings = []Wording{{1, []Question{
	{"clear", "Was it clear beforehand what you would have to do, and how it is scored?", agrees},
	{"time", "How long did it take, compared with what we said?", []Option{{"shorter", "Less time"}, {"same", "About as long"}, {"longer", "More time"}, {"much", "Twice as long or more"}}},
	{"work", "Were the tasks like the work that you would expect in this position?", agrees},
	{"fair", "Did we treat you with respect?", agrees},
	{"live", "Would you have preferred a live interview?", []Option{{"yes", "Yes"}, {"no", "No"}, {"either", "No difference"}}},
}}}

// Wordings are all that were ever asked, the newest last.
func Wordings() []Wording { return wordings }

// Newest is the one that is asked now.
func Newest() Wording { return wordings[len(wordings)-1] }

// numbered finds a wording; ok is false when there never was one.
func numbered(n int) (w Wording, ok bool) {
	if n < 1 || n > len(wordings) {
		return Wording{}, false
	}
	return wordings[n-1], true
}

// option finds an answer to a question.
func (q Question) option(key string) bool {
	for _, o := range q.Options {
		if o.Key == key {
			return true
		}
	}
	return false
}
