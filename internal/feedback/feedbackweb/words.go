package feedbackweb

import (
	"fmt"
	"time"

	"candor/internal/feedback"
	"candor/internal/review"
	"candor/internal/web/ui/choice"
	"candor/internal/web/ui/work"
)

// when is an instant in words with its zone, "Mon 30 Nov, 08:00 (WAT)".
func when(t time.Time) string { return t.Format("Mon 2 Jan, 15:04 (MST)") }

func (v tableView) outcomes() choice.View {
	next := "They are invited to the next stage. The invitation goes out with the reply."
	if v.Table.Last {
		next = "This was the last stage: the application ends as hired. Write to them about the offer."
	}
	is := func(o review.Outcome) bool { return v.Draft.Outcome == o }
	return choice.View{Name: "outcome", Legend: "What happens next", Error: v.Fields["outcome"], Roomy: true, Options: []choice.Option{
		{Value: string(review.Advance), Text: v.advance(), Hint: next, Checked: is(review.Advance)},
		{Value: string(review.Hold), Text: "Hold", Hint: "Nothing is told. The promised reply stays due.", Checked: is(review.Hold)},
		{Value: string(review.Reject), Text: "Decline", Hint: "The application ends, with a reply in your words.", Checked: is(review.Reject)},
	}}
}

func (v tableView) advance() string {
	if v.Table.Last {
		return "Make an offer"
	}
	return "Advance"
}

// hears says when the candidate hears of a decision made now.
func (v tableView) hears() string {
	if v.Hears.Sub(v.Page.Now) <= feedback.Pause {
		return fmt.Sprintf("It is daytime where the candidate is: %s.", when(v.Page.Now.In(v.Hears.Location())))
	}
	return fmt.Sprintf("It is night or a weekend where the candidate is. A decision made now is told on %s; until then you can take it back.", when(v.Hears))
}

// broken says that the promise's day passes before the candidate hears; "" when it does not.
func (v tableView) broken() string {
	if v.Due.IsZero() || !v.Hears.After(v.Due) {
		return ""
	}
	return "The reply was promised by " + v.Due.Add(-time.Second).In(v.Page.Zone).Format("Mon 2 Jan") + ". It will be late."
}

// window is how long the next stage is open when nobody says otherwise.
func (v tableView) window() string {
	return fmt.Sprintf("In their time zone, %s. Empty gives the stage’s %d days, from when they hear.", v.Table.Zone, v.Table.Next.Window)
}

func (v tableView) saved() work.View { return work.View{Saved: v.Draft.Saved, Zone: v.Page.Zone} }

func (v tableView) lines() []feedback.Line {
	out := lines(v.Table)
	for i, l := range out {
		for _, d := range v.Draft.Lines {
			if d.Key == l.Key {
				out[i] = d
			}
		}
	}
	return out
}

// past are the decisions on this application in words, newest first.
func past(d review.Decision, zone *time.Location) string {
	word := map[review.Outcome]string{review.Advance: "Advanced", review.Hold: "On hold", review.Reject: "Declined"}[d.Outcome]
	if !d.Undone.IsZero() {
		word += ", taken back"
	}
	return word + " on " + d.At.In(zone).Format("Mon 2 Jan")
}

func (v tableView) decided() string {
	switch v.Table.Reply.Outcome {
	case review.Reject:
		return "Declined, and told."
	}
	if v.Table.Reply.Final {
		return "Offered, and told."
	}
	return "Advanced, and told."
}
