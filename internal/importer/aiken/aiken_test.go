package aiken_test

import (
	"os"
	"testing"

	"candor/internal/importer/aiken"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

func TestCarried(t *testing.T) {
	const good = "What is <b>?\nA) a tag\nB. nothing\nANSWER: A\n"
	for name, c := range map[string]struct{ text, want string }{
		"good":              {good, "1 What is <b>? [multiple choice] -> what-is-b (choice)\n"},
		"Windows lines":     {"Q?\r\nA) x\r\nB) y\r\nANSWER: B\r\n", "1 Q? [multiple choice] -> q (choice)\n"},
		"two lines":         {"Q\nand more\nA) x\nstill x\nB) y\nANSWER: B", "1 Q and more [multiple choice] -> q-and-more (choice)\n"},
		"no answer":         {"Q?\nA) x\nB) y\n\n" + good, "1 Q? [multiple choice] not carried: There is no line ANSWER: under its options.\n2 What is <b>? [multiple choice] -> what-is-b (choice)\n"},
		"another letter":    {"Q?\nA) x\nB) y\nANSWER: C\n", "1 Q? [multiple choice] not carried: Its answer is “C”, which is none of its 2 options; Aiken has one right answer.\n"},
		"two right":         {"Q?\nA) x\nB) y\nANSWER: A,B\n", "1 Q? [multiple choice] not carried: Its answer is “A,B”, which is none of its 2 options; Aiken has one right answer.\n"},
		"one option":        {"Q?\nA) x\nANSWER: A\n", "1 Q? [multiple choice] not carried: The kind choice does not take it: Give 2 to 20 options.\n"},
		"no question":       {"A) x\nB) y\nANSWER: A\n\n" + good, "1 A) x B) y [multiple choice] not carried: Its answer is “A”, which is none of its 0 options; Aiken has one right answer.\n2 What is <b>? [multiple choice] -> what-is-b (choice)\n"},
		"an option skipped": {"Q?\nA) x\nC) y\nB) z\nANSWER: B\n", "1 Q? [multiple choice] -> q (choice)\n"},
	} {
		r := quiztest.Read(t, aiken.Format{}, "q.txt", c.text)
		if got := r.Questions(); got != c.want {
			t.Errorf("%s:\n%swant\n%s", name, got, c.want)
		}
	}
	r := quiztest.Read(t, aiken.Format{}, "q.txt", good)
	if quiztest.Mark(t, r, "0") != 1 || quiztest.Mark(t, r, "1") != 0 {
		t.Error("A is not the right answer")
	}
}

func TestSample(t *testing.T) {
	raw, err := os.ReadFile(quiztest.Samples(t, "aiken/questions.aiken.txt"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "1 The Moodle project was started by: [multiple choice] -> the-moodle-project-was-started-by (choice)\n" +
		"2 Moodle's abilities include handling user input that includes <html class=\"cool\"> & images: [multiple choice] -> moodle-s-abilities-include-handling-user-input-that (choice)\n"
	if got := quiztest.Read(t, aiken.Format{}, "questions.aiken.txt", string(raw)).Questions(); got != want {
		t.Errorf("report:\n%swant\n%s", got, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Q?\nA) x\nB) y\nANSWER: B\n")
	f.Add("A. x\n\nANSWER: Z")
	f.Add("\x00Q\nA) \nANSWER:")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := quiz.Read([]quiz.Format{aiken.Format{}}, quiztest.Kinds, quiz.Source{Name: "f", Data: []byte(s)}); err == nil && len(r.Rows) < 20 {
			quiztest.Whole(t, "fuzz", r)
		}
	})
}
