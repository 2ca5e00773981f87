package db

// Class says whose data a column holds and who may see it.
type Class string

const (
	Public          Class = "public"           // anyone who can reach the page
	Organisation    Class = "organisation"     // members
	Candidate       Class = "candidate"        // the candidate and whoever their loader admits
	ReviewerPrivate Class = "reviewer-private" // never leaves towards candidates
	Secret          Class = "secret"           // never leaves at all
)

// How long personal data is kept. The nightly job of privacy keeps these rules, and what people read about them says the same.
const (
	KeepWords   = "the organisation's months after the decision, or after the last thing that happened without one"
	KeepDraft   = "until the reply is sent, at most as long as answers"
	KeepPerson  = "as long as the answers of the person's last application"
	KeepNumbers = "24 months after the application ended, at least as long as answers; ids and numbers only"
	KeepList    = "until the person is invited, else 7 days after the list was last changed or ended"
	KeepDay     = "a day, at most until the next night's work"
	KeepTimes   = "90 days"
	KeepEnded   = "90 days after it ended"
	KeepAudit   = "24 months, ids and codes only"
)

// Column is what the inventory says of one column.
type Column struct {
	Class Class
	Keep  string // how long: one of the rules above for personal data; else a word such as "while the opening is kept"
	File  string // the class of the files that it names by their hash; "" names none
}

// Columns is a noun's inventory: table -> column -> what it is. A test fails on a column that is not listed.
type Columns map[string]map[string]Column

// Person is whom an Eraser erases: everything that belongs to one candidate of one organisation, or, with Candidate and Names
// empty, only to the applications listed.
type Person struct {
	Org          string
	Candidate    string
	Applications []string
	Invitations  []string
	Attempts     []string
	Names        []string // names, addresses and handles that may stand in texts
}
