package judge_test

import (
	"testing"

	"candor/internal/judge/judgetest"
)

func TestMain(m *testing.M) { judgetest.Main(m) }

func TestEveryLanguageAnswers(t *testing.T) {
	for _, f := range judgetest.New(t).Probe(t.Context()) {
		t.Logf("%s %s %s", f.Language, f.Version, f.Frameworks)
		if !f.Ready {
			t.Errorf("%s is not offered: %s (packages %v)", f.Name, f.Why, f.Packages)
		}
		if len(f.Missing) > 0 {
			t.Errorf("%s lacks %s", f.Name, f.Missing)
		}
		if f.Version == "" {
			t.Errorf("%s tells no version", f.Name)
		}
	}
}
