package similar_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"candor/internal/similar"
)

// compare compares texts, each of a person, named by their place.
func compare(t testing.TB, ending string, texts [][]byte, starter ...similar.File) (*similar.Index, *similar.Result) {
	t.Helper()
	x, s := similar.NewIndex(), similar.NewStarter(starter, nil)
	for i, text := range texts {
		name := fmt.Sprintf("p%03d%s", i, ending)
		x.Add(s.Print(similar.Document{Name: name, Files: []similar.File{{Name: name, Data: text}}}, nil))
	}
	r, err := x.Compare(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return x, r
}

// pair is the result for two documents, and its place in the order.
func pair(r *similar.Result, a, b int) (similar.Pair, int) {
	for i, p := range r.Pairs {
		if p.A == min(a, b) && p.B == max(a, b) {
			return p, i
		}
	}
	return similar.Pair{}, -1
}

// cohort is people's programs in a language.
func cohort(r *rand.Rand, lang string, n int) (list []program, texts [][]byte) {
	for range n {
		p := person(r)
		list = append(list, p)
		texts = append(texts, render(p, lang, ownStyle(r)))
	}
	return list, texts
}

func ownStyle(r *rand.Rand) style {
	return style{tabs: r.IntN(2) == 0, allman: r.IntN(2) == 0, dense: r.IntN(3) == 0, remarks: r.IntN(3) > 0}
}

// TestDisguises: a copy among 40 innocent programs is the first pair of all and worth a look, however it is disguised.
func TestDisguises(t *testing.T) {
	const rounds = 3
	for d := range len(disguises) + 1 {
		name, found, tried, strong := "all combined", 0, 0, 0
		if d < len(disguises) {
			name = disguises[d].name
		}
		for _, lang := range languages {
			for round := range rounds {
				r := rand.New(rand.NewPCG(uint64(round), uint64(d)))
				list, texts := cohort(r, lang, 40)
				p, s := list[0], ownStyle(r)
				for k, g := range disguises {
					if k == d || d == len(disguises) {
						p = g.do(r, p, &s)
					}
				}
				_, result := compare(t, endings[lang], append(texts, render(p, lang, s)))
				tried++
				got, at := pair(result, 0, 40)
				if at == 0 && got.Outcome != similar.Not {
					found++
				}
				if got.Outcome == similar.Strong {
					strong++
				}
			}
		}
		t.Logf("%-20s found %d of %d, %d with strong evidence", name, found, tried, strong)
		want := tried
		if d == len(disguises) {
			want = tried / 6 // every block, loop, name and function is changed
		}
		if found < want {
			t.Errorf("%s: %d of %d copies found; want %d", name, found, tried, want)
		}
	}
}

// TestBracesAndTypesAreNoDisguise: what a formatter or a compiler's hint changes first is in no feature, so a copy changed so shares all of them.
func TestBracesAndTypesAreNoDisguise(t *testing.T) {
	for _, lang := range []string{"java", "cpp", "csharp", "javascript"} {
		list, _ := cohort(rand.New(rand.NewPCG(7, 7)), lang, 5)
		changed := 0
		for i, p := range list {
			print := func(s style) (string, similar.Print) {
				data := render(p, lang, s)
				name := "a" + endings[lang]
				return string(data), similar.NewStarter(nil, nil).Print(similar.Document{Name: name, Files: []similar.File{{Name: name, Data: data}}}, nil)
			}
			was, a := print(style{})
			is, b := print(style{bare: true, wide: true})
			if was != is {
				changed++
			}
			if !slices.Equal(a.Features, b.Features) || len(a.Features) < 50 {
				t.Errorf("%s, program %d: braces and types change the features:\n%s\n%s", lang, i, was, is)
			}
		}
		if changed == 0 {
			t.Errorf("%s: no program has a brace or a type to change, so nothing is proven", lang)
		}
	}
}

// TestInnocent: programs of people who did not copy are not called strong evidence, in cohorts of any size.
func TestInnocent(t *testing.T) {
	pairs, strong := 0, 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 99))
		n := []int{2, 3, 5, 10, 40}[seed%5]
		_, texts := cohort(r, languages[seed%6], n)
		_, result := compare(t, endings[languages[seed%6]], texts)
		pairs += n * (n - 1) / 2
		for _, p := range result.Pairs {
			if p.Outcome == similar.Strong {
				strong++
			}
		}
	}
	if strong*1000 > pairs {
		t.Errorf("%d of %d innocent pairs are called strong evidence", strong, pairs)
	}
}

// TestSixAmongFortyOne: six copies of one program do not become common by being many.
func TestSixAmongFortyOne(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 41))
	list, texts := cohort(r, "java", 36)
	for i := range 5 {
		p, s := list[7], ownStyle(r)
		p = disguises[i].do(r, renamed(p), &s)
		texts = append(texts, render(p, "java", s))
	}
	_, result := compare(t, ".java", texts)
	linked := map[int]bool{}
	for _, p := range result.Pairs {
		copyOf := func(d int) bool { return d == 7 || d >= 36 }
		if p.Outcome == similar.Not {
			continue
		}
		if copyOf(p.A) != copyOf(p.B) {
			t.Errorf("%d and %d are worth a look", p.A, p.B)
		}
		linked[p.A], linked[p.B] = true, true
	}
	for _, d := range []int{7, 36, 37, 38, 39, 40} {
		if !linked[d] {
			t.Errorf("copy %d was not found", d)
		}
	}
	if len(result.Clusters) == 0 || len(result.Clusters[0]) < 5 {
		t.Errorf("clusters %v; want one of at least five", result.Clusters)
	}
}

