package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// View is a window to look through.
type View struct {
	Width, Height int64
	Dark, Touch   bool
}

// The windows of the gates.
var (
	Desk  = View{Width: 1440, Height: 900}
	Phone = View{Width: 390, Height: 844, Touch: true}
)

// Look sets the window.
func (p *Page) Look(v View) {
	p.t.Helper()
	scheme, pointer := "light", "fine"
	if v.Dark {
		scheme = "dark"
	}
	if v.Touch {
		pointer = "coarse"
	}
	send(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.Width, Height: v.Height, DeviceScaleFactor: 1, Mobile: v.Touch})
	send(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: v.Touch})
	send(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme},
		{Name: "pointer", Value: pointer}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

// Shot writes a picture of the whole page to a file.
func (p *Page) Shot(file string) {
	p.t.Helper()
	b := get(p, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Shots takes the four pictures of a page: 1440 and 390 wide, light and dark, as <dir>/<name>-<width>-<theme>.png.
func (p *Page) Shots(dir, name string) {
	p.t.Helper()
	for _, v := range []View{Desk, Phone} {
		for _, theme := range []string{"light", "dark"} {
			v.Dark = theme == "dark"
			p.Look(v)
			p.Shot(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, v.Width, theme)))
		}
	}
}

// Printed is the text of the page as its PDF says it, page by page with a form feed between; dir is where the PDF goes. What a dark screen shows
// has dark ink on paper.
func (p *Page) Printed(dir string) string {
	p.t.Helper()
	send(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	p.Until(`getComputedStyle(document.querySelector("main h1")).color.match(/\d+/g).slice(0, 3).every(x => Number(x) < 100)`)
	pdf := send(p, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69}) // A4
	file := filepath.Join(dir, "printed.pdf")
	if err := os.WriteFile(file, pdf.Data, 0o644); err != nil {
		p.t.Fatal(err)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		missing(p.t, "there is no pdftotext: apt-get install poppler-utils")
	}
	text, err := exec.Command(tool, "-layout", file, "-").Output()
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// keep writes what the page looked like when the test failed.
func (p *Page) keep() {
	dir := p.t.ArtifactDir()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if b, err := chromedp.Run(ctx, chromedp.FullScreenshot(90)); err == nil {
		_ = os.WriteFile(filepath.Join(dir, "page.jpg"), b, 0o644)
	}
	if dom, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html"))); err == nil {
		_ = os.WriteFile(filepath.Join(dir, "page.html"), []byte(dom), 0o644)
	}
	p.t.Logf("the page at the end (picture and DOM in %s):\n%s", dir, p.brief())
}
