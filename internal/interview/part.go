package interview

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/interview/internal/query"
	"candor/internal/item"
)

// Parts are the turns of the interview about an attempt as parts of it, for [attempt.Attempts].
func (is *Interviews) Parts(ctx context.Context, tx db.Tx, a attempt.Attempt) ([]assessment.Part, error) {
	rows, err := query.New(tx).TurnsOf(ctx, tx.Org, string(a.ID))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	v, err := is.Assessments.Version(ctx, tx.Org, a.Version)
	if err != nil {
		return nil, err
	}
	var out []assessment.Part
	for _, r := range rows {
		p, err := is.part(v, turnOf(r))
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// part is a turn with its one item. The statement goes into the head as it is, for links in a question are a member's own words.
func (is *Interviews) part(v *assessment.Version, x Turn) (assessment.Part, error) {
	k, ok := is.ways()[x.Kind]
	if !ok {
		return assessment.Part{}, fmt.Errorf("interview: nothing is answered as %q", x.Kind)
	}
	title := fmt.Sprintf("Question %d", x.N)
	spec, err := k.Turn().Spec(k, title, Minutes, title)
	if err != nil {
		return assessment.Part{}, err
	}
	head := k.Head(spec)
	head.Statement, head.Aloud, head.About = statement(v, x), x.Recording, item.About{Item: x.Item, Place: x.Anchor}
	return assessment.Part{Key: attempt.TurnKey(x.N), Title: title, Minutes: Minutes, Items: []assessment.PartItem{{Key: attempt.TurnKey(x.N), Kind: k.(item.Kind), Spec: spec, Head: head}}}, nil
}

// statement is a question in Markdown, with the lines or the place that it is about.
func statement(v *assessment.Version, x Turn) string {
	if x.Anchor == "" || x.File != "" {
		return attempt.Excerpt(v, x.Item, x.File, x.From, x.Code) + x.Text
	}
	of, _, _ := v.Item(x.Item)
	var b strings.Builder
	fmt.Fprintf(&b, "At **%s** of your answer to “%s”:\n\n", cmp.Or(x.Label, x.Anchor), of.Head.Title)
	for line := range strings.Lines(x.Code) {
		b.WriteString("> " + strings.TrimRight(line, "\n") + "\n")
	}
	if x.Code != "" {
		b.WriteString("\n")
	}
	return b.String() + x.Text
}

// Going says whether an interview about an attempt is open: what is said in it is no evidence yet.
func (is *Interviews) Going(ctx context.Context, tx db.Tx, a attempt.ID) (bool, error) {
	v, err := is.Of(ctx, tx, a)
	if errors.Is(err, ErrMissing) {
		return false, nil
	}
	return v.State != Closed, err
}

// Shown is a version without the turns of an interview that is open, for whoever scores.
func Shown(v *assessment.Version, going bool) *assessment.Version {
	if !going {
		return v
	}
	return attempt.WithoutTurns(v)
}

// In reads one, for mails; who may know of it is the caller's business. ErrMissing.
func (is *Interviews) In(ctx context.Context, tx db.Tx, i ID) (Interview, error) {
	return is.in(ctx, tx, i)
}

// Walk are the open interviews of an organisation, at most 200 from behind one on, for reminders.
func (is *Interviews) Walk(ctx context.Context, tx db.Tx, after ID) ([]Interview, error) {
	rows, err := query.New(tx).Open(ctx, tx.Org, string(after))
	var out []Interview
	for _, r := range rows {
		out = append(out, of(query.ByCodeRow(r)))
	}
	return out, err
}
