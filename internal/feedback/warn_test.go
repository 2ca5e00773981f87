package feedback

import (
	"fmt"
	"strings"
	"testing"
)

func said(list Warnings) string {
	var out []string
	for _, w := range list {
		out = append(out, fmt.Sprintf("%s: %s", w.Concern, w.Words))
	}
	return strings.Join(out, "; ")
}

// What must be warned of, in both languages: the concern, and the words that are quoted.
func TestWarned(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Your work was better than other candidates’.", "compares: better than other candidates’"},
		{"Your code was cleaner than that of most applicants.", "compares: cleaner than that of most applicants"},
		{"You were ranked third.", "compares: ranked third"},
		{"You came second among five.", "compares: came second"},
		{"It was one of the best we have read.", "compares: one of the best"},
		{"Others went further.", "compares: Others went"},
		{"Compared with the others, the tests were thin.", "compares: Compared with the others"},
		{"You are our runner-up.", "compares: runner-up"},
		{"Above average work.", "compares: Above average"},
		{"Andere Bewerber waren weiter.", "compares: Andere Bewerber"},
		{"Im Vergleich zu den anderen war es dünn.", "compares: Im Vergleich zu den anderen"},
		{"Sie gehören zu den Besten.", "compares: zu den Besten"},
		{"Sie liegen auf Platz 3.", "compares: Platz 3"},

		{"We are a young team.", "protected: a young team"},
		{"You seem overqualified for this.", "protected: overqualified"},
		{"At your age this is a big step.", "protected: At your age"},
		{"For a woman this is impressive.", "protected: woman"},
		{"Your accent was hard to follow.", "protected: Your accent"},
		{"We need a native speaker.", "protected: native speaker"},
		{"People in your culture explain more.", "protected: your culture"},
		{"Your faith may get in the way.", "protected: Your faith"},
		{"With your disability the pace is hard.", "protected: disability"},
		{"You needed the extra time that you had.", "protected: extra time that you had"},
		{"We saw the extra time you were given.", "protected: extra time you were given"},
		{"Somebody pregnant cannot travel.", "protected: pregnant"},
		{"With your children this will be hard.", "protected: your children"},
		{"You looked tired in the recording.", "protected: You looked tired"},
		{"Für Ihr Alter ist das beachtlich.", "protected: Ihr Alter"},
		{"Ihr Akzent war stark.", "protected: Ihr Akzent"},
		{"Während der Elternzeit geht das nicht.", "protected: Elternzeit"},
		{"Wegen Ihrer Behinderung wird das schwer.", "protected: Behinderung"},
		{"Wir sind ein junges Team.", "protected: junges Team"},

		{"You are not a good fit.", "empty: not a good fit"},
		{"We went with another candidate.", "empty: went with another candidate; compares: another candidate"},
		{"We have decided to move forward with other applicants.", "empty: move forward with other applicants; compares: other applicants"},
		{"Let us keep in touch.", "empty: keep in touch"},
		{"We will keep your CV on file.", "empty: keep your CV on file"},
		{"After careful consideration we say no.", "empty: After careful consideration"},
		{"We wish you all the best.", "empty: wish you all the best"},
		{"Leider müssen wir Ihnen absagen.", "empty: Leider müssen wir"},
		{"Wir haben uns für einen anderen Kandidaten entschieden.", "empty: für einen anderen Kandidaten entschieden; compares: einen anderen Kandidaten"},
		{"Wir bleiben in Kontakt.", "empty: bleiben in Kontakt"},
		{"Sie passen nicht in unser Team.", "empty: passen nicht in unser Team"},
	} {
		if got := said(Warn(c.text)); got != c.want {
			t.Errorf("%q is warned of as %q; want %q", c.text, got, c.want)
		}
	}
}

// What replies about code say, and must not be warned of. A text that was warned of wrongly is added here.
func TestNotWarned(t *testing.T) {
	for _, text := range []string{
		"There is a race condition between the two workers.",
		"The foreign key on orders is missing, and the old version of the row stays.",
		"The origin header is not checked; a cross-origin request gets through.",
		"Your second version is better than the first.",
		"This is the best of both worlds: one index, two orders.",
		"One of the best parts is the test that fails first.",
		"The button is disabled until the form is valid, so nobody with a keyboard reaches it.",
		"You disabled the cache, which hides the error.",
		"In the child process the children of the node are freed twice.",
		"Your children prop is rendered twice.",
		"The 99th percentile of the latency is what the page shows.",
		"The average case is linear, above average load it is not.",
		"The candidate keys are right; the second normal form is kept.",
		"The regex is not a match for the empty string.",
		"The best match for the prefix is found in one pass.",
		"It does not fit on one screen.",
		"You chose a different approach, and said why.",
		"An accent colour alone does not tell the states apart; the search folds accents.",
		"The young generation is collected too often.",
		"The function is too old a version of itself.",
		"Other readers would need a sentence here: what may be null?",
		"Some people read on a phone.",
		"Next time, add the test for the failing server first.",
		"Your tests name what they prove. The second commit mixes two thoughts.",
		"It was a difficult choice between the two locks, and you documented it.",
		"You wrote for people with a screen reader, and your labels hold.",
		"Die Funktion ist zu alt für diese Bibliothek, der alte Code bleibt stehen.",
		"Die Diagnose der Ursache stimmt.",
		"Die Namen behindern die Lesbarkeit.",
		"Sie haben besser als im ersten Versuch getestet.",
		"Sehr geehrte Frau Okafor, danke für Ihre Arbeit.",
		"Der Fremdschlüssel fehlt. Das Ergebnis passt zur Aufgabe.",
		"ALTER TABLE would have been enough here.",
	} {
		if got := said(Warn(text)); got != "" {
			t.Errorf("%q is warned of: %s", text, got)
		}
	}
}

func TestWarnReadsAnyText(t *testing.T) {
	for _, text := range []string{"", "’", "-", "\xff\xfe good fit", strings.Repeat("good fit. ", 1000)} {
		if got := Warn(text); strings.Contains(text, "good fit") != (len(got) == 1) {
			t.Errorf("%.20q: %v; the same words are said once", text, got)
		}
	}
	if got := Warn("a good\n\nfit"); len(got) != 0 {
		t.Errorf("a phrase over two paragraphs: %v", got)
	}
	if got := Warn("a good\nfit"); len(got) != 1 {
		t.Errorf("a phrase over two lines: %v", got)
	}
}

// Every topic says why and what to write, once each, and every phrase can stand somewhere.
func TestTheListIsWhole(t *testing.T) {
	for _, e := range entries {
		if e.Topic == "" || e.Why == "" || e.Instead == "" || len(e.Words) == 0 || !strings.Contains("compares protected empty", string(e.Concern)) {
			t.Errorf("%q lacks a why, an instead, words or its kind", e.Topic)
		}
		for i, p := range append(e.words, e.but...) {
			if len(p) == 0 || p[0].gap || p[0].optional && len(p) == 1 || p[len(p)-1].gap {
				t.Errorf("%s: phrase %d begins or ends with nothing", e.Topic, i)
			}
		}
	}
}

func BenchmarkWarn(b *testing.B) {
	text := strings.Repeat("The second commit mixes two thoughts, and the test for the failing server is missing. ", 115) // 10,000 characters
	for b.Loop() {
		Warn(text)
	}
}
