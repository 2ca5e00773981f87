package app_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"candor/internal/app"
	"candor/internal/attempt/attemptweb"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// notActivity are the tables with something of a candidate's, or something secret, that hold nothing of what candidates do.
var notActivity = map[string]string{
	"batches": "a list that a recruiter brings", "batch_rows": "a list that a recruiter brings",
	"promises": "what the organisation owes", "surveys": "whether somebody was asked how it was; their page says what is kept of an answer", "talks": "a talk that both arrange", "talk_slots": "times that the organisation offers", "payments": "what the organisation pays; its page says who reads the account and when it goes", "reviews": "what readers write", "second_looks": "what readers write", "appeals": "what a candidate asks about an answer, on its own page", "feedbacks": "what the organisation answers",
	"api_tokens": "members'", "api_requests": "what programs ask", "hook_endpoints": "the organisation's", "bridge_links": "the organisation's",
	"hook_events": "what stands in applications and attempts, by its id", "hook_deliveries": "which program was told",
	"staff_sessions": "members'", "signin_links": "members'", "accounts": "members'", "issuers": "the organisation's", "identities": "members'", "greenhouse_keys": "the organisation's",
	"greenhouse_tests": "which of Greenhouse's tests an application is", "greenhouse_errors": "what another program could not read", "public_links": "the organisation's",
}

// TestWhatIsKeptIsSaid: every table with something of a candidate's is in a sentence of the first page, and no sentence is about a table that is not there.
func TestWhatIsKeptIsSaid(t *testing.T) {
	t.Parallel()
	for _, f := range unsaid(app.Columns(), attemptweb.Keeps()) {
		t.Error(f)
	}
	more := append(slices.Clone(app.Columns()), db.Columns{"focus_log": {"at": {Class: db.Candidate, Keep: db.KeepWords}}})
	if found := unsaid(more, attemptweb.Keeps()); len(found) != 1 || !strings.Contains(found[0], "focus_log") {
		t.Errorf("a new table without a sentence is not found: %q", found)
	}
	if found := unsaid(app.Columns(), attemptweb.Keeps()[1:]); len(found) == 0 {
		t.Error("a sentence that is gone is not missed")
	}
}

// unsaid are tables without a sentence, and sentences without a table or a text.
func unsaid(columns []db.Columns, sentences []attemptweb.Kept) (out []string) {
	said := map[string]bool{}
	l := locale.For("en")
	for _, s := range sentences {
		if text := l.T("attempt.kept_" + s.Key); text == "" || strings.Contains(text, "kept_") {
			out = append(out, s.Key+" has no text")
		}
		for _, table := range s.Tables {
			said[table] = true
		}
	}
	for _, c := range columns {
		for table, cols := range c {
			here := said[table]
			delete(said, table)
			for _, col := range cols {
				if (col.Class == db.Candidate || col.Class == db.Secret) && !here && notActivity[table] == "" {
					out = append(out, table+" holds something of a candidate's, and no sentence of the first page says so")
					break
				}
			}
		}
	}
	for table := range said {
		out = append(out, "a sentence is about "+table+", which is not there")
	}
	return out
}

// TestKindsSayWhatTheyKeep: who runs keeps runs, who has a repository keeps pushes, who records keeps recordings.
func TestKindsSayWhatTheyKeep(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	for _, k := range w.app.Kinds {
		var says []item.Keeps
		if keeper, ok := k.(item.Keeper); ok {
			says = keeper.Keeps()
		}
		_, records := k.(item.Recorder)
		if records != slices.Contains(says, item.KeepsRecordings) {
			t.Errorf("%s does not say that it keeps recordings", k.Name())
		}
		if _, ok := k.(item.Doer); ok && !records && !slices.Contains(says, item.KeepsRuns) {
			t.Errorf("%s does not say that it keeps runs", k.Name())
		}
		if _, ok := k.(item.Hoster); ok && !slices.Contains(says, item.KeepsPushes) {
			t.Errorf("%s does not say that it keeps pushes", k.Name())
		}
	}
}

// inferring are words of columns and routes that would say something about AI other than what the candidate disclosed.
var inferring = regexp.MustCompile(`(?i)(^|[_./ ])(ai|llm|gpt|detect|detector|detected|suspicion|suspicious|authorship|generated|human|likelihood|paste|pastes|jump_|keystroke|focus|blur|camera)($|[_./ ])`)

