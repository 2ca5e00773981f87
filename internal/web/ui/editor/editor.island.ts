import { autosave } from "@web/autosave"
import { all, announce, one, remember, remembered } from "@web/dom"
import { Compartment, EditorState, type Extension } from "@codemirror/state"
import { EditorView } from "@codemirror/view"
import { frame, indentOf, languageOf, readOnly, reconfigurable, type Options } from "./setup"

interface File {
  readonly area: HTMLTextAreaElement
  readonly path: string
  readonly mode: string
  readonly tab: HTMLButtonElement
  state: EditorState
}

/**
 * The code editor around the text areas that the server drew. The text areas stay what is sent: the editor writes into them when an
 * answer is collected. Without this island, or with "Plain text area", they are the editor.
 */
class CodeEditor extends HTMLElement {
  private view: EditorView | undefined
  private files: File[] = []
  private current: File | undefined
  private readonly stopping = new AbortController()
  private readonly parts = { options: new Compartment(), vim: new Compartment(), language: new Compartment(), lock: new Compartment() }
  private vim: Extension = []
  private locked = false

  connectedCallback(): void {
    const on = { signal: this.stopping.signal }
    const form = this.closest("form")
    this.locked = this.hasAttribute("data-readonly")
    this.setAttribute("data-on", "")
    const mount = one("[data-cm]", this)
    if (!mount) return
    mount.hidden = false // a hidden editor measures lines of no height
    this.view = new EditorView({ parent: mount, state: EditorState.create({ extensions: [EditorView.cspNonce.of(nonce())] }) })
    this.language?.addEventListener("change", () => this.choose(), on)
    form?.addEventListener("candor-collect", () => this.collect(), on)
    form?.addEventListener("submit", () => this.collect(), on)
    form?.addEventListener("candor-restore", (e) => this.refill((e as CustomEvent<string>).detail), on)
    form?.addEventListener("candor-stop", () => this.lock(), on)
    this.addEventListener("keydown", (e) => this.key(e), { ...on, capture: true })
    one("[data-add]", this)?.addEventListener("click", () => this.add(), on)
    one("[data-remove]", this)?.addEventListener("click", () => this.discard(), on)
    this.settings(on)
    this.choose()
    void document.fonts.ready.then(() => this.view?.requestMeasure())
  }

  disconnectedCallback(): void {
    this.collect()
    this.stopping.abort()
    this.view?.destroy()
  }

  private get language(): HTMLSelectElement | null {
    const c = this.closest("form")?.elements.namedItem(this.dataset["field"] ?? "language")
    return c instanceof HTMLSelectElement ? c : null
  }

  private get set(): HTMLElement | null {
    const value = this.language?.value
    return value === undefined ? one(".editor-set", this) : one(`.editor-set[data-language="${CSS.escape(value)}"]`, this)
  }

  private get plain(): boolean {
    return remembered("editor.plain") === "1"
  }

  private options(): Options {
    return { wrap: remembered("editor.wrap") === "1", complete: remembered("editor.complete") === "1", changed: () => this.changed(), run: () => this.run() }
  }

  /** Shows the files of the chosen language. */
  private choose(): void {
    this.collect()
    const shown = this.set
    for (const s of all(".editor-set", this)) s.hidden = s !== shown
    const tabs = one("[data-tabs]", this)
    if (!shown || !tabs) return
    tabs.replaceChildren()
    this.files = all(".editor-file", shown).map((label) => this.open(label, shown, tabs))
    const add = one("[data-add]", this)
    if (add) add.hidden = this.locked
    tabs.hidden = false
    this.symbols(shown.dataset["keys"] ?? "")
    const first = this.files[0]
    if (first) this.show(first, false)
  }

  private open(label: HTMLElement, set: HTMLElement, tabs: HTMLElement): File {
    const area = one<HTMLTextAreaElement>("textarea", label)
    const path = label.dataset["path"] ?? ""
    const tab = document.createElement("button")
    tab.type = "button"
    tab.role = "tab"
    tab.textContent = path
    if (!area) throw new Error("a file without its text area")
    const file: File = { area, path, mode: label.dataset["mode"] || (set.dataset["mode"] ?? ""), tab, state: EditorState.create() }
    file.state = this.stateOf(file)
    tab.addEventListener("click", () => this.show(file, true))
    tab.addEventListener("keydown", (e) => this.arrows(e, file))
    tabs.append(tab)
    return file
  }

