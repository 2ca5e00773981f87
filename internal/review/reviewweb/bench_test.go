package reviewweb_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"candor/e2e/browser"
	"candor/internal/review"
)

// BenchmarkReading is a reviewer's evening at a quarter of the processor: the queue of 50, a scorecard, and the step to the next one by key, from the
// key to the first paint of the other card with everything loaded. ui.md: queue and card <= 1 s, the next submission <= 200 ms. The medians are reported.
//
//	go test ./internal/review/reviewweb -run XXX -bench Reading -benchtime 1x
func BenchmarkReading(b *testing.B) {
	s := open(b)
	for i := range 60 {
		s.Submitted(fmt.Sprintf("Person %d", i), fmt.Sprintf("p%d@mail.example", i))
	}
	p := browser.New(b)
	p.Look(browser.Desk)
	s.door(p, "mina")
	p.Throttle(4)
	base := s.server.URL + "/o/" + s.Org.ID
	paint := `(() => { const n = performance.getEntriesByType("navigation")[0]; const f = performance.getEntriesByName("first-contentful-paint")[0]; return n.loadEventEnd > 0 && f ? String(Math.max(n.loadEventEnd, f.startTime)) : "" })()`
	loaded := func() float64 {
		p.Until(paint + ` !== ""`)
		ms, err := strconv.ParseFloat(p.Value(paint), 64)
		if err != nil {
			b.Fatal(err)
		}
		return ms
	}
	var queue, card, next []float64
	for b.Loop() {
		for range 9 {
			p.Go(base + "/review")
			queue = append(queue, loaded())
			p.Go(base + "/review/" + string(first(b, s)))
			card = append(card, loaded())
			p.Until(`document.querySelector("[data-key=n]") !== null`)
			p.Value(`(() => { addEventListener("keydown", () => sessionStorage.setItem("pressed", String(performance.timeOrigin + performance.now())), true); return location.pathname })()`)
			here := p.Value(`location.pathname`)
			p.Press("n")
			p.Until(`location.pathname !== ` + strconv.Quote(here))
			loaded()
			ms, err := strconv.ParseFloat(p.Value(`(() => { const f = performance.getEntriesByName("first-contentful-paint")[0]; const n = performance.getEntriesByType("navigation")[0]; return String(performance.timeOrigin + Math.max(f.startTime, n.loadEventEnd) - Number(sessionStorage.getItem("pressed"))) })()`), 64)
			if err != nil {
				b.Fatal(err)
			}
			next = append(next, ms)
		}
	}
	for name, list := range map[string][]float64{"queue-ms": queue, "card-ms": card, "next-ms": next} {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2], name)
	}
}

// first is the first of Mina's queue.
func first(b *testing.B, s site) review.Code {
	list, _, _, err := s.Reviews.Queue(b.Context(), s.Mina, "")
	if err != nil || len(list) == 0 {
		b.Fatal(err)
	}
	return list[0].Code
}
