import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, toggleTabFocusMode } from "@codemirror/commands"
import { bracketMatching, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting, type StreamParser } from "@codemirror/language"
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search"
import { EditorState, Prec, type Extension } from "@codemirror/state"
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view"
import { classHighlighter } from "@lezer/highlight"

/** What a person can turn on and off, and what the frame does on changes and on Ctrl-Enter. */
export interface Options {
  readonly wrap: boolean
  readonly complete: boolean
  readonly changed: () => void
  readonly run: () => boolean
}

const theme = EditorView.theme({
  "&": { height: "100%" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "var(--lead)", overflow: "auto", fontVariantLigatures: "none" },
  ".cm-content": { padding: ".75rem 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 1rem 0 .25rem" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-3)", border: "0", fontSize: "max(.75rem, .92em)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 .75rem 0 1rem", minWidth: "2.75rem" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--accent) 7%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "color-mix(in oklab, var(--accent) 7%, var(--surface))", color: "var(--ink)" },
  "&.cm-focused .cm-cursor": { borderLeft: "2px solid var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in oklab, var(--accent) 26%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in oklab, var(--warn) 25%, transparent)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent-line)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: ".5rem .75rem", fontFamily: "var(--font)" },
  ".cm-textfield": { backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "var(--r-1)", padding: ".2rem .5rem" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "var(--r-1)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "var(--r-1)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
})

/** The parts that stay: keys, history, gutters, look. Tab indents; Escape then Tab, or Ctrl-M, leaves. */
export function frame(label: string): Extension {
  return [
    Prec.highest(keymap.of([{ key: "Ctrl-m", mac: "Shift-Ctrl-m", run: toggleTabFocusMode }])),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    highlightSpecialChars(),
    highlightSelectionMatches(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    EditorState.tabSize.of(4),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    syntaxHighlighting(classHighlighter),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, { key: "Tab", run: acceptCompletion }, { key: "Tab", run: indentMore, shift: indentLess }, ...defaultKeymap, ...searchKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off", autocorrect: "off", translate: "no" }),
    theme,
  ]
}

export function reconfigurable(o: Options): Extension {
  return [
    o.wrap ? EditorView.lineWrapping : [],
    o.complete ? autocompletion() : [],
    EditorView.updateListener.of((u) => u.docChanged && o.changed()),
    Prec.high(keymap.of([{ key: "Mod-Enter", run: o.run }])),
  ]
}

export const readOnly = (on: boolean): Extension => (on ? [EditorState.readOnly.of(true), EditorView.editable.of(true)] : [])

const stream = (p: Promise<Record<string, unknown>>, name: string): Promise<Extension> => p.then((m) => StreamLanguage.define(m[name] as StreamParser<unknown>))

/** What Tab and Enter indent by in a mode; there from the first key on, while the language itself still loads. */
export function indentOf(mode: string): Extension {
  const four = ["python", "java", "rust", "c", "cpp", "csharp", "kotlin", "scala", "php"]
  return indentUnit.of(mode === "go" ? "\t" : " ".repeat(four.includes(mode) ? 4 : 2))
}

/** The language of a mode, loaded when it is first needed. */
export async function languageOf(mode: string): Promise<Extension> {
  switch (mode) {
    case "go":
      return (await import("@codemirror/lang-go")).go()
    case "python":
      return (await import("@codemirror/lang-python")).python()
    case "javascript":
      return (await import("@codemirror/lang-javascript")).javascript({ jsx: true })
    case "typescript":
      return (await import("@codemirror/lang-javascript")).javascript({ typescript: true })
    case "java":
      return (await import("@codemirror/lang-java")).java()
    case "rust":
      return (await import("@codemirror/lang-rust")).rust()
    case "c":
    case "cpp":
      return (await import("@codemirror/lang-cpp")).cpp()
    case "csharp":
    case "kotlin":
    case "scala":
      return await stream(import("@codemirror/legacy-modes/mode/clike"), mode)
    case "ruby":
      return await stream(import("@codemirror/legacy-modes/mode/ruby"), "ruby")
    case "shell":
      return await stream(import("@codemirror/legacy-modes/mode/shell"), "shell")
    case "sql":
      return (await import("@codemirror/lang-sql")).sql()
    case "markdown":
      return [(await import("@codemirror/lang-markdown")).markdown(), EditorView.lineWrapping]
    case "json":
      return (await import("@codemirror/lang-json")).json()
    case "yaml":
      return (await import("@codemirror/lang-yaml")).yaml()
    case "html":
      return (await import("@codemirror/lang-html")).html()
    case "css":
      return (await import("@codemirror/lang-css")).css()
  }
  return []
}