  private stateOf(file: File): EditorState {
    const fixed = this.locked || file.area.readOnly
    const hint = "Press Escape, then Tab, to leave."
    return EditorState.create({
      doc: file.area.value,
      extensions: [
        this.parts.vim.of(this.vim),
        EditorView.cspNonce.of(nonce()),
        frame(`${file.path}, code editor${fixed ? ", read only" : ""}. ${this.vim instanceof Array && this.vim.length === 0 ? hint : "Press Ctrl-M, then Tab, to leave."}`),
        this.parts.options.of(reconfigurable(this.options())),
        indentOf(file.mode),
        this.parts.language.of([]),
        this.parts.lock.of(readOnly(fixed)),
      ],
    })
  }

  private show(file: File, focus: boolean): void {
    if (this.current && this.view && this.files.includes(this.current)) this.current.state = this.view.state
    this.current = file
    for (const f of this.files) {
      f.tab.setAttribute("aria-selected", String(f === file))
      f.tab.tabIndex = f === file ? 0 : -1
      const label = f.area.closest<HTMLElement>(".editor-file")
      if (label) label.hidden = f !== file
    }
    const remove = one("[data-remove]", this)
    if (remove) remove.hidden = this.locked || !file.area.closest("[data-own]")
    const plain = this.plain
    const mount = one("[data-cm]", this)
    const set = file.area.closest<HTMLElement>(".editor-set")
    if (mount) mount.hidden = plain
    if (set) set.hidden = !plain
    if (plain || !this.view) {
      if (focus) file.area.focus()
      return
    }
    this.view.setState(file.state)
    void languageOf(file.mode).then((l) => this.current === file && this.view?.dispatch({ effects: this.parts.language.reconfigure(l) }))
    if (focus) this.view.focus()
  }

  private arrows(e: KeyboardEvent, from: File): void {
    const step = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0
    if (step === 0) return
    e.preventDefault()
    const next = this.files[(this.files.indexOf(from) + step + this.files.length) % this.files.length]
    if (!next) return
    this.show(next, false)
    next.tab.focus()
  }

  /** Adds a file of the candidate's own; its field is named by the prefix that the server gave. */
  private add(): void {
    const set = this.set
    const tabs = one("[data-tabs]", this)
    const path = window.prompt("Name of the new file, such as helper.go")?.trim() ?? ""
    if (!set || !tabs || !/^\w[\w./-]{0,99}$/.test(path) || path.includes("..") || this.files.some((f) => f.path === path)) return
    if (all(".editor-file[data-own]", this).length >= (Number(this.dataset["max"]) || 10)) return announce("That is as many files as fit.")
    const file = this.open(this.label(path, set), set, tabs)
    this.files.push(file)
    this.show(file, true)
  }

  /** What the fields of added files begin with in a set. */
  private addedBegin(set: HTMLElement): string {
    return (this.dataset["new"] ?? "").replace("{language}", set.dataset["language"] ?? "")
  }

  /** Takes the shown file of the candidate's own away. What was saved of it stays in the history of the answer. */
  private discard(): void {
    const file = this.current
    const label = file?.area.closest<HTMLElement>(".editor-file[data-own]")
    if (!file || !label || !window.confirm(`Remove ${file.path}? Earlier states of your answer keep it.`)) return
    this.current = undefined
    this.files = this.files.filter((f) => f !== file)
    file.tab.remove()
    label.remove()
    const first = this.files[0]
    if (first) this.show(first, true)
    this.changed()
  }

  private label(path: string, set: HTMLElement): HTMLElement {
    const label = document.createElement("label")
    label.className = "editor-file"
    label.dataset["path"] = path
    label.dataset["own"] = ""
    const area = document.createElement("textarea")
    area.className = "area code"
    area.name = this.addedBegin(set) + path
    area.spellcheck = false
    area.setAttribute("aria-label", path + ", plain text")
    label.append(area)
    set.append(label)
    return label
  }

  private changed(): void {
    const form = this.closest("form")
    if (form) autosave(form)
  }

  /** Writes the editor's content into the text areas. */
  private collect(): void {
    if (this.plain || !this.view || !this.current) return
    if (this.files.includes(this.current)) this.current.state = this.view.state
    for (const f of this.files) {
      const text = f.state.doc.toString()
      if (f.area.value !== text) f.area.value = text
    }
  }

  /** The text areas were filled from elsewhere: another tab, or what this device had kept. */
  private refill(body = ""): void {
    this.missing(body)
    for (const f of this.files) {
      if (f.state.doc.toString() === f.area.value) continue
      f.state = this.stateOf(f)
    }
    const shown = this.set
    if (shown?.contains(this.current?.area ?? null)) {
      const again = this.current
      this.current = undefined
      if (again) this.show(again, false)
    } else this.choose()
  }