// TestDirection: of a program that holds another one and more, the smaller share is in common.
func TestDirection(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 13))
	list, texts := cohort(r, "java", 12)
	long := list[4]
	long.fns = append(person(r).fns, long.fns...)
	_, result := compare(t, ".java", append(texts, render(long, "java", ownStyle(r))))
	p, _ := pair(result, 4, 12)
	if p.Share[0] < .7 || p.Share[1] > .65 || p.Share[1] < .2 {
		t.Errorf("shares %v; want most of the first and about half of the second", p.Share)
	}
}

// TestManyCopies: a third of the class has the same program, changed a little by each; what they share is rare all the same.
func TestManyCopies(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 41))
	list, texts := cohort(r, "java", 28)
	for i := range 13 {
		p, s := list[7], ownStyle(r)
		p = disguises[1+i%4].do(r, renamed(p), &s)
		texts = append(texts, render(p, "java", s))
	}
	_, result := compare(t, ".java", texts)
	strong := 0
	for _, p := range result.Pairs {
		if p.Outcome == similar.Strong {
			strong++
		}
	}
	t.Logf("%d pairs with strong evidence, clusters %v", strong, result.Clusters)
	if len(result.Clusters) == 0 || len(result.Clusters[0]) < 13 || strong < 65 {
		t.Errorf("%d pairs with strong evidence, clusters %v; want one of 13 documents or more", strong, result.Clusters)
	}
}

// given is code that everybody starts from.
var given = bytes.Repeat([]byte("int readNumber(char *line, int *at) {\n  int sign = 1, value = 0;\n  if (line[*at] == '-') { sign = -1; (*at)++; }\n  while (line[*at] >= '0' && line[*at] <= '9') value = value * 10 + line[(*at)++] - '0';\n  return sign * value;\n}\nvoid skipBlanks(char *line, int *at) { while (line[*at] == ' ' || line[*at] == '\\t') (*at)++; }\n"), 1)

// TestIdentical: identical files are 1, white space apart, with and without starter code.
func TestIdentical(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, starter := range [][]similar.File{nil, {{Name: "base.cpp", Data: given}}} {
		_, texts := cohort(r, "cpp", 12)
		if starter != nil {
			for i := range texts {
				texts[i] = append(bytes.Clone(given), texts[i]...)
			}
		}
		texts = append(texts, bytes.ReplaceAll(texts[3], []byte("\n"), []byte("\r\n")))
		_, result := compare(t, ".cpp", texts, starter...)
		if p, at := pair(result, 3, 12); at != 0 || p.Score != 1 || !p.Identical {
			t.Errorf("with %d starters: identical files: place %d, %+v; want score 1", len(starter), at, p)
		}
	}
}

// TestStarter: what everybody was given makes nobody alike, also when two have edited it, and only they have it.
func TestStarter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	_, texts := cohort(r, "cpp", 10)
	one := bytes.ReplaceAll(given, []byte("value"), []byte("number"))
	two := bytes.ReplaceAll(given, []byte("sign = 1,"), []byte("sign = 1, seen = 0,"))
	three := bytes.ReplaceAll(given, []byte(";\n"), []byte("; seen--;\n"))
	with := func() [][]byte {
		out := append([][]byte{}, texts...)
		out[2] = append(bytes.Clone(one), texts[2]...)
		out[5] = append(bytes.Clone(two), texts[5]...)
		out[7], out[8] = append(bytes.Clone(three), texts[7]...), append(bytes.Clone(three), texts[8]...)
		return out
	}
	_, unedited := compare(t, ".cpp", texts)
	_, without := compare(t, ".cpp", with())
	if p, _ := pair(without, 2, 5); p.Outcome == similar.Not {
		t.Errorf("two who alone share a long passage: %+v; want a look", p)
	}
	_, result := compare(t, ".cpp", with(), similar.File{Name: "base.cpp", Data: given})
	for _, edited := range [][2]int{{2, 5}, {7, 8}} {
		if p, _ := pair(result, edited[0], edited[1]); p.Outcome != similar.Not {
			t.Errorf("two who edited the starter: %+v; want %s", p, similar.Not)
		}
	}
	s := similar.NewStarter([]similar.File{{Name: "base.cpp", Data: given}}, nil)
	if p := s.Print(similar.Document{Name: "e", Files: []similar.File{{Name: "e.cpp", Data: three}}}, nil); p.Tokens > 3 {
		t.Errorf("%d tokens of an edited starter count; want at most the last insertion", p.Tokens)
	}
	plain, _ := pair(unedited, 7, 8)
	if p, _ := pair(result, 7, 8); p.Score > plain.Score+.005 {
		t.Errorf("two who edited the starter in the same way: score %.3f; want no more than %.3f, which is theirs without it", p.Score, plain.Score)
	}
}
