package opening

import (
	"context"
	"time"

	"candor/internal/db"
)

// Format is what a candidate does in a stage: an assessment, a turn-based interview, a talk, a work trial. The list is app/formats.go.
type Format interface {
	// Name is the word in the database.
	Name() string
	// Describe says what it is. A problem when ref names nothing that can be used.
	Describe(ctx context.Context, org, ref string) (Described, error)
	// Start is called when a candidate enters by an invitation for the first time, in that transaction; it may be called again.
	Start(ctx context.Context, tx db.Tx, inv Invitation) error
	// Running says whether a part has been started: from then on a second browser needs a code.
	Running(ctx context.Context, tx db.Tx, inv Invitation) (bool, error)
}

// Waiter is a Format that gives time back to whoever waited for digits by mail while a clock of theirs ran.
type Waiter interface {
	Format
	// Waited is called in the transaction in which they came in with them.
	Waited(ctx context.Context, tx db.Tx, inv Invitation, d time.Duration) error
}

// Chooser is a Format whose contents are offered by it, for a stage to choose from.
type Chooser interface {
	Format
	// Choices are what a member can choose, the newest first.
	Choices(ctx context.Context, org string) ([]Choice, error)
}

// Choice is one content of a format.
type Choice struct{ Ref, Text string }

// Offered are the contents that formats offer beside published assessments, as a form names them: Ref is "format:ref".
func (os *Openings) Offered(ctx context.Context, org string) (out []Choice, err error) {
	for _, f := range os.Formats {
		c, ok := f.(Chooser)
		if !ok {
			continue
		}
		list, err := c.Choices(ctx, org)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out = append(out, Choice{f.Name() + ":" + x.Ref, x.Text})
		}
	}
	return out, nil
}

// Described is a format's content in words.
type Described struct {
	Title    string
	About    string // to candidates, Markdown; "" is nothing
	Minutes  int    // advertised
	Parts    int
	Timed    bool        // at least one part has a clock: the date is "start by" for it
	Untimed  bool        // at least one part has none
	Computer bool        // at least one part needs one
	Rounds   int         // how many questions may come back
	Criteria []Criterion // what it is scored by
}

// Criterion is one of a rubric, by the key that it has in every version.
type Criterion struct{ Key, Title, About string }

// With is what is done in a stage: the content with the questions about it.
func (d Described) With(s Stage) Described {
	d.Minutes += s.Questions * QuestionMinutes
	return d
}

// Format finds one by its name.
func (os *Openings) Format(name string) (Format, bool) {
	for _, f := range os.Formats {
		if f.Name() == name {
			return f, true
		}
	}
	return nil, false
}
