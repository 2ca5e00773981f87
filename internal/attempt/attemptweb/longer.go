package attemptweb

import (
	"net/http"
	"time"

	"candor/internal/assessment"
)

// longer looks for parts that take longer than they say.
func (p *Pages) longer(r *http.Request, f *frame) (err error) {
	if p.Longer != nil {
		f.Longer, err = p.Longer(r.Context(), f.Org.ID, f.V.Version)
	}
	return err
}

// takes is how long a part takes in words: as it is advertised, or what people need beside what was planned.
func (f frame) takes(part assessment.Part) string {
	planned := f.minutes(time.Duration(part.Minutes) * time.Minute)
	if real, ok := f.Longer[part.Key]; ok {
		half, most := real.Rounded()
		if half == most {
			return f.t("takes_most", "n", real.N, "most", f.minutes(time.Duration(most)*time.Minute), "planned", planned)
		}
		return f.t("takes", "n", real.N, "half", f.minutes(time.Duration(half)*time.Minute), "most", f.minutes(time.Duration(most)*time.Minute), "planned", planned)
	}
	return f.t("advertised", "minutes", planned)
}

// takesInAll is how long everything takes, with what people need of the parts that take longer than was planned.
func (f frame) takesInAll(n int) string {
	if len(f.Longer) == 0 {
		return f.t("lead", "n", n, "minutes", f.minutes(time.Duration(f.V.Version.Minutes)*time.Minute))
	}
	low, high := 0, 0
	for _, part := range f.V.Version.Parts {
		half, most := part.Minutes, part.Minutes
		if real, ok := f.Longer[part.Key]; ok {
			half, most = real.Rounded()
		}
		low, high = low+half, high+most
	}
	key := "lead_longer"
	if low == high {
		key = "lead_longest"
	}
	return f.t(key, "n", n, "planned", f.minutes(time.Duration(f.V.Version.Minutes)*time.Minute), "low", f.minutes(time.Duration(low)*time.Minute), "high", f.minutes(time.Duration(high)*time.Minute))
}
