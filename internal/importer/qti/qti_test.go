package qti_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/importer/qti"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

// declare is a response declaration.
func declare(id, cardinality, base, mapping string, correct ...string) string {
	out := fmt.Sprintf(`<responseDeclaration identifier=%q cardinality=%q baseType=%q>`, id, cardinality, base)
	if len(correct) > 0 {
		out += "<correctResponse><value>" + strings.Join(correct, "</value><value>") + "</value></correctResponse>"
	}
	return out + mapping + "</responseDeclaration>"
}

const (
	match = `<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>`
	mapIt = `<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>`
)

func item(declarations, body, processing string) string {
	return `<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="Q" adaptive="false" timeDependent="false">` + declarations + "<itemBody>" + body + "</itemBody>" + processing + "</assessmentItem>"
}

const choices = `<choiceInteraction responseIdentifier="R" shuffle="false" maxChoices="0"><prompt>Which?</prompt><simpleChoice identifier="a">A</simpleChoice><simpleChoice identifier="b">B</simpleChoice><simpleChoice identifier="c">C</simpleChoice></choiceInteraction>`

func TestCarried(t *testing.T) {
	mapping := func(entries string) string {
		return `<mapping lowerBound="0" defaultValue="0">` + entries + `</mapping>`
	}
	for name, c := range map[string]struct {
		xml, report string
		file        map[string]string
		marks       map[string]float64
	}{
		"single":   {item(declare("R", "single", "identifier", "", "b"), choices, match), "1 Q [choiceInteraction] -> q (choice)\n", map[string]string{"items/q/item.yaml": "statement: Which?"}, map[string]float64{"1": 1, "0": 0}},
		"multiple": {item(declare("R", "multiple", "identifier", "", "a", "b"), choices, match), "1 Q [choiceInteraction] -> q (choice)\n", nil, map[string]float64{"0,1": 1, "0": 0, "0,1,2": 0}},
		"mapped":   {item(declare("R", "multiple", "identifier", mapping(`<mapEntry mapKey="a" mappedValue="1"/><mapEntry mapKey="b" mappedValue="3"/><mapEntry mapKey="c" mappedValue="-2"/>`), "a", "b"), choices, mapIt), "1 Q [choiceInteraction] -> q (choice)\n", nil, map[string]float64{"0": .25, "0,1": 1, "1,2": .25}},
		"text":     {item(declare("R", "single", "string", mapping(`<mapEntry mapKey="York" mappedValue="1" caseSensitive="false"/><mapEntry mapKey="Yorkshire" mappedValue="0.5" caseSensitive="false"/>`), "York"), `<p>Sun of <textEntryInteraction responseIdentifier="R"/>!</p>`, mapIt), "1 Q [textEntryInteraction] -> q (choice)\n", map[string]string{"items/q/item.yaml": `Sun of \\_\\_\\_\\__ !`}, map[string]float64{"york": 1, "Yorkshire": .5}},
		"exact":    {item(declare("R", "single", "string", "", "York"), `<p><textEntryInteraction responseIdentifier="R"/> is it</p>`, match), "1 Q [textEntryInteraction] -> q (choice)\n", nil, map[string]float64{"York": 1, "york": 0}},
		"number": {item(declare("R", "single", "float", "", "20"), `<p>x = <textEntryInteraction responseIdentifier="R"/></p>`, `<responseProcessing><responseCondition><responseIf><equal toleranceMode="relative" tolerance="10 10"><variable identifier="R"/><correct identifier="R"/></equal><setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf></responseCondition></responseProcessing>`),
			"1 Q [textEntryInteraction] -> q (choice)\n  - Its own rules for scoring are a program and are not run: the answers that it declares as right decide.\n", nil, map[string]float64{"22": 1, "22.5": 0}},
		"essay": {item(declare("R", "single", "string", ""), `<extendedTextInteraction responseIdentifier="R"><prompt>Tell</prompt></extendedTextInteraction>`, ""), "1 Q [extendedTextInteraction] -> q (freetext)\n", nil, nil},
		"two interactions": {item(declare("R", "single", "identifier", "", "b")+declare("S", "single", "identifier", "", "y"), `<p>Read <inlineChoiceInteraction responseIdentifier="S"><inlineChoice identifier="x">X</inlineChoice><inlineChoice identifier="y">Y</inlineChoice></inlineChoiceInteraction></p>`+choices, match),
			"1 Q [inlineChoiceInteraction, choiceInteraction] -> q-1 (choice) -> q-2 (choice)\n  - Its 2 interactions are questions of their own now, with their numbers in the text where they stood in it.\n",
			map[string]string{"items/q-1/statement.md": "Read (1)\n\nWhat belongs at (1)?", "items/q-2/statement.md": "Which?", "assessment.yaml": "weight: 0.5"}, map[string]float64{"1": 1}},
		"match":    {item(declare("R", "multiple", "directedPair", "", "a x", "b y"), `<matchInteraction responseIdentifier="R"><prompt>Pair</prompt><simpleMatchSet><simpleAssociableChoice identifier="a" matchMax="1">A</simpleAssociableChoice><simpleAssociableChoice identifier="b" matchMax="1">B</simpleAssociableChoice><simpleAssociableChoice identifier="c" matchMax="1">C</simpleAssociableChoice></simpleMatchSet><simpleMatchSet><simpleAssociableChoice identifier="x" matchMax="9">X</simpleAssociableChoice><simpleAssociableChoice identifier="y" matchMax="9">Y</simpleAssociableChoice></simpleMatchSet></matchInteraction>`, match), "1 Q [matchInteraction] -> q-1 (choice) -> q-2 (choice)\n  - Nothing belongs to “C”; it is not asked for.\n  - Its 2 parts are questions of their own now, each with all answers to choose from.\n", nil, map[string]float64{"0": 1}},
		"order":    {item(declare("R", "ordered", "identifier", "", "a"), `<orderInteraction responseIdentifier="R"/>`, match), "1 Q [orderInteraction] not carried: It asks for putting things in order (orderInteraction), which is no kind of question here.\n", nil, nil},
		"unknown":  {item("", `<magicInteraction/>`, ""), "1 Q [magicInteraction] not carried: It asks for an interaction that is not known (magicInteraction), which is no kind of question here.\n", nil, nil},
		"survey":   {item(declare("R", "single", "identifier", ""), choices, ""), "1 Q [choiceInteraction] not carried: It says of no answer that it is right.\n", nil, nil},
		"nothing":  {item("", "<p>Read</p>", ""), "1 Q [item] not carried: It asks nothing: there is no interaction in it.\n", nil, nil},
		"template": {item(`<templateDeclaration identifier="T" cardinality="single" baseType="integer"/>`, choices, ""), "1 Q [item] not carried: Its text is made anew for each person by a template.\n", nil, nil},
		"3.0": {`<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="Q"><qti-response-declaration identifier="R" cardinality="single" base-type="identifier"><qti-correct-response><qti-value>b</qti-value></qti-correct-response></qti-response-declaration><qti-item-body><qti-rubric-block view="scorer" use="scoring"><p>for us</p></qti-rubric-block><qti-choice-interaction response-identifier="R" max-choices="1" shuffle="true"><qti-prompt>Which?</qti-prompt><qti-simple-choice identifier="a">A<script>alert(1)</script></qti-simple-choice><qti-simple-choice identifier="b" fixed="true"><b onclick="x()">B</b></qti-simple-choice></qti-choice-interaction></qti-item-body><qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct"/></qti-assessment-item>`,
			"1 Q [choiceInteraction] -> q (choice)\n  - Words for scorer are not carried: for us\n  - A script was left out.\n  - Options that stay in their place are shuffled with the others.\n  - A script in an attribute (onclick) was left out.\n", map[string]string{"items/q/item.yaml": "shuffle: true"}, map[string]float64{"1": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			r := quiztest.Read(t, qti.Format{}, "q.xml", c.xml)
			if got := r.Questions(); got != c.report {
				t.Errorf("report:\n%swant\n%s", got, c.report)
			}
			for file, want := range c.file {
				if got := quiztest.File(t, r, file); !strings.Contains(got, want) {
					t.Errorf("%s:\n%s\nwant %q in it", file, got, want)
				}
			}
			for answer, want := range c.marks {
				if got := quiztest.Mark(t, r, answer); got-want > 1e-9 || want-got > 1e-9 {
					t.Errorf("the mark of %q = %v; want %v", answer, got, want)
				}
			}
		})
	}
}

