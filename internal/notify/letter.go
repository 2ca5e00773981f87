package notify

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"candor/internal/problem"
)

// Letter is a sort of mail to candidates whose words an organisation, or one opening, may change.
type Letter struct {
	Key    string // names it in addresses and its default in letters/
	Title  string
	When   string   // when it is sent, for staff
	Action string   // the words of its link
	Vars   []string // what its text may name, see Variables
	Must   []string // what its text has to name
}

// Lang is the language of the defaults in letters/; another one is one more folder.
const Lang = "en"

//go:embed letters/*.txt
var defaults embed.FS

// Letters are all of them, in the order of a candidate's way.
var Letters = []Letter{
	{"invitation", "Invitation", "When somebody is invited, and again when you send it again or make a new link.", "See what to expect",
		[]string{"name", "opening", "organisation", "note", "what", "by", "days", "link", "contact"}, []string{"link", "contact"}},
	{"start", "Reminder: not started", "Halfway to the last moment, to whoever has started nothing.", "Open your place",
		[]string{"name", "opening", "organisation", "what", "by", "link", "contact"}, []string{"link", "contact"}},
	{"last", "Reminder: a day is left", "A day before the last moment, to whoever has not sent everything.", "Open your place",
		[]string{"name", "opening", "organisation", "what", "by", "link", "contact"}, []string{"by", "link", "contact"}},
	{"press", "Reminder: one press is missing", "A day after the last change, to whoever has answered everything and sent nothing.", "Open your place",
		[]string{"name", "opening", "organisation", "what", "by", "link", "contact"}, []string{"link", "contact"}},
	{"receipt", "Receipt", "When the last part is sent.", "See where it stands",
		[]string{"name", "opening", "organisation", "days", "receipt", "link", "contact"}, []string{"receipt", "days", "link", "contact"}},
	{"explain", "Questions about the work", "After the last part is sent, where a stage asks everybody about their own work.", "See the questions",
		[]string{"name", "opening", "organisation", "questions", "minutes", "by", "link", "contact"}, []string{"by", "link", "contact"}},
	{"asked", "A question in an interview", "When somebody of the team has asked, in the candidate’s daytime.", "Read and answer",
		[]string{"name", "opening", "organisation", "asker", "by", "link", "contact"}, []string{"asker", "by", "link", "contact"}},
	{"turnday", "Reminder: a day is left to answer", "A day before the end of the candidate’s turn in an interview.", "Read and answer",
		[]string{"name", "opening", "organisation", "asker", "by", "link", "contact"}, []string{"by", "link", "contact"}},
	{"interview", "How an interview goes on", "When an interview begins, when somebody else asks, and when it is over.", "Open your place",
		[]string{"name", "opening", "organisation", "news", "link", "contact"}, []string{"news", "link", "contact"}},
	{"trial", "Work trial: how it goes on", "When a work trial is accepted, on each of its days, when its host answers or changes, when it is cancelled, over or evaluated.", "Open your trial",
		[]string{"name", "opening", "organisation", "step", "news", "link", "contact"}, []string{"news", "link", "contact"}},
	{"reply", "Decision letter", "When a decision is released, in the candidate’s daytime.", "Read it in your place",
		[]string{"name", "opening", "organisation", "outcome", "reply", "link", "contact"}, []string{"outcome", "reply", "link", "contact"}},
	{"second", "Answer after a second look", "When a decision stands after somebody looked at the work a second time, in the candidate’s daytime. Where it is changed, the decision letter is sent.", "Read it in your place",
		[]string{"name", "opening", "organisation", "reply", "link", "contact"}, []string{"reply", "link", "contact"}},
	{"late", "Apology for a broken promise", "When something that was promised was not kept by its day; once for each promise, in the candidate’s daytime.", "See where it stands",
		[]string{"name", "opening", "organisation", "promise", "by", "link", "contact"}, []string{"promise", "by", "link", "contact"}},
	{"paid", "Payment: receipt", "When you record that a payment was sent.", "See the receipt",
		[]string{"name", "opening", "organisation", "money", "proof", "link", "contact"}, []string{"money", "proof", "link", "contact"}},
	{"times", "Talk: times to choose from", "When somebody offers times for a promised talk.", "Choose a time",
		[]string{"name", "opening", "organisation", "times", "link", "contact"}, []string{"times", "link", "contact"}},
	{"booked", "Talk: booked or moved", "When a candidate chose a time or another one, or the meeting’s link has changed. It has a calendar file.", "Look at the talk",
		[]string{"name", "opening", "organisation", "when", "meeting", "link", "contact"}, []string{"when", "meeting", "link", "contact"}},
	{"cancelled", "Talk: cancelled", "When a chosen time was taken back, by either side. It has a calendar file.", "Look at the talk",
		[]string{"name", "opening", "organisation", "when", "link", "contact"}, []string{"when", "link", "contact"}},
	{"tomorrow", "Talk: reminder", "A day before the talk.", "Look at the talk",
		[]string{"name", "opening", "organisation", "when", "meeting", "link", "contact"}, []string{"when", "meeting", "link", "contact"}},
	{"several", "A message from you", "When you write to people from an opening’s list.", "Open your place",
		[]string{"name", "opening", "organisation", "subject", "message", "link", "contact"}, []string{"message", "contact"}},
	{"confirm", "Application: confirm the address", "When somebody applies by the public link.", "Yes, this is my address",
		[]string{"opening", "organisation", "link"}, []string{"link"}},
	{"place", "Application: there already", "When somebody applies who is in the opening already.", "Open your place",
		[]string{"opening", "organisation", "link"}, []string{"link"}},
	{"code", "Digits for another device", "When a candidate asks for them.", "",
		[]string{"name", "opening", "organisation", "digits"}, []string{"digits"}},
	{"wish", "Answer to a wish", "When somebody settled what a candidate asked for.", "Open your place",
		[]string{"name", "opening", "organisation", "outcome", "link", "contact"}, []string{"outcome", "link", "contact"}},
	{"moretime", "Answer about more time", "When somebody answered a candidate who asked for more time.", "Open your place",
		[]string{"name", "opening", "organisation", "outcome", "link", "contact"}, []string{"outcome", "link", "contact"}},
	{"message", "A message in the conversation", "When somebody of the team has written and the candidate has not looked within five minutes; what comes in the same minutes is one mail.", "Read it in your place",
		[]string{"name", "opening", "organisation", "link", "contact"}, []string{"link", "contact"}},
	{"question", "A question about the work", "When a case is opened.", "See the question",
		[]string{"name", "opening", "organisation", "by", "link", "contact"}, []string{"by", "link", "contact"}},
	{"longer", "More time for a question", "When the candidate of a case gets more time.", "See the question",
		[]string{"name", "opening", "organisation", "by", "link", "contact"}, []string{"by", "link", "contact"}},
	{"verdict", "What came of a question", "When a case is settled.", "See it in your place",
		[]string{"name", "opening", "organisation", "outcome", "reason", "link", "contact"}, []string{"outcome", "reason", "link", "contact"}},
}

