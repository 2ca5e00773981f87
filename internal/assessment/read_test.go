package assessment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/assessment"
	"candor/internal/item"
)

// edited is the small assessment with one piece of a file replaced.
func edited(t testing.TB, path, old, new string) fstest.MapFS {
	t.Helper()
	tree := small()
	text := string(tree[path].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", path, old)
	}
	tree[path] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
	return tree
}

func TestMistakesAreNamedWithFileLineAndColumn(t *testing.T) {
	const top, pick, tell = "assessment.yaml", "items/pick/item.yaml", "items/tell-us/item.yaml"
	solid := "Can be followed at the first reading."
	for _, c := range []struct{ path, old, new, want string }{
		// the syntax of YAML
		{top, "rubric:", "rubric: [", "assessment.yaml:15:1: error: A list above is not closed: a comma or ] is missing before this."},
		{top, "title: Small", "title: 'Small", "assessment.yaml:3:8: error: This text is not closed: the quote at its end is missing."},
		{top, "title: Small", "title: Small: and good", "assessment.yaml:3:8: error: A colon stands where it has no meaning. Put a text with a colon in quotes."},
		{top, "title: Small", "title: Small\n\tabout: x", "assessment.yaml:4:1: error: A tab cannot indent YAML. Use spaces."},
		{top, "title: Small", "title: Small\ntitle: Large", `assessment.yaml:4:1: error: The key "title" stands twice; it is in line 3 already.`},
		{top, "title: Small", "title: Small\r\nabuot: x\r", "assessment.yaml:4:1: error: unknown field \"abuot\"; here may stand about, ai, candor, collaboration, parts, reply_days, rubric, title."},
		{top, "# a comment", "\ufeff# a comment", "assessment.yaml:1:1: error: This file begins with a byte order mark. Save it as UTF-8 without one."},
		{top, "title: Small", "title: \xff", "assessment.yaml: error: This file is not UTF-8. Save it as UTF-8."},
		{top, "title: Small", `title: "Sm\0all"`, "assessment.yaml:3:8: error: There is a control character in this text."},
		{top, "ai: {policy: allowed}", "ai: &all {policy: allowed}", "assessment.yaml:5:5: error: Anchors and aliases are not read here; write it out."},
		{top, "title: Small", "title: !!str Small", "assessment.yaml:3:8: error: Tags are not read here; leave it out."},
		{top, "parts:", "---\nparts:", "assessment.yaml:1:1: error: Write one YAML document here."},
		// fields and types
		{top, "reply_days: 5", "replydays: 5", "assessment.yaml:6:1: error: unknown field \"replydays\"; here may stand about, ai, candor, collaboration, parts, reply_days, rubric, title."},
		{top, "reply_days: 5", "reply_days: soon", "assessment.yaml:6:13: error: Here stands a whole number."},
		{top, "reply_days: 5", "reply_days: 5.5", "assessment.yaml:6:13: error: Here stands a whole number."},
		{top, "reply_days: 5", "reply_days:", "assessment.yaml:6:12: error: There is nothing here. Write a value, or leave the line out."},
		{top, "title: Small", "title: 1.50", "assessment.yaml:3:8: error: Write this in quotes; YAML reads it as 1.5."},
		{top, "title: Small", "title: [Small]", "assessment.yaml:3:8: error: Here stands one value, not a list or fields."},
		{top, "weight: 2", "weight: heavy", "assessment.yaml:19:51: error: Here stands a number."},
		{top, "items: [tell-us]", "items: tell-us", "assessment.yaml:11:12: error: Here stands a list."},
		{pick, "correct: true", "correct: yes", "items/pick/item.yaml:6:30: error: Here stands true or false."},
		// what the assessment says
		{top, "candor: 1", "candor: 2", "assessment.yaml:2:9: error: Write candor: 1, the version of this format."},
		{top, "reply_days: 5", "reply_days: 61", "assessment.yaml:6:13: error: reply_days is 1 to 60 working days, or left out."},
		{top, "policy: allowed", "policy: secret", `assessment.yaml:5:14: error: policy is forbidden, allowed or expected; this says "secret".`},
		{top, "policy: allowed", "policy: disclosed", "assessment.yaml:5:14: warning: disclosed is an older word; write allowed."},
		{top, "policy: allowed", "policy: not_allowed", "assessment.yaml:5:14: warning: not_allowed is an older word; write forbidden."},
		{top, "policy: allowed", "policy: expected", "assessment.yaml:5:14: warning: Say in text what AI tools are expected to be used for; candidates cannot guess it."},
		{top, "policy: allowed", "policy: allowed, text: " + strings.Repeat("x", 601), "assessment.yaml:5:29: error: This is longer than 600 characters."},
		{top, "{item: pick}", "{item: pick, ai: {policy: maybe}}", `assessment.yaml:19:39: error: policy is forbidden, allowed or expected; this says "maybe".`},
		{top, "{item: pick}", "{item: pick, ai: {policy: allowed}}", "assessment.yaml:19:30: warning: This says what holds here anyway; leave it out."},
		{top, "minutes: 10", "minutes: 10\n    ai: {policy: allowed}", "assessment.yaml:19:9: warning: This says what holds here anyway; leave it out."},
		{top, "ai: {policy: allowed}\n", "", "assessment.yaml:2:1: warning: There is no ai policy; allowed is assumed. Candidates ask."},
		{top, "minutes: 10", "minutes: 90", "assessment.yaml:16:3: warning: This asks for 90 minutes. Over 60 unpaid minutes people decline, and the best first; pay for them, or cut."},
		{top, "minutes: 10", "minutes: 10\n    timed: 5", "assessment.yaml:19:12: error: The clock (5 min) is shorter than the advertised time (10 min)."},
		{top, "minutes: 10", "minutes: 10\n    device: phone", "assessment.yaml:19:13: error: device is computer, or is left out."},
		{top, "key: all", "key: All of it", `assessment.yaml:16:10: error: A key is small letters, digits and single hyphens, such as review-the-form; this is "All of it".`},
		{top, "{item: pick}", "{item: tell-us}", `assessment.yaml:19:37: error: The item "tell-us" stands twice.`},
		{top, "{item: pick}", "{item: pock}", "assessment.yaml:19:20: error: There is no file items/pock/item.yaml."},
		{top, "{item: pick}", "{item: ../../etc}", `assessment.yaml:19:20: error: A key is small letters, digits and single hyphens, such as review-the-form; this is "../../etc".`},
		{top, "{item: pick}, ", "", "items/pick: warning: No part names this item; candidates will not see it."},
		{top, "about: A small one.", "about: See [the plan](plan.md).", "assessment.yaml:4:8: error: There is no file plan.md."},
		{top, "about: A small one.", "about: See [the notes](notes/for%20us.txt).", "assessment.yaml:4:8: warning: Candidates cannot open notes/for us.txt: files of the folder are not handed out. Put what they need into the text."},
		// the rubric
		{top, "[tell-us]", "[tell-them]", `assessment.yaml:11:13: error: No part has an item "tell-them".`},
		{top, ", anchor: " + solid, "", "assessment.yaml:14:9: error: Say what work on this level looks like."},
		{top, solid, "cannot be followed. ", "assessment.yaml:14:31: error: This anchor is the same as another's; nobody could tell the levels apart."},
		{top, solid, "Very good!", `assessment.yaml:14:31: warning: "Very good!" says nothing a reviewer could hold work against. Say what one sees in it.`},
		{top, solid, "Readable", `assessment.yaml:14:31: warning: "Readable" says nothing a reviewer could hold work against. Say what one sees in it.`},
		{top, solid, "Cannot really be followed.", `assessment.yaml:14:31: warning: "Cannot really be followed." differs from another anchor only in praise or blame. Say what one sees in this work and not in the other.`},
		{top, "      - {name: Solid, anchor: " + solid + "}\n", "", "assessment.yaml:13:7: error: Give 2 to 6 levels, the lowest first; there are 1."},
		{top, "title: Clear", "title: Clear\n    weight: 6", "assessment.yaml:10:13: error: A weight is 1 to 5."},
		// items
		{pick, "kind: choice", "kind: chioce", `items/pick/item.yaml:1:7: error: There is no kind "chioce". Kinds: choice, freetext.`},
		{pick, "kind: choice\n", "", `items/pick/item.yaml:1:1: error: There is no kind "". Kinds: choice, freetext.`},
		{pick, "options: [", "options: [[", "items/pick/item.yaml:6:10: error: This list is not closed: there is no ]."},
		{pick, "correct: true", "correct: false", "items/pick/item.yaml:6:10: error: Mark exactly one option as correct; there are 0."},
		{tell, "minutes: 8", "minutes: 0", "items/tell-us/item.yaml:3:10: error: Say how many minutes this takes, 1 to 600."},
		{tell, "statement: Why?", "statement: Why? [Here](javascript:alert(1)).", `items/tell-us/item.yaml:4:12: error: Links begin with https:, http: or mailto:; this one is not shown: "javascript:alert(1)".`},
		{tell, "statement: Why?", "statement: Why? ![A plan](https://x.example/plan.png)", "items/tell-us/item.yaml:4:12: warning: Pictures of other places are not shown. Say it in words."},
	} {
		_, findings := assessment.Read(edited(t, c.path, c.old, c.new), kinds)
		if len(findings) == 0 || findings[0].String() != c.want {
			t.Errorf("%q -> %q: %v\nwant %s", c.old, c.new, findings, c.want)
		}
	}
	if _, findings := assessment.Read(small(), kinds); len(findings) != 0 {
		t.Errorf("the good one: %v; want no findings", findings)
	}
	if _, findings := assessment.Read(fstest.MapFS{}, kinds); len(findings) != 1 || findings[0].String() != "assessment.yaml: error: This file is missing." {
		t.Errorf("nothing: %v", findings)
	}
}

