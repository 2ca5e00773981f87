package attemptweb

import (
	"time"

	"candor/internal/appeal"
	"candor/internal/promise"
)

// owed is a promise as its candidate reads it.
type owed struct {
	Text string
	Tone string // "", ok or warn
	Icon string
}

// promises are what was promised to the candidate, the newest of each kind and of each thing it is about. Who reads when is between us, until it is
// late: then it is said like the rest.
func (f frame) promises() (out []owed) {
	now := f.V.Now
	seen := map[string]bool{}
	for _, k := range promise.Kinds {
		for _, p := range f.V.Promises {
			key := string(p.Kind) + " " + p.About
			if p.Kind != k || seen[key] {
				continue
			}
			seen[key] = true
			what := f.t("promise_" + string(k))
			switch {
			case !p.Kept.IsZero() && p.Late(now):
				out = append(out, owed{f.t("promise_kept_late", "what", what, "date", f.promised(p.Due), "kept", f.date(p.Kept), "n", p.DaysLate(now)), "", "check"})
			case !p.Kept.IsZero():
				out = append(out, owed{f.t("promise_kept", "what", what, "kept", f.date(p.Kept)), "ok", "check"})
			case p.Late(now):
				out = append(out, owed{f.t("promise_late", "what", what, "date", f.promised(p.Due), "n", p.DaysLate(now)), "warn", "hourglass"})
			default:
				out = append(out, owed{f.t("promise_by", "what", what, "date", f.promised(p.Due)), "", "calendar"})
			}
		}
	}
	return out
}

// late is the open promise of a reply or feedback that is late by most, and by how many days; 0 when none is.
func (f frame) late() (p promise.Promise, days int) {
	for _, x := range f.V.Promises {
		if n := x.DaysLate(f.V.Now); x.Kept.IsZero() && n > days {
			p, days = x, n
		}
	}
	return p, days
}

// date is a day in the candidate's zone.
func (f frame) date(t time.Time) string { return t.In(f.Page.Zone).Format("Mon 2 Jan") }

// terms are what everybody is promised who sends this, before they begin.
func (f frame) terms() (out []string) {
	o := f.V.Opening
	out = append(out, f.t("term_reply", "n", o.ReplyDays))
	if o.ReviewDays > 0 {
		out = append(out, f.t("term_review", "n", o.ReviewDays))
	}
	if o.FeedbackDays > 0 {
		out = append(out, f.t("term_feedback", "n", o.FeedbackDays))
	} else {
		out = append(out, f.t("term_feedback_no"))
	}
	out = append(out, f.t("term_appeal", "days", int(appeal.Window/(24*time.Hour)), "n", appeal.Days))
	return append(append(out, f.Terms...), f.t("term_late"))
}

// words is whether feedback comes either way, or surely when it is a no.
func (f frame) words() string {
	if f.V.Opening.FeedbackDays > 0 {
		return f.t("reply_text")
	}
	return f.t("reply_text_no")
}

// reply is the newest promise of a reply; a submission always has one.
func (f frame) reply() promise.Promise {
	p, _ := promise.Newest(f.V.Promises, promise.Reply)
	return p
}

// Spent is what people gave to somebody's work.
type Spent struct {
	People int
	Time   time.Duration
}

// Terms are what other nouns promise in the application of a candidate.
type Terms struct {
	Says  []string // a sentence each
	Pays  bool     // there is a page about money
	Talks bool     // there is one about a talk
}
