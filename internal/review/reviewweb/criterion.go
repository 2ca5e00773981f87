package reviewweb

import (
	"fmt"
	"strings"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/review"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/scale"
)

// criterion is one row of the scorecard.
type criterion struct {
	Scale  scale.View
	Place  field.View
	Key    string
	Waits  bool        // for the candidate's answers about their own work
	Before *beforeView // what the asker's rating was before the wording changed; nil: it did not
	Other  []said
}

// beforeView is a rating by an older wording.
type beforeView struct {
	New           bool   // the criterion is
	Level, Anchor string // of the older wording
}

// said is what another reviewer said of a criterion.
type said struct{ Who, Level, Note string }

func (v cardView) row(c assessment.Criterion) criterion {
	s := v.Sheet
	mine := s.Mine.Card.Ratings[c.Key]
	filed := s.Mine.State != "" && s.Fixed(c.Key)
	out := criterion{Key: c.Key, Waits: v.waits() && c.Key == attempt.Owns, Scale: scale.View{Name: "c." + c.Key, Title: c.Title, Weight: c.Weight, About: c.About, Guidance: c.Guidance, Chosen: mine.Level,
		Reason: mine.Reason, NoteName: "n." + c.Key, Note: mine.Note, Error: v.Fields["c."+c.Key], ReadOnly: filed}}
	out.Before = earlier(s.Again, c.Key)
	for _, l := range c.Levels {
		out.Scale.Levels = append(out.Scale.Levels, scale.Level{Name: l.Name, Anchor: l.Anchor})
	}
	chosen := ""
	for _, e := range mine.Evidence {
		out.Scale.Evidence = append(out.Scale.Evidence, scale.Link{Text: v.label(e), Href: v.place(e)})
		chosen = e.Item
		if e.Anchor != "" {
			chosen += "#" + e.Anchor
		}
	}
	out.Place = field.View{ID: "p-" + c.Key, Name: "p." + c.Key, Label: "Seen in", Value: chosen, Class: "seen", Options: []field.Option{{Value: "", Text: "Nowhere in particular"}}}
	for _, part := range s.Rubric.Parts {
		for _, i := range part.Items {
			out.Place.Options = append(out.Place.Options, field.Option{Value: i.Key, Text: i.Head.Title})
		}
	}
	if len(mine.Evidence) > 0 && mine.Evidence[0].Anchor != "" {
		out.Place.Options = append(out.Place.Options, field.Option{Value: chosen, Text: v.label(mine.Evidence[0])})
	}
	for _, o := range s.Others {
		r := o.Review.Card.Ratings[c.Key]
		out.Other = append(out.Other, said{o.Member.Name, level(c, r), r.Note})
	}
	return out
}

// earlier is what an asker's rating was before the wording of its criterion changed; nil where it did not.
func earlier(again map[string]review.Again, key string) *beforeView {
	a, ok := again[key]
	switch {
	case !ok:
		return nil
	case a.From.Key == "":
		return &beforeView{New: true}
	}
	out := &beforeView{Level: level(a.From, review.Rating{Level: a.Was})}
	if a.Was >= 1 && a.Was <= len(a.From.Levels) {
		out.Anchor = a.From.Levels[a.Was-1].Anchor
	}
	return out
}

// level is a rating in words.
func level(c assessment.Criterion, r review.Rating) string {
	switch {
	case r.Level == review.CannotRate && r.Reason != "":
		return "Could not score it: " + r.Reason
	case r.Level == review.CannotRate:
		return "Could not score it"
	case r.Level < 1 || r.Level > len(c.Levels):
		return "Not scored"
	}
	return fmt.Sprintf("%d %s", r.Level, c.Levels[r.Level-1].Name)
}

// quoted are titles in a sentence.
func quoted(titles []string) string {
	out := make([]string, len(titles))
	for i, t := range titles {
		out[i] = "“" + t + "”"
	}
	return strings.Join(out, ", ")
}