  /** Files that the kept answer has and this page does not: the candidate added them before the page was closed. */
  private missing(body: string): void {
    const tabs = one("[data-tabs]", this)
    if (!tabs || !body.startsWith("{")) return
    const kept = Object.entries(JSON.parse(body) as Record<string, string[]>)
    for (const set of all(".editor-set", this)) {
      const prefix = this.addedBegin(set)
      for (const [name, values] of kept) {
        if (!prefix || !name.startsWith(prefix) || this.closest("form")?.elements.namedItem(name)) continue
        const label = this.label(name.slice(prefix.length), set)
        const area = one<HTMLTextAreaElement>("textarea", label)
        if (area) area.value = values[0] ?? ""
        if (set === this.set) this.files.push(this.open(label, set, tabs))
      }
    }
  }

  private lock(): void {
    this.collect()
    this.locked = true
    this.view?.dispatch({ effects: this.parts.lock.reconfigure(readOnly(true)) })
    for (const f of this.files) {
      f.area.readOnly = true
      f.state = this.stateOf(f)
    }
    one("[data-run]", this)?.setAttribute("hidden", "")
  }

  private key(e: KeyboardEvent): void {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault()
      e.stopPropagation()
      this.run()
    }
  }

  private run(): boolean {
    one("[data-run]", this)?.click()
    return true
  }

  private symbols(keys: string): void {
    const bar = one("[data-symbols]", this)
    if (!bar) return
    bar.hidden = this.locked
    bar.replaceChildren(
      ...["Tab", ...keys.split(" ").filter(Boolean), "←", "→"].map((k) => {
        const b = document.createElement("button")
        b.type = "button"
        b.className = "btn sm"
        b.textContent = k
        b.setAttribute("aria-label", { Tab: "Tab, indent", "←": "Cursor left", "→": "Cursor right" }[k] ?? k)
        b.addEventListener("pointerdown", (e) => e.preventDefault()) // the keyboard of the phone stays open
        b.addEventListener("click", () => this.insert(k))
        return b
      }),
    )
  }

  private insert(key: string): void {
    if (this.plain) {
      const a = this.current?.area
      if (!a) return
      if (key === "←" || key === "→") a.selectionStart = a.selectionEnd = Math.max(0, a.selectionStart + (key === "←" ? -1 : 1))
      else a.setRangeText(key === "Tab" ? "\t" : key, a.selectionStart, a.selectionEnd, "end")
      a.focus()
      return this.changed()
    }
    const v = this.view
    if (!v) return
    const at = v.state.selection.main
    if (key === "←" || key === "→") v.dispatch({ selection: { anchor: Math.max(0, Math.min(v.state.doc.length, at.head + (key === "←" ? -1 : 1))) }, scrollIntoView: true })
    else v.dispatch(v.state.replaceSelection(key === "Tab" ? v.state.facet(EditorState.tabSize) === 4 && this.current?.mode === "python" ? "    " : "\t" : key))
    v.focus()
  }

  private settings(on: AddEventListenerOptions): void {
    const menu = one("[data-settings]", this)
    if (!menu) return
    menu.hidden = false
    let size = Number(remembered("editor.size")) || 13
    const apply = (): void => {
      size = Math.max(11, Math.min(24, size))
      this.style.setProperty("--size", size / 16 + "rem")
      this.style.setProperty("--lead", Math.round(size * 1.7) / 16 + "rem")
      const now = one("[data-size-now]", menu)
      if (now) now.textContent = String(size)
      this.view?.requestMeasure()
    }
    apply()
    for (const b of all("[data-size]", menu))
      b.addEventListener("click", () => {
        size += Number(b.dataset["size"])
        apply()
        remember("editor.size", String(size))
      }, on)
    for (const box of all<HTMLInputElement>("[data-option]", menu)) {
      const name = box.dataset["option"] ?? ""
      box.checked = remembered("editor." + name) === "1"
      box.addEventListener("change", () => {
        if (name === "plain") this.collect()
        remember("editor." + name, box.checked ? "1" : "")
        void this.apply(name)
      }, on)
    }
    if (remembered("editor.vim") === "1") void this.apply("vim")
  }

  private async apply(option: string): Promise<void> {
    if (option === "vim") {
      const on = remembered("editor.vim") === "1"
      this.vim = on ? (await import("@replit/codemirror-vim")).vim() : []
      const hint = one("[data-hint]", this)
      if (hint) hint.textContent = on ? "Ctrl-M, then Tab leaves the editor" : "Esc then Tab leaves the editor"
    }
    if (option === "plain" && this.current) {
      if (!this.plain) this.refill()
      this.show(this.current, true)
      return
    }
    this.collect()
    for (const f of this.files) f.state = this.stateOf(f)
    const again = this.current
    this.current = undefined
    if (again) this.show(again, false)
  }
}

const nonce = (): string => one<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? ""

customElements.define("code-editor", CodeEditor)