// TestLinksOfAStatementFile: a text file has lines of its own.
func TestLinksOfAStatementFile(t *testing.T) {
	tree := edited(t, "items/pick/item.yaml", "statement: Which?\n", "")
	tree["items/pick/statement.md"] = &fstest.MapFile{Data: []byte("Which?\n\nSee [ä](../../x.md), [b](../x/../../../../etc/passwd), [c](//x.example) and [the site](https://x.example).\n\n`[no](link.md)`, ![p](p.png)\n")}
	tree["items/pick/p.png"] = &fstest.MapFile{}
	_, findings := assessment.Read(tree, kinds)
	var said []string
	for _, f := range findings {
		said = append(said, f.String())
	}
	want := `items/pick/statement.md:3:9: error: "../../x.md" leads out of the folder.
items/pick/statement.md:3:26: error: "../x/../../../../etc/passwd" leads out of the folder.
items/pick/statement.md:3:60: error: Write the whole address, https://...; "//x.example" begins in the middle.
items/pick/statement.md:5:23: warning: Candidates cannot open p.png: files of the folder are not handed out. Put what they need into the text.`
	if got := strings.Join(said, "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestAllMistakesAreToldAtOnce: an author mends a file in one go, and a file full of them is not read to its end.
func TestAllMistakesAreToldAtOnce(t *testing.T) {
	tree := edited(t, "assessment.yaml", "reply_days: 5", "replydays: 5\nextra: 1")
	tree["items/pick/item.yaml"].Data = append(tree["items/pick/item.yaml"].Data, "more: 1\n"...)
	if _, findings := assessment.Read(tree, kinds); len(findings) != 2 {
		t.Errorf("%v; want both unknown fields", findings)
	}
	var parts strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&parts, "  - {key: K%d, title: T, minutes: 1, items: [{item: X}]}\n", i)
	}
	tree = small()
	tree["assessment.yaml"].Data = []byte("candor: 1\ntitle: Full of mistakes\nparts:\n" + parts.String())
	if _, findings := assessment.Read(tree, kinds); len(findings) < 100 || len(findings) > 300 {
		t.Errorf("%d findings; want a bounded number of them", len(findings))
	}
}

