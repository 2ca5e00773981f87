package assessment

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// hollow says of an anchor that a reviewer could not hold work against it: one word, or words of praise and blame alone.
func hollow(anchor string) bool {
	for _, w := range strings.FieldsFunc(anchor, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !praise[w] {
			return len(strings.Fields(anchor)) < 2
		}
	}
	return true
}

// plain is an anchor, in small letters, without words of praise and blame.
func plain(anchor string) string {
	words := strings.FieldsFunc(anchor, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return praise[w] && w != "not" }), " ")
}

// praise are the words of hollow anchors, in small letters.
var praise = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields("very quite really not so good better best bad worse poor weak strong excellent great ok okay fine average mediocre solid job work answer solution " +
		"meets exceeds below above expectations the a an is") {
		out[w] = true
	}
	return out
}()

func (r *reader) criterion(place string, c criterion) Criterion {
	r.key(place+".key", c.Key)
	r.text(place+".title", c.Title, 120)
	if c.Weight == 0 {
		c.Weight = 1
	}
	if c.Weight < 1 || c.Weight > 5 {
		r.err(place+".weight", "A weight is 1 to 5.")
	}
	if strings.TrimSpace(c.About) == "" {
		r.warn(place+".about", "Say in about what this criterion means; candidates read it.")
	}
	if len(c.Levels) < 2 || len(c.Levels) > 6 {
		r.err(place+".levels", "Give 2 to 6 levels, the lowest first; there are %d.", len(c.Levels))
	}
	out := Criterion{Key: c.Key, Title: c.Title, About: c.About, Guidance: c.Guidance, Weight: c.Weight, Items: c.Items}
	seen, bare := map[string]bool{}, map[string]bool{}
	for i, l := range c.Levels {
		at := fmt.Sprintf("%s.levels[%d]", place, i)
		r.text(at+".name", l.Name, 40)
		switch anchor := strings.ToLower(strings.TrimSpace(l.Anchor)); {
		case anchor == "":
			r.err(at+".anchor", "Say what work on this level looks like.")
		case seen[anchor]:
			r.err(at+".anchor", "This anchor is the same as another's; nobody could tell the levels apart.")
		case hollow(anchor):
			r.warn(at+".anchor", "%q says nothing a reviewer could hold work against. Say what one sees in it.", l.Anchor)
		default:
			if bare[plain(anchor)] {
				r.warn(at+".anchor", "%q differs from another anchor only in praise or blame. Say what one sees in this work and not in the other.", l.Anchor)
			}
			seen[anchor], bare[plain(anchor)] = true, true
		}
		out.Levels = append(out.Levels, Level{l.Name, l.Anchor})
	}
	for i, key := range c.Items {
		if !r.used[key] {
			r.err(fmt.Sprintf("%s.items[%d]", place, i), "No part has an item %q.", key)
		}
	}
	return out
}
