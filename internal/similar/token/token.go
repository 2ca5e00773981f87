// Package token cuts source text into tokens: one lexer, driven by a table a language. It needs no grammar, so it does not mind broken
// code: what it cannot make sense of is an operator of one character, and a string that never ends ends with its line. Every token
// keeps its place; what stands between tokens is white space.
package token

// Kind says what a token is.
type Kind uint8

// The kinds.
const (
	Name     Kind = iota // an identifier; a word of prose
	Keyword              // a reserved word
	Type                 // a word for a built-in type
	Modifier             // public, static, final ...: says nothing of what the code does
	Number
	String // a piece of a string, with its quotes; code inside of a template is tokens of its own
	Op     // an operator or a bracket
	Comment
	Import // any token of an import line
)

// Token is a piece of the text: text[Start:End], which begins in line Line, counted from 0.
type Token struct {
	Start, End, Line int32
	Kind             Kind
}

// Text is the token's part of src.
func (t Token) Text(src []byte) []byte { return src[t.Start:t.End] }