// Variable is a word that a text names and the mail fills in.
type Variable struct{ Name, What, Sample string }

// Variables are all of them, with what a preview shows for each.
var Variables = []Variable{
	{"name", "The candidate’s name.", "Amara Okafor"},
	{"opening", "The opening’s title.", "Backend engineer"},
	{"organisation", "Your organisation’s name.", "Tideway"},
	{"contact", "The person who answers: the opening’s contact.", "Rosa Lind"},
	{"link", "The link, as a button; in a paragraph of its own.", ""},
	{"note", "The personal line of the invitation; left out when there is none.", "It was good to meet you on Tuesday."},
	{"what", "What they are asked to do, and how long it takes.", "“Backend screen”: 2 parts, about 75 minutes in all"},
	{"by", "The last moment, in the candidate’s zone.", "Thursday 3 December, 23:59 (Africa/Lagos)"},
	{"days", "The working days of your reply promise.", "5"},
	{"promise", "What was promised.", "a reply"},
	{"when", "The time of the talk, in the candidate’s zone.", "Thu 3 Dec 2026, 15:00 Lagos time (14:00 UTC)"},
	{"meeting", "Where the talk is; left out when there is no link yet.", "The meeting: https://meet.example/rosa"},
	{"times", "The offered times, in the candidate’s zone.", "Thu 3 Dec 2026, 15:00 Lagos time (14:00 UTC)"},
	{"money", "The amount and its currency.", "EUR 120.00"},
	{"proof", "How the transfer is found.", "SEPA 2026-11-27 no. 8812"},
	{"receipt", "The fingerprint of what was sent.", "3f9a 77c1 0b52 e8d4"},
	{"questions", "How many questions there are.", "3"},
	{"minutes", "How many minutes they take.", "9"},
	{"outcome", "What was decided, in a fixed sentence.", "thank you for your work. You go on to the next step; a separate mail has the invitation."},
	{"reply", "What the decider wrote, with the criteria.", "You kept to what you measured, and said what you left out."},
	{"subject", "What you wrote as the subject.", "A change of plan for Thursday"},
	{"message", "What you wrote.", "The call on Thursday begins at 10:00."},
	{"digits", "The six digits.", "402 718"},
	{"asker", "Who asks in the interview.", "Ines Duarte"},
	{"news", "What is new, in a fixed sentence with the names and days.", "from now on Otto Weiss asks the questions about what you sent, and reads your answers."},
	{"step", "What it is about, in one or a few words.", "day 3"},
	{"reason", "The reason, as it was written.", "The answer explains it."},
}

// LetterOf is the letter of a key. ErrMissing.
func LetterOf(key string) (Letter, error) {
	i := slices.IndexFunc(Letters, func(l Letter) bool { return l.Key == key })
	if i < 0 {
		return Letter{}, ErrMissing
	}
	return Letters[i], nil
}

