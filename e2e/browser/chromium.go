package browser

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// The browser of this test binary. It ends with the process of the tests.
var shared = sync.OnceValues(func() (context.Context, error) { return start("") })

// start starts a Chromium; profile is the folder of its profile, "" for one that nobody comes back to.
func start(profile string) (context.Context, error) {
	path := ""
	// The headless shell is Chromium without the windows of a desktop: the same pages in half the time.
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, errors.New("there is no Chromium: apt-get install chromium-headless-shell")
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.WSURLReadTimeout(60 * time.Second)}
	if profile != "" {
		opts = append(opts, chromedp.UserDataDir(profile))
	}
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.Flag("no-sandbox", true))
	}
	alloc, _ := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(alloc)
	return ctx, chromedp.Do(ctx)
}

// Launch opens a tab in a Chromium of its own, whose profile stays in a folder. kill ends that whole browser as a power cut would.
func Launch(t *testing.T, profile string) (p *Page, kill func()) {
	t.Helper()
	root, err := start(profile)
	if err != nil {
		missing(t, err.Error())
	}
	p = open(t, root)
	process := chromedp.FromContext(p.ctx).Browser.Process()
	kill = sync.OnceFunc(func() {
		p.closed = true
		process.Kill()
		for quiet := 0; quiet < 3; quiet++ { // the profile is free when every process of it is gone: its storage lives in one of its own
			if process.Signal(syscall.Signal(0)) == nil || killUsing(profile) {
				quiet = 0
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	t.Cleanup(kill)
	return p, kill
}

// killUsing kills whatever runs on a profile, and says whether there was anything: Chromium names it to each of its processes.
func killUsing(profile string) (found bool) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, l := range lines {
		text, _ := os.ReadFile(l)
		if !strings.Contains(string(text), "--user-data-dir="+profile) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(l))); err == nil && pid != os.Getpid() {
			syscall.Kill(pid, syscall.SIGKILL)
			found = true
		}
	}
	return found
}
