package token_test

import (
	"bytes"
	"strings"
	"testing"

	"candor/internal/similar/token"
)

// letters names kinds in tests.
var letters = map[token.Kind]byte{token.Name: 'n', token.Keyword: 'k', token.Type: 't', token.Modifier: 'm', token.Number: '0', token.String: 's', token.Op: '.', token.Comment: 'c', token.Import: 'i'}

// shown is a text's tokens as "kind:text", joined by spaces; operators stand alone.
func shown(lang, src string) string {
	var out []string
	for _, t := range token.Lex(token.ByID(lang), []byte(src)) {
		s := string(t.Text([]byte(src)))
		if t.Kind != token.Op {
			s = string(letters[t.Kind]) + ":" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestLex(t *testing.T) {
	for _, c := range []struct{ lang, src, want string }{
		{"java", `import java.util.*; int x = 1_0; // end`, `i:import i:java i:. i:util i:. i:* i:; t:int n:x = 0:1_0 ; c:// end`},
		{"java", "String s = \"\"\"\n a \" b\n\"\"\";", "t:String n:s = s:\"\"\"\n a \" b\n\"\"\" ;"},
		{"java", `char c = '\''; a >>>= 2;`, `t:char n:c = s:'\'' ; n:a >>>= 0:2 ;`},
		{"c", "#include <a.h>\n#define N 3\nx->y", "i:# i:include i:< i:a i:. i:h i:> # n:define n:N 0:3 n:x -> n:y"},
		{"cpp", `auto s = R"x(a " )" b)x"; 1'000;`, `m:auto n:s = s:R"x(a " )" b)x" ; 0:1'000 ;`},
		{"csharp", `using System; using (var f = g) { $"a{b}c" + @"x""y"; }`, `i:using i:System i:; n:using ( t:var n:f = n:g ) { s:$"a{ n:b s:}c" + s:@"x""y" ; }`},
		{"python", "from a import (b,\n c)\nx = f'v {y:>{w}} {{z}}' # no", "i:from i:a i:import i:( i:b i:, i:c i:) n:x = s:f'v { n:y : > { n:w } s:} {{z}}' c:# no"},
		{"python", "'''doc\n''' rb'\\'", "s:'''doc\n''' s:rb'\\'"},
		{"javascript", "a = `x${b + `${c}`}y` / 2; r = /[/]\\/x/g", "n:a = s:`x${ n:b + s:`${ n:c s:}` s:}y` / 0:2 ; n:r = s:/[/]\\/x/g"},
		{"typescript", "let x: number = <any>y", "k:let n:x : t:number = < t:any > n:y"},
		{"go", "import (\n\"fmt\"\n)\nx := `a\\`", "i:import i:( i:\"fmt\" i:) n:x := s:`a\\`"},
		{"rust", `fn f<'a>(x: &'a str) { 'x'; r#"a"b"#; /* /* */ */ 1..2 }`, `k:fn n:f < ' n:a > ( n:x : & ' n:a t:str ) { s:'x' ; s:r#"a"b"# ; c:/* /* */ */ 0:1 .. 0:2 }`},
		{"kotlin", `val s = "a ${b.c} $d"`, `k:val n:s = s:"a ${ n:b . n:c s:} $d"`},
		{"ruby", "x = <<~EOS + y\n text\n EOS\nz = %w[a b] ; q / 2", "n:x = <<~EOS + n:y s: text\n EOS n:z = s:%w[a b] ; n:q / 0:2"},
		{"ruby", "a\n=begin\nno\n=end\nb", "n:a c:\n=begin\nno\n=end n:b"},
		{"php", "<p>hi</p>\n<?php ECHO $a; ?>\nbye", "s:<p>hi</p>\n k:ECHO n:$a ; s:bye"},
		{"sql", "SELECT 'it''s' -- c\nFROM t", "k:SELECT s:'it''s' c:-- c k:FROM n:t"},
		{"bash", "cat <<EOF | x\n a\nEOF\necho ${#y} # c", "n:cat <<EOF | n:x s: a\nEOF k:echo $ { # n:y } c:# c"},
		{"text", "It's a word.", "n:It's n:a n:word ."},
		{"java", `x = "never ends` + "\ny", "n:x = s:\"never ends n:y"},
		{"python", "x = '''never ends\ny", "n:x = s:'''never ends n:y"},
		{"cpp", "int \xff\xfe = 1;", "t:int n:\xff\xfe = 0:1 ;"},
	} {
		if got := shown(c.lang, c.src); got != c.want {
			t.Errorf("%s %q\n got %s\nwant %s", c.lang, c.src, got, c.want)
		}
	}
}

// check says what is wrong with the tokens of a text: they must be in order, within it, not empty, and lines must be right.
func check(src []byte, list []token.Token) string {
	at := int32(0)
	for _, t := range list {
		switch {
		case t.Start < at, t.End <= t.Start, int(t.End) > len(src):
			return "a token is empty or out of order"
		case int(t.Line) != bytes.Count(src[:t.Start], []byte{'\n'}):
			return "a token's line is wrong"
		}
		at = t.End
	}
	return ""
}

func FuzzLex(f *testing.F) {
	for i := range token.IDs() {
		f.Add(uint8(i), []byte("a = \"x${y}\" + 'c' /* d */ # e\n<<~E\nE\n%w[ R\"( r#\" $$ <?php ?> 1e-5 `${`"))
		f.Add(uint8(i), []byte("\"\"\"\n'''\n{{}}\n=begin\n/*\xff\x00"))
	}
	f.Fuzz(func(t *testing.T, lang uint8, src []byte) {
		l := token.ByID(token.IDs()[int(lang)%len(token.IDs())])
		list := token.Lex(l, src)
		if wrong := check(src, list); wrong != "" {
			t.Fatalf("%s: %s: %q", l.ID, wrong, src)
		}
		if solid := bytes.ContainsFunc(src, func(r rune) bool { return r > ' ' }); solid && l.ID != "php" && len(list) == 0 {
			t.Fatalf("%s: nothing was read of %q", l.ID, src)
		}
	})
}

// TestLexIsLinear: what opens and never closes is not looked for again and again. Allocations and tokens are counted, not time: a
// quadratic lexer would not come to an end here.
func TestLexIsLinear(t *testing.T) {
	for _, opening := range []string{"<<A\n", "%(", `R"(`, `r#"`, "'''\n", "\"#{", "`${", "/*", "<<<'X'\n", "\"", "$$"} {
		src := bytes.Repeat([]byte(opening), 200_000/len(opening))
		for _, id := range token.IDs() {
			if len(token.Lex(token.ByID(id), src)) == 0 {
				t.Errorf("%s: %q gives nothing", id, opening)
			}
		}
	}
}

func BenchmarkLex(b *testing.B) {
	src := bytes.Repeat([]byte("for (int index = 0; index < values.size(); index++) { total += values[index] * 31; } // sum\n"), 1000)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		token.Lex(token.ByID("java"), src)
	}
}
