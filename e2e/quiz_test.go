package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// someQuiz has a question that is carried, one that loses something, one that becomes two, and one that is not carried.
const someQuiz = `<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="truefalse"><name><text>אם כן</text></name><questiontext format="html"><text>&lt;b&gt;Is&lt;/b&gt; it so?</text></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
<question type="multichoice"><name><text>Hostile</text></name><questiontext format="html"><text>&lt;script&gt;document.title = "run"&lt;/script&gt;
&lt;img src="http://elsewhere.example/a.png" alt="A tower" onerror="document.title = 'run'"&gt; &lt;a href="javascript:document.title='run'"&gt;Which?&lt;/a&gt;</text></questiontext>
<single>true</single><answer fraction="100"><text>one</text></answer><answer fraction="50"><text>two</text></answer></question>
<question type="matching"><name><text>Capitals</text></name><questiontext format="html"><text>Pair</text></questiontext>
<subquestion><text>Italy</text><answer><text>Rome</text></answer></subquestion><subquestion><text>Norway</text><answer><text>Oslo</text></answer></subquestion></question>
<question type="calculated"><name><text>Drawn</text></name><questiontext format="html"><text>{a} + {b}</text></questiontext></question>
</quiz>`

// TestAQuizBecomesADraft: an author brings files of other programs, reads what becomes of each question, and presses once.
func TestAQuizBecomesADraft(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, _ := company(t, s, attempttest.Tree)
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}

	p := browser.New(t)
	p.Look(browser.Desk)
	p.Bring(s.URL, owner.cookies)
	p.Go(s.URL + org + "/assessments")
	p.Follow(`a[href$="/quiz"]`)
	p.Sees("nothing is kept yet")
	lookAt(t, p, "quiz-empty")
	p.Allow("422") // the page comes back with what is wrong
	p.Upload("#file", file("cut.xml", someQuiz[:500]))
	p.Follow(`button.primary`)
	p.Sees("cut.xml, line")
	lookAt(t, p, "quiz-error")

	p.Upload("#file", file("screen.xml", someQuiz))
	p.Follow(`button.primary`)
	p.Sees("4 questions of Moodle XML. 3 can be carried, 1 cannot; they become 4 items. 2 of them lose something.")
	p.Value(`document.querySelectorAll("main details").forEach(d => d.open = true)`)
	p.Sees("A script was left out.")
	p.Sees("Its numbers are drawn for each person anew.")
	lookAt(t, p, "quiz-checked")
	p.Value(`document.querySelector("#title").value = ""`)
	p.Value(`document.querySelector("#title").form.noValidate = true`)
	p.Follow(`form[action$="/draft"] button`)
	p.Sees("Please fill this in.")
	p.Type("#title", "A screen of ours")
	p.Follow(`form[action$="/draft"] button`)
	p.Sees("A screen of ours, version 1")
	p.Sees("[Picture: A tower]")
	if title := p.Value(`document.title`); title == "run" {
		t.Error("a script of the file ran")
	}

	// Without script, and what cannot be carried at all.
	p.Script(false)
	p.Go(s.URL + org + "/quiz")
	p.Upload("#file", file("q.gift", "Read this.\n\n::Broken::x {a b}"))
	p.Follow(`button.primary`)
	p.Sees("There is nothing to make a draft of.")
	p.Upload("#file", file("q.txt", "Which?\nA) one\nB) two\nANSWER: B\n"))
	p.Follow(`form[enctype] button`)
	p.Follow(`form[action$="/draft"] button`)
	p.Sees("q, version 1")
	p.Script(true)
}
