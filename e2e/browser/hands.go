package browser

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Click presses the first element that matches. Where a page put another in its place between the look and the press, nothing was
// pressed yet, and it looks again.
func (p *Page) Click(selector string) {
	p.t.Helper()
	press := chromedp.Click(chromedp.CSS(selector))
	err := p.Try(press)
	if err != nil && strings.Contains(err.Error(), "Could not find node with given id") {
		err = p.Try(press)
	}
	if err != nil {
		p.t.Fatalf("browser: %v\n%s", err, p.brief())
	}
}

// Tap touches the first element that matches, as a finger does.
func (p *Page) Tap(selector string) {
	p.t.Helper()
	p.Until(`!!document.querySelector(` + quote(selector) + `)`)
	at := p.Value(`(e => { e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return (r.left + r.width / 2) + " " + (r.top + r.height / 2) })(document.querySelector(` + quote(selector) + `))`)
	var finger input.TouchPoint
	if _, err := fmt.Sscan(at, &finger.X, &finger.Y); err != nil {
		p.t.Fatalf("browser: %s is nowhere: %q", selector, at)
	}
	send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{&finger}})
	send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

// Follow presses the first element that matches and waits until the next page stands, also where it says the same as the one before.
func (p *Page) Follow(selector string) {
	p.t.Helper()
	p.Value(`window.candorBefore = true`)
	p.Click(selector)
	p.Until(`window.candorBefore !== true && document.readyState === "complete"`)
}

// Press types text, or the keys of package kb, into whatever has the focus, one key after the other as a keyboard does: a page that
// takes a key for itself gets no letter from it.
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		for _, r := range k {
			p.key(r, 0)
		}
	}
}

// Ctrl presses a key together with Control.
func (p *Page) Ctrl(key string) {
	p.t.Helper()
	for _, r := range key {
		p.key(r, 2)
	}
}

// Shift presses a key together with Shift, such as kb.Tab for going back.
func (p *Page) Shift(key string) {
	p.t.Helper()
	for _, r := range key {
		p.key(r, 8)
	}
}

func (p *Page) key(r rune, modifiers int64) {
	p.t.Helper()
	events := kb.Encode(r)
	if len(events) == 0 {
		p.t.Fatalf("no key for %q", r)
	}
	down, text := *events[0], ""
	for _, e := range events {
		if e.Type == input.DispatchKeyEventTypeChar && modifiers&2 == 0 {
			text = e.Text
		}
	}
	down.Modifiers |= modifiers
	up := down
	down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, text, text
	if text == "" {
		down.Type = input.DispatchKeyEventTypeRawKeyDown
	}
	up.Type, up.Text, up.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
	send(p, input.DispatchKeyEvent, down)
	send(p, input.DispatchKeyEvent, up)
}

// Type puts the focus on an element and types.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Run(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Upload chooses a file for an input.
func (p *Page) Upload(selector, file string) {
	p.t.Helper()
	p.Run(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}
