package similar_test

import (
	"fmt"
	"strings"
)

// renderer writes a program in a language.
type renderer struct {
	strings.Builder
	lang string
	style
	depth int
}

func render(p program, lang string, s style) []byte {
	r := &renderer{lang: lang, style: s}
	r.WriteString(map[string]string{"java": "import java.util.Scanner;\n\npublic class Main {\n", "cpp": "#include <iostream>\nusing namespace std;\n\n", "csharp": "using System;\n\nclass Program {\n", "go": "package main\n\nimport \"fmt\"\n\n"}[lang])
	if lang == "java" || lang == "csharp" {
		r.depth++
	}
	for _, f := range p.fns {
		if r.remarks && f.remark != "" {
			r.line(map[string]string{"python": "# "}[lang] + map[bool]string{true: "// "}[lang != "python"] + f.remark)
		}
		a := f.params[0]
		r.block(map[string]string{"java": "static int " + f.name + "(int[] " + a + ")", "cpp": "int " + f.name + "(vector<int> " + a + ")", "csharp": "static int " + f.name + "(int[] " + a + ")",
			"javascript": "function " + f.name + "(" + a + ")", "python": "def " + f.name + "(" + a + ")", "go": "func " + f.name + "(" + a + " []int) int"}[lang], f.body)
		if !r.dense {
			r.WriteString("\n")
		}
	}
	if lang == "java" || lang == "csharp" {
		r.WriteString("}\n")
	}
	return []byte(r.String())
}

func (r *renderer) line(s string) {
	unit := "    "
	if r.tabs {
		unit = "\t"
	}
	r.WriteString(strings.Repeat(unit, r.depth) + s + "\n")
}

func (r *renderer) block(head string, body []stmt) {
	alone := r.bare && r.depth > 0 && len(body) == 1 && strings.HasSuffix(head, ")") && !strings.Contains(head, "static int") && r.lang != "go" && r.lang != "python"
	if alone {
		r.line(head)
	} else if r.lang == "python" {
		r.line(head + ":")
	} else if r.allman && r.lang != "go" {
		r.line(head)
		r.line("{")
	} else {
		r.line(head + " {")
	}
	r.depth++
	for _, s := range body {
		r.stmt(s)
	}
	r.depth--
	if r.lang != "python" && !alone {
		r.line("}")
	}
}

func (r *renderer) stmt(s stmt) {
	e, to := r.expr(s.expr), r.expr(s.to)
	end := map[bool]string{true: ";"}[r.lang != "python" && r.lang != "go"]
	paren := func(w, c string) string {
		if r.lang == "python" || r.lang == "go" {
			return w + " " + c
		}
		return w + " (" + c + ")"
	}
	switch s.op {
	case "let":
		number := "int "
		if r.wide {
			number = "long "
		}
		r.line(map[string]string{"javascript": "let ", "java": number, "cpp": number, "csharp": number}[r.lang] + s.name + map[bool]string{true: " := ", false: " = "}[r.lang == "go"] + e + end)
	case "set":
		r.line(s.name + " = " + e + end)
	case "for":
		r.block(map[string]string{"python": fmt.Sprintf("for %s in range(%s, %s)", s.name, e, to), "go": fmt.Sprintf("for %s := %s; %s < %s; %s++", s.name, e, s.name, to, s.name),
			"javascript": fmt.Sprintf("for (let %s = %s; %s < %s; %s++)", s.name, e, s.name, to, s.name)}[r.lang]+
			map[bool]string{true: fmt.Sprintf("for (int %s = %s; %s < %s; %s++)", s.name, e, s.name, to, s.name)}[r.lang == "java" || r.lang == "cpp" || r.lang == "csharp"], s.body)
	case "while":
		w := "while"
		if r.lang == "go" {
			w = "for"
		}
		r.block(paren(w, e), s.body)
	case "if":
		r.block(paren("if", e), s.body)
	case "ret":
		r.line("return " + e + end)
	case "say":
		r.line(map[string]string{"java": `System.out.println("` + s.name + `" + ` + e + ")", "cpp": `cout << "` + s.name + `" << ` + e + " << endl", "csharp": `Console.WriteLine("` + s.name + `" + ` + e + ")",
			"javascript": `console.log("` + s.name + `", ` + e + ")", "python": `print("` + s.name + `", ` + e + ")", "go": `fmt.Println("` + s.name + `", ` + e + ")"}[r.lang] + end)
	}
}

func (r *renderer) expr(e string) string {
	e = sized.ReplaceAllString(e, map[string]string{"java": "$1.length", "cpp": "$1.size()", "csharp": "$1.Length", "javascript": "$1.length", "python": "len($1)", "go": "len($1)"}[r.lang])
	e = strings.ReplaceAll(e, "$", "")
	if r.lang == "python" {
		e = strings.NewReplacer(" && ", " and ", "!(", "not (", " / ", " // ").Replace(e)
	}
	if r.dense {
		e = strings.NewReplacer(" + ", "+", " - ", "-", " * ", "*", " < ", "<", " > ", ">").Replace(e)
	}
	return e
}