// TestPackages: a test gives the order and the weights, its pictures and shared texts come from the package, and a broken item is named.
func TestPackages(t *testing.T) {
	choice := item(declare("R", "single", "identifier", "", "b"), `<p><img src="../pictures/a.png" alt="a chart"/></p>`+choices, match)
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"imsmanifest.xml":   "<manifest/>",
		"test.xml":          `<assessmentTest identifier="t" title="The test"><testPart identifier="p" navigationMode="linear" submissionMode="simultaneous"><timeLimits maxTime="60"/><assessmentSection identifier="s" title="S" visible="true"><assessmentItemRef identifier="two" href="items/two.xml"><weight identifier="W" value="3"/></assessmentItemRef><assessmentItemRef identifier="gone" href="items/gone.xml"/><assessmentItemRef identifier="one" href="items/one.xml"/></assessmentSection></testPart></assessmentTest>`,
		"items/one.xml":     choice,
		"items/two.xml":     strings.Replace(choice, `title="Q"`, `title="Two"`, 1),
		"items/three.xml":   strings.Replace(choice, `title="Q"`, `title="Three"`, 1),
		"items/broken.xml":  "<assessmentItem><itemBody></assessmentItem>",
		"pictures/a.png":    "\x89PNG\r\n\x1a\n",
		"pictures/evil.svg": "<svg onload='x()'/>",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	r, err := quiz.Read([]quiz.Format{qti.Format{}}, quiztest.Kinds, quiz.Source{Name: "p.zip", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	quiztest.Whole(t, "package", r)
	const lost = "  - The picture pictures/a.png lies beside the item; candidates do not see pictures yet. Say in words what it shows.\n"
	want := "1 items/broken.xml [item] not carried: items/broken.xml, line 1, column 44: this is broken XML (element <itemBody> closed by </assessmentItem>).\n" +
		"2 Two [choiceInteraction] -> two (choice)\n" + lost +
		"3 gone [item] not carried: The file items/gone.xml that the test names is not here. Export the whole package.\n" +
		"4 Q [choiceInteraction] -> q (choice)\n" + lost + "5 Three [choiceInteraction] -> three (choice)\n" + lost
	if got := r.Questions(); got != want {
		t.Errorf("report:\n%swant\n%s", got, want)
	}
	if r.Title != "The test" || !strings.Contains(quiztest.File(t, r, "assessment.yaml"), "weight: 3") || !strings.HasPrefix(r.Lost[0], "Time limits") {
		t.Errorf("%q, %q:\n%s", r.Title, r.Lost, quiztest.File(t, r, "assessment.yaml"))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(item(declare("R", "multiple", "identifier", "", "a"), choices, match))
	f.Add(item(declare("R", "single", "float", "<mapping><mapEntry/></mapping>", "x"), `<textEntryInteraction responseIdentifier="R"/>`, mapIt))
	f.Add(item(declare("R", "multiple", "directedPair", "", "a g", "b"), `<gapMatchInteraction responseIdentifier="R"><gapText identifier="a">x</gapText><p><gap identifier="g"/></p></gapMatchInteraction>`, match))
	f.Add(`<assessmentTest><assessmentItemRef href="../../x"/></assessmentTest>`)
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := quiz.Read([]quiz.Format{qti.Format{}}, quiztest.Kinds, quiz.Source{Name: "f", Data: []byte(s)}); err == nil && len(r.Rows) < 20 {
			quiztest.Whole(t, "fuzz", r)
		}
	})
}
