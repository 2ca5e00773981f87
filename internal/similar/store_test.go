package similar_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"candor/internal/similar"
)

// TestStore: an index comes back from its file and says the same; added one at a time or all at once makes no difference.
func TestStore(t *testing.T) {
	_, texts := cohort(rand.New(rand.NewPCG(3, 3)), "python", 30)
	texts = append(texts, texts[4])
	x, want := compare(t, ".py", texts)
	var file bytes.Buffer
	if err := x.Save(&file); err != nil {
		t.Fatal(err)
	}
	back, err := similar.Load(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := back.Compare(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Pairs, want.Pairs) || !reflect.DeepEqual(back.Prints, x.Prints) {
		t.Error("a stored index says something else")
	}
	print := (&similar.Starter{}).Print(similar.Document{Name: "new", Files: []similar.File{{Name: "n.py", Data: texts[7]}}}, nil)
	back.Add(print)
	x.Add(print)
	one, err := back.Compare(t.Context(), nil)
	two, err2 := x.Compare(t.Context(), nil)
	if err != nil || err2 != nil || !reflect.DeepEqual(one.Pairs, two.Pairs) {
		t.Errorf("after adding to the stored index: %v %v, or other pairs", err, err2)
	}
	for cut := 0; cut < file.Len(); cut += 1 + file.Len()/40 {
		if _, err := similar.Load(bytes.NewReader(file.Bytes()[:cut])); !errors.Is(err, similar.ErrFormat) {
			t.Fatalf("cut off after %d of %d bytes: %v; want ErrFormat", cut, file.Len(), err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	x := similar.NewIndex()
	x.Add((&similar.Starter{}).Print(similar.Document{Name: "a", Files: []similar.File{{Name: "a.go", Data: []byte("func f(a int) int { return a * 3 }")}}}, nil))
	var file bytes.Buffer
	if err := x.Save(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte("candor similar 2\n\x02[]\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := similar.Load(bytes.NewReader(data))
		if err != nil {
			return
		}
		if _, err := x.Compare(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAgainst: a copy of a stored program is found at once, and nobody else's; a person's own earlier work is not held against them.
func TestAgainst(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	list, texts := cohort(r, "go", 60)
	x, _ := compare(t, ".go", texts[:50])
	stock := x.Ready()
	against := func(person string, text []byte) []similar.Match {
		return stock.Against((&similar.Starter{}).Print(similar.Document{Name: "new", Person: person, Files: []similar.File{{Name: "n.go", Data: text}}}, nil))
	}
	s := ownStyle(r)
	got := against("", render(disguises[1].do(r, renamed(list[20]), &s), "go", s))
	if got[0].Doc != 20 || got[0].Outcome == similar.Not {
		t.Errorf("a renamed copy of 20: %+v", got[0])
	}
	if got := against("", texts[33]); got[0].Doc != 33 || got[0].Score != 1 || !got[0].Identical {
		t.Errorf("the same as 33: %+v", got[0])
	}
	strong := 0
	for _, text := range texts[50:] {
		if got := against("", text); got[0].Outcome == similar.Strong {
			strong++
		}
	}
	if strong > 0 {
		t.Errorf("%d of 10 innocent programs are called strong evidence", strong)
	}
	x.Add((&similar.Starter{}).Print(similar.Document{Name: "old", Person: "ada", Files: []similar.File{{Name: "n.go", Data: texts[55]}}}, nil))
	stock = x.Ready()
	if got := against("ada", texts[55]); got[0].Identical {
		t.Errorf("one's own earlier attempt is held against one: %+v", got[0])
	}
	if got := against("bob", texts[55]); !got[0].Identical {
		t.Errorf("somebody else's earlier attempt is not found: %+v", got[0])
	}
}

// TestPeople: a person's attempts are not compared with each other and count once for what is rare; the leaked solution counts not at
// all, and archived work is not compared with its like.
func TestPeople(t *testing.T) {
	_, texts := cohort(rand.New(rand.NewPCG(9, 1)), "java", 20)
	x := similar.NewIndex()
	add := func(name, person string, role similar.Role, text []byte) int {
		return x.Add((&similar.Starter{}).Print(similar.Document{Name: name, Person: person, Role: role, Files: []similar.File{{Name: "A.java", Data: text}}}, nil))
	}
	for i, text := range texts[:15] {
		add(fmt.Sprint(i), fmt.Sprint(i), similar.Own, text)
	}
	first, second := add("ada 1", "ada", similar.Own, texts[15]), add("ada 2", "ada", similar.Own, texts[15])
	copied := add("bob", "bob", similar.Own, texts[15])
	leaked, user := add("leak", "leak", similar.Leaked, texts[16]), add("cy", "cy", similar.Own, texts[16])
	old, older := add("old", "", similar.Archived, texts[17]), add("older", "", similar.Archived, texts[17])
	now := add("now", "", similar.Own, texts[17])
	r, err := x.Compare(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b int
		want bool
	}{{first, second, false}, {first, copied, true}, {second, copied, true}, {leaked, user, true}, {old, older, false}, {old, now, true}, {older, now, true}} {
		p, at := pair(r, c.a, c.b)
		if (at >= 0) != c.want || c.want && p.Outcome != similar.Strong {
			t.Errorf("%s and %s: %+v at %d; compared: %v", x.Prints[c.a].Name, x.Prints[c.b].Name, p, at, c.want)
		}
	}
}