// TestYAMLThatGrowsIsRefusedQuickly: what is small on disk and large in memory or in time.
func TestYAMLThatGrowsIsRefusedQuickly(t *testing.T) {
	var laughs, keys strings.Builder
	laughs.WriteString("title: &l0 ha\n")
	for i := range 30 {
		fmt.Fprintf(&laughs, "x%d: &l%d [*l%d, *l%d, *l%d]\n", i, i+1, i, i, i)
	}
	for i := range 80_000 {
		fmt.Fprintf(&keys, "k%d: b\n", i)
	}
	for name, c := range map[string]struct{ text, want string }{
		"a billion laughs":   {laughs.String(), "assessment.yaml:1:8: error: Anchors and aliases"},
		"an alias of itself": {"title: &a [*a]\n", "assessment.yaml:1:8: error: Anchors and aliases"},
		"merged keys":        {"<<: {title: x}\n", "assessment.yaml:1:1: error: Anchors and aliases"},
		"nested lists":       {"title: " + strings.Repeat("[", 100_000), "assessment.yaml:1:58: error: This is nested too deeply."},
		"nested fields":      {"title: " + strings.Repeat("{a: ", 60_000), "assessment.yaml:1:208: error: This is nested too deeply."},
		"lists in a line":    {"title:\n  " + strings.Repeat("- ", 400_000), "assessment.yaml:2:1: error: This is nested too deeply."},
		"keys":               {keys.String(), "assessment.yaml: error: There is too much in this file"},
		"keys of one":        {keys.String()[:40_000], "assessment.yaml:2001:6: error: There are too many keys in this file."},
		"a long file":        {strings.Repeat("#\n", 1<<20), "assessment.yaml: error: This file is larger than 1 MiB."},
	} {
		began := cpu(t)
		_, findings := assessment.Read(fstest.MapFS{"assessment.yaml": {Data: []byte(c.text)}}, kinds)
		if len(findings) != 1 || !strings.HasPrefix(findings[0].String(), c.want) {
			t.Errorf("%s: %.300v; want %s", name, findings, c.want)
		}
		if used := cpu(t) - began; used > 10*time.Second {
			t.Errorf("%s took %v of CPU", name, used)
		}
	}
}