// letter is LetterOf for a key that stands in this package.
func letter(key string) Letter {
	l, err := LetterOf(key)
	if err != nil {
		panic("notify: no letter " + key)
	}
	return l
}

// Words are a letter's subject (one line) and body (paragraphs apart by empty lines), with variables written {{name}}.
type Words struct{ Subject, Body string }

// Default are the words that come with the program.
func (l Letter) Default() Words {
	raw, err := defaults.ReadFile("letters/" + l.Key + ".txt")
	if err != nil {
		panic("notify: no default of letter " + l.Key)
	}
	subject, body, _ := strings.Cut(string(raw), "\n\n")
	return Words{subject, strings.TrimSpace(body)}
}

// Limits of what people may write, in characters.
const (
	maxSubject = 150
	maxBody    = 6000
)

// link stands in a kept body where the link belongs: the table holds no secrets.
const link = "{{link}}"

var braces = regexp.MustCompile(`\{\{([^{}\n]*)\}\}|\{\{|\}\}`)

// Check says what is wrong with words for the letter, with the line: an unknown variable, one that is missing, a link in the middle of a
// sentence, or too much text. ErrInvalid on subject or body.
func (l Letter) Check(w Words) error {
	switch {
	case strings.TrimSpace(w.Subject) == "":
		return problem.Field("subject", "Give the mail a subject.")
	case strings.ContainsAny(w.Subject, "\r\n"):
		return problem.Field("subject", "A subject is one line.")
	case len([]rune(w.Subject)) > maxSubject:
		return problem.Field("subject", fmt.Sprintf("This is longer than %d characters.", maxSubject))
	case len([]rune(w.Body)) > maxBody:
		return problem.Field("body", fmt.Sprintf("This is longer than %d characters.", maxBody))
	}
	if wrong := l.wrong(w.Subject, "link"); wrong != "" {
		return problem.Field("subject", wrong)
	}
	for i, line := range strings.Split(w.Body, "\n") {
		if wrong := l.wrong(line, ""); wrong != "" {
			return problem.Field("body", fmt.Sprintf("Line %d: %s", i+1, wrong))
		}
	}
	paragraphs := strings.Split(w.Body, "\n\n")
	if n := strings.Count(w.Body, link); n > 1 || n == 1 && !slices.ContainsFunc(paragraphs, func(p string) bool { return strings.TrimSpace(p) == link }) {
		return problem.Field("body", "{{link}} becomes a button: it stands once, in a paragraph of its own, with an empty line above and below.")
	}
	for _, name := range l.Must {
		if !strings.Contains(w.Body, "{{"+name+"}}") {
			return problem.Field("body", fmt.Sprintf("{{%s}} is missing. This mail cannot go without it: %s", name, lower(variable(name).What)))
		}
	}
	return nil
}

// wrong is what a line names that the letter, or this place in it, does not know; "" is nothing.
func (l Letter) wrong(line, not string) string {
	for _, m := range braces.FindAllStringSubmatch(line, -1) {
		if m[1] == "" || m[1] == not || !slices.Contains(l.Vars, m[1]) {
			var known []string
			for _, v := range l.Vars {
				if v != not {
					known = append(known, "{{"+v+"}}")
				}
			}
			return fmt.Sprintf("%s is nothing that is known here. Known are %s.", m[0], strings.Join(known, ", "))
		}
	}
	return ""
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// variable is the one of a name that stands in Letters.
func variable(name string) Variable {
	return Variables[slices.IndexFunc(Variables, func(v Variable) bool { return v.Name == name })]
}

// Fill puts values into words. A paragraph of nothing but empty variables is left out; {{link}} stays, for the address is derived when the
// mail is sent or shown. Braces in a value are no variables.
func (w Words) Fill(values map[string]string) Words {
	put := func(text string) string {
		return braces.ReplaceAllStringFunc(text, func(x string) string {
			if x == link {
				return x
			}
			return strings.NewReplacer("{{", "{ {", "}}", "} }").Replace(values[strings.Trim(x, "{}")])
		})
	}
	var out []string
	for _, p := range strings.Split(strings.ReplaceAll(w.Body, "\r\n", "\n"), "\n\n") {
		if filled := strings.TrimSpace(put(p)); filled != "" {
			out = append(out, filled)
		}
	}
	return Words{strings.Join(strings.Fields(put(w.Subject)), " "), strings.Join(out, "\n\n")}
}

// Sample are the words as a preview shows them, with own values in place of the sample ones.
func (w Words) Sample(own map[string]string) Words {
	values := map[string]string{}
	for _, v := range Variables {
		values[v.Name] = v.Sample
		if s := own[v.Name]; s != "" {
			values[v.Name] = s
		}
	}
	return w.Fill(values)
}

// What is a variable's meaning.
func What(name string) string { return variable(name).What }
