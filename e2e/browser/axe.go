package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeFile is where npm puts axe-core; dev/assets fetches it.
func axeFile() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "../../internal/web/ts/node_modules/axe-core/axe.min.js")
}

// axeRun gives what axe finds. A target that lies half under a bar that stays (sticky, fixed) is looked at once more in the middle of the view:
// where somebody scrolled to is not the page's fault.
const axeRun = `(async () => {
	const found = (await axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"], resultTypes: ["violations"]})).violations
	for (const v of found.filter(v => v.id === "target-size")) {
		const left = []
		for (const n of v.nodes) {
			const e = document.querySelector(n.target.at(-1))
			if (e && /obscured/.test(n.failureSummary)) {
				e.scrollIntoView({block: "center"})
				if ((await axe.run(e, {runOnly: {type: "rule", values: ["target-size"]}})).violations.length === 0) continue
			}
			left.push(n)
		}
		v.nodes = left
	}
	return JSON.stringify(found.filter(v => v.nodes.length).map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary)})))
})()`

// Axe fails the test for every violation of WCAG 2.2 A and AA that axe-core finds on the page as it stands when it is whole, and says how many.
func (p *Page) Axe() int {
	p.t.Helper()
	source, err := os.ReadFile(axeFile())
	if err != nil {
		missing(p.t, "axe-core is missing: (cd internal/web/ts && npm ci --ignore-scripts)")
	}
	p.Until(`document.readyState === "complete"`)       // half a page has no landmarks
	if get(p, chromedp.Evaluate[bool]("!window.axe")) { // half a megabyte to read: once for each page, not for each look at it
		get(p, chromedp.Evaluate[chromedp.Void](string(source)+"\n;undefined"))
	}
	found := get(p, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		p.t.Fatalf("axe: %v", err)
	}
	for _, v := range violations {
		nodes := v.Nodes
		if len(nodes) > 5 {
			nodes = nodes[:5]
		}
		p.t.Errorf("axe %s (%s), %d places:\n  %s", v.ID, v.Help, len(v.Nodes), strings.Join(nodes, "\n  "))
	}
	return len(violations)
}
