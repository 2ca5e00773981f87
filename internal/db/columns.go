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

// Column is what the inventory says of one column.
type Column struct {
	Class Class
	Keep  string // how long: "while the opening is kept", "12 months after decision", "90 days", "24 hours", "audit"
}

// Columns is a noun's inventory: table -> column -> what it is. A test fails on a column that is not listed.
type Columns map[string]map[string]Column

// Person is whom an Eraser erases: everything that belongs to one candidate of one organisation.
type Person struct {
	Org          string
	Candidate    string
	Applications []string
	Invitations  []string
	Attempts     []string
	Names        []string // names, addresses and handles that may stand in texts
}
