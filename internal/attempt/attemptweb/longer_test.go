package attemptweb

import (
	"testing"

	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/web/locale"
)

// What takes people longer than planned is said beside what was planned, rounded up to five minutes.
func TestWhatTakesLongerIsSaid(t *testing.T) {
	version := &assessment.Version{Minutes: 25, Parts: []assessment.Part{{Key: "quiz", Minutes: 5}, {Key: "writing", Minutes: 20}}}
	for want, real := range map[string]analytics.Real{
		"half of 9 people were done within 30 minutes, three in four within 40 minutes; planned were 20 minutes": {N: 9, Half: 26, Most: 36},
		"three in four of 9 people were done within 30 minutes; planned were 20 minutes":                         {N: 9, Half: 26, Most: 30},
	} {
		f := frame{L: locale.For("en"), V: &attempt.View{Version: version}, Longer: map[string]analytics.Real{"writing": real}}
		if got := f.takes(version.Parts[1]); got != want {
			t.Errorf("takes = %q; want %q", got, want)
		}
		if got := f.takes(version.Parts[0]); got != "about 5 minutes" {
			t.Errorf("the other part takes %q", got)
		}
		lead := "2 parts. People take about 35 minutes to 45 minutes in all; the company planned 25 minutes. Do them in any order, on any day, in as many sittings as you like."
		if real.Most == 30 {
			lead = "2 parts. Three in four people need up to about 35 minutes in all; the company planned 25 minutes. Do them in any order, on any day, in as many sittings as you like."
		}
		if got := f.takesInAll(2); got != lead {
			t.Errorf("in all = %q; want %q", got, lead)
		}
	}
}