// FuzzRead: whatever stands in the files, reading ends with findings that point into them.
func FuzzRead(f *testing.F) {
	for path, file := range small() {
		if strings.HasSuffix(path, ".yaml") {
			f.Add(string(file.Data))
		}
	}
	for _, s := range []string{"", "\ufeff", "a: [", "a: &x [*x]", "? a\n: b", "--- |\n a\n...\n", "{a: {b: [c, d]}}", "\"\\x00\"", "- - - a", "a: >-\n  b\n", "[Here](x)", "a:\n\tb", "<<: *a", "title: .inf", "title: 0o7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree := small()
		for _, path := range []string{"assessment.yaml", "items/pick/item.yaml", "items/tell-us/item.yaml", "items/tell-us/statement.md"} {
			tree[path] = &fstest.MapFile{Data: []byte(text)}
			v, findings := assessment.Read(tree, kinds)
			if v == nil && !item.Failed(findings) {
				t.Errorf("%s: neither a version nor an error", path)
			}
			lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 2
			for _, f := range findings {
				if f.Path == "" || f.Text == "" || f.Path == path && (f.Line < 0 || f.Line > lines) {
					t.Errorf("%s: %q (%d lines)", path, f, lines)
				}
			}
			tree = small()
		}
	})
}

// TestAnItemHasItsOwnPolicy_OrItsPartsOrTheAssessments: the nearest word holds.
func TestAnItemHasItsOwnPolicy_OrItsPartsOrTheAssessments(t *testing.T) {
	for _, c := range []struct{ old, new, part, pick, tell string }{
		{"", "", "allowed", "allowed", "allowed"},
		{"minutes: 10", "minutes: 10\n    ai: {policy: forbidden, text: Alone.}", "forbidden Alone.", "forbidden Alone.", "forbidden Alone."},
		{"{item: pick}", "{item: pick, ai: {policy: expected, text: As at work.}}", "allowed", "expected As at work.", "allowed"},
	} {
		v, found := assessment.Read(edited(t, "assessment.yaml", c.old, c.new), kinds)
		if item.Failed(found) {
			t.Fatal(found)
		}
		part := v.Parts[0]
		say := func(a assessment.AI) string { return strings.TrimSpace(string(a.Policy) + " " + a.Text) }
		pick, _ := part.Item("pick")
		tell, _ := part.Item("tell-us")
		if got := []string{say(v.PartPolicy(part)), say(v.Policy(part, pick)), say(v.Policy(part, tell))}; !slices.Equal(got, []string{c.part, c.pick, c.tell}) {
			t.Errorf("%q: policies %q; want %q", c.new, got, []string{c.part, c.pick, c.tell})
		}
	}
}