// TestUseOfAIIsNeverInferred: no column is about it, no route but the candidate's own writes a disclosure, and no code but the candidate's saves
// and what shows them touches one.
func TestUseOfAIIsNeverInferred(t *testing.T) {
	t.Parallel()
	for _, c := range app.Columns() {
		for table, cols := range c {
			for col := range cols {
				if inferring.MatchString(table) || inferring.MatchString(col) {
					t.Errorf("%s.%s", table, col)
				}
			}
		}
	}
	if !inferring.MatchString("ai_share") || !inferring.MatchString("is_generated") {
		t.Error("the words find nothing")
	}
	w := makeWorld(t, "")
	writes := 0
	for _, r := range w.routes {
		if inferring.MatchString(r.Action) || inferring.MatchString(r.Pattern) && !strings.Contains(r.Pattern, "/jumps") {
			t.Errorf("%s, %s", r.Action, r.Pattern)
		}
		if !strings.Contains(r.Pattern, "disclosure") {
			continue
		}
		writes++
		if r.Auth != web.Candidate {
			t.Errorf("%s is not the candidate's alone", r.Pattern)
		}
	}
	if writes != 2 {
		t.Errorf("%d routes of disclosures; want reading and writing", writes)
	}
	may := map[string]string{
		"attempt/disclosure.go": "the rules", "attempt/save.go": "the candidate's saves", "attempt/send.go": "the receipt and the freezing", "attempt/late.go": "it is no late work", "attempt/submission.go": "for readers",
		"attempt/attemptweb": "the form, the receipt", "review/work.go": "for readers", "review/sheet.go": "names are struck", "review/reviewweb/said.templ": "shown", "review/reviewweb/said_templ.go": "shown", "privacy/privacy.go": "the export",
	}
	touches := regexp.MustCompile(`\b(DisclosureKey|ReadDisclosure|Disclosure|sendSaid)\b|Work\.Said|"/said"`)
	sources(t, func(name, text string) {
		if _, ok := may[name]; ok || strings.HasPrefix(name, "attempt/attemptweb/") {
			return
		}
		if at := touches.FindString(text); at != "" {
			t.Errorf("%s touches disclosures: %s", name, at)
		}
	})
}

// sources reads the program's own Go and templ files, without tests.
func sources(t *testing.T, fn func(name, text string)) {
	t.Helper()
	root := filepath.Join("..")
	n := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, "_test.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") {
			return err
		}
		raw, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		n++
		fn(filepath.ToSlash(name), string(raw))
		return err
	})
	if err != nil || n < 300 {
		t.Fatalf("%d files, %v", n, err)
	}
}

// watched are events by which a page could log people: when it is left, what is pasted, which keys are pressed.
var watched = regexp.MustCompile("[\"'`](visibilitychange|blur|focusout|copy|cut|paste|keydown|keyup|keypress|beforeinput|mousemove|mouseleave|devicemotion|deviceorientation|pagehide)[\"'`]")

// sending is how a script sends something, and recording what no script of ours may ask for.
var (
	sending   = regexp.MustCompile(`\bfetch\(|sendBeacon|XMLHttpRequest|WebSocket|EventSource`)
	recording = regexp.MustCompile(`getUserMedia|getDisplayMedia|geolocation|sendBeacon|IdleDetector|RTCPeerConnection|ImageCapture`)
)

// recorder is the one script that may ask for the camera, the microphone and the screen: it does so at the press of a button, after the candidate
// agreed, and only on the page of an answer that is recorded.
var recorder = regexp.MustCompile(`^recorder-\w+\.js$`)

// framed are libraries' scripts in frames of nobody's origin, whose policy (default-src 'none') lets nothing out: see web's frame and TestADesign.
var framed = regexp.MustCompile(`^\w+\.frame-\w+\.js$`)

// TestNothingWatches: no other shipped script asks for a camera, a microphone, the screen or a place; and among those that send something, these are all
// that listen to keys, to leaving the page or to pasting.
func TestNothingWatches(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"visibilitychange": 1, // autosave.ts: what waits is saved before a page goes to the background
		"pagehide":         4, // autosave.ts, draft.island.ts, question.island.ts: likewise before it goes
		"paste":            1, // designfiles.island.ts: a picture that is pasted is added; nobody is told that it was
		"keydown":          1, // page.ts: Escape shuts a menu
	}
	got := map[string]int{}
	sends := 0
	bundles, err := filepath.Glob("../web/dist/*.js")
	if err != nil || len(bundles) < 20 {
		t.Fatalf("%d bundles, %v", len(bundles), err)
	}
	for _, b := range bundles {
		raw, err := os.ReadFile(b)
		if err != nil {
			t.Fatal(err)
		}
		if at := recording.Find(raw); at != nil && !recorder.MatchString(filepath.Base(b)) {
			t.Errorf("%s asks for %s", filepath.Base(b), at)
		}
		if !sending.Match(raw) || framed.MatchString(filepath.Base(b)) {
			continue
		}
		sends++
		for _, m := range watched.FindAllSubmatch(raw, -1) {
			got[string(m[1])]++
		}
	}
	if sends < 3 || !maps.Equal(got, want) {
		t.Errorf("%d scripts that send listen to %v; want %v: say here what a new one is for, or take it out", sends, got, want)
	}
}
