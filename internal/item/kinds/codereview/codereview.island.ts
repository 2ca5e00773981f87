import { autosave } from "@web/autosave"
import { all, announce, fill, one, remembered } from "@web/dom"
import { idOf, LINE, Lines } from "./lines"
import { add, at, body, draftAt, parse, remove, type Comment, type Place, type Review } from "./review"

/**
 * A review as one writes it: comments open and close at their line, and the keys of ui.md, section 5. Everything stands in the hidden
 * field that the form sends; what is drawn here is drawn from it, again after every restore (an earlier life of the page, another tab).
 */
class CodeReview extends HTMLElement {
  private review: Review = parse("")
  private stopped = false
  private readonly lines = new Lines(this, (row) => this.offer(row))

  connectedCallback(): void {
    const typed = one<HTMLTextAreaElement>("textarea[name=draft-text]", this)
    this.review = parse(this.field.value)
    this.field.disabled = false
    if (typed) this.carry(typed)
    this.readFields()
    document.addEventListener("candor-swapped", this.swapped)
    this.form?.addEventListener("candor-restore", this.restored)
    this.form?.addEventListener("candor-stop", this.stop)
    this.addEventListener("input", this.changed)
    this.addEventListener("change", this.changed)
    this.addEventListener("click", this.clicked)
    this.addEventListener("keydown", this.pressed)
    this.addEventListener("focusin", this.lines.focused)
    this.addEventListener("mouseover", (e) => this.offer((e.target as Element).closest<HTMLTableRowElement>(LINE)))
    if (matchMedia("(max-width: 52rem)").matches) one("details[data-files]", this)?.removeAttribute("open")
    this.lines.roving()
    this.draw()
    if (typed) one<HTMLTextAreaElement>("textarea[name=_text]", this)?.focus()
    this.setAttribute("data-drawn", "")
  }

  disconnectedCallback(): void {
    document.removeEventListener("candor-swapped", this.swapped)
  }

  private get form(): HTMLFormElement | null {
    return this.closest("form")
  }

  private get field(): HTMLInputElement {
    return one<HTMLInputElement>("[data-review]", this) ?? document.createElement("input")
  }

  /** The form that the server drew for ?comment= becomes a draft of this page, with what was typed into it meanwhile. */
  private carry(typed: HTMLTextAreaElement): void {
    const row = typed.closest("tr")?.previousElementSibling
    const value = one<HTMLInputElement>("[name=draft-at]", typed.closest("tr") ?? this)?.value ?? ""
    const place = row && this.placeOf(value)
    const tone = one<HTMLInputElement>("[name=draft-tone]:checked", typed.closest("tr") ?? this)?.value ?? "must"
    if (place) this.review = draftAt(this.review, { ...place, id: value.split(":")[1] ?? "", tone, text: typed.value })
  }

  private readonly restored = (): void => {
    this.review = parse(this.field.value)
    const summary = one<HTMLTextAreaElement>("[name=summary]", this)
    if (summary && summary.value !== this.review.summary) summary.value = this.review.summary
    for (const r of all<HTMLInputElement>("[name=verdict]", this)) r.checked = r.value === this.review.verdict
    this.draw()
  }

  private readonly stop = (): void => {
    this.stopped = true
    this.draw()
  }

  private readonly swapped = (): void => {
    this.lines.roving()
    this.draw()
  }

  /** Keeps the review on this device and sends it. */
  private save(review: Review): void {
    this.review = review
    this.field.value = body(review)
    if (this.form) autosave(this.form)
  }

  private readFields(): void {
    const summary = one<HTMLTextAreaElement>("[name=summary]", this)?.value ?? ""
    const verdict = one<HTMLInputElement>("[name=verdict]:checked", this)?.value ?? ""
    this.review = { ...this.review, summary, verdict: verdict || this.review.verdict }
    this.field.value = body(this.review)
  }

  private readonly changed = (e: Event): void => {
    const t = e.target
    if (t instanceof HTMLInputElement && t.name === "viewed") {
      const rest = this.review.viewed.filter((v) => v !== t.value)
      this.review = { ...this.review, viewed: t.checked ? [...rest, t.value] : rest }
      this.progress()
    } else if (t instanceof Element && t.closest("[data-form]")) {
      const box = t.closest<HTMLElement>("[data-form]")
      if (box) this.review = draftAt(this.review, this.read(box))
      this.mine()
    } else if (t instanceof Element && !t.matches("[name=summary],[name=verdict]")) return
    this.readFields()
  }

  /** The comment in an open form. */
  private read(box: HTMLElement): Comment {
    const place = this.placeOf(box.dataset["at"] ?? "") ?? { file: "", side: "", line: 0 }
    return { ...place, id: box.dataset["id"] ?? "", tone: one<HTMLInputElement>("[name^=_tone]:checked", box)?.value ?? "must", text: one<HTMLTextAreaElement>("textarea", box)?.value ?? "" }
  }

  private section(n: number): HTMLElement | null {
    return document.getElementById(this.stem + n)
  }

  private get stem(): string {
    return this.dataset["prefix"] ?? "f"
  }

  /** "3L27" and "3L27:c1" as a place. */
  private placeOf(value: string): Place | undefined {
    const m = /^(\d+)([LR])(\d+)/.exec(value)
    const file = m && this.section(Number(m[1]))?.dataset["path"]
    return m && file ? { file, side: m[2] === "R" ? "old" : "", line: Number(m[3]) } : undefined
  }

  private anchor(c: Place): string {
    const s = all("section.file", this).find((x) => x.dataset["path"] === c.file)
    return s ? s.id + at(c) : ""
  }

  private copy(name: string): DocumentFragment {
    const t = one<HTMLTemplateElement>(`template[data-t="${name}"]`, this)
    return t ? (t.content.cloneNode(true) as DocumentFragment) : document.createDocumentFragment()
  }

  /** Draws threads, list and progress from the review; an open form that has the focus stays as it is. */
  private draw(): void {
    const busy = document.activeElement?.closest<HTMLElement>("[data-form]")
    const key = busy ? `${busy.dataset["at"]}:${busy.dataset["id"]}` : ""
    const kept = busy && this.contains(busy) ? busy.closest("tr") : null
    for (const tr of all<HTMLTableRowElement>("tr.thread", this)) if (tr !== kept) tr.remove()
    const editing = new Set(this.review.drafts.map((d) => d.id).filter((id) => id !== ""))
    for (const c of this.review.comments) if (!editing.has(c.id) || this.stopped) this.place(c, this.comment(c))
    if (!this.stopped) {
      for (const d of this.review.drafts) {
        const here = `${this.anchor(d).slice(this.stem.length)}:${d.id}`
        if (kept && here === key) continue
        this.place(d, this.box(d))
      }
    }
    this.mine()
    this.progress()
  }

  /** Puts something into the thread under a line, where that line is drawn. */
  private place(c: Place, what: DocumentFragment): void {
    const row = document.getElementById(this.anchor(c))?.closest("tr")
    if (!row || !this.contains(row)) return
    let under = row.nextElementSibling
    while (under instanceof HTMLTableRowElement && under.classList.contains("thread") && under.dataset["under"] !== at(c)) under = under.nextElementSibling
    if (!(under instanceof HTMLTableRowElement) || !under.classList.contains("thread")) {
      const fresh = this.copy("thread")
      const tr = one<HTMLTableRowElement>("tr", fresh)
      if (!tr) return
      tr.dataset["under"] = at(c)
      const cell = one<HTMLTableCellElement>("td", tr)
      if (cell) cell.colSpan = row.cells.length
      one("section", tr)?.setAttribute("aria-label", fill(this.dataset["comments"] ?? "", { n: c.line }))
      row.after(tr)
      under = tr
    }
    one("section", under)?.append(what)
  }

  private comment(c: Comment): DocumentFragment {
    const f = this.copy("comment")
    const a = one("article", f)
    if (a) {
      a.id = "c-" + c.id
      a.dataset["comment"] = c.id
    }
    one("[data-tone]", f)?.replaceWith(this.copy("tone-" + c.tone))
    const text = one(".said", f)
    if (text) text.textContent = c.text
    if (this.stopped) for (const b of all("button", f)) b.remove()
    return f
  }

  private box(d: Comment): DocumentFragment {
    const f = this.copy("form")
    const box = one("[data-form]", f)
    const area = one<HTMLTextAreaElement>("textarea", f)
    const where = this.anchor(d).slice(this.stem.length)
    if (!box || !area) return f
    box.dataset["at"] = where
    box.dataset["id"] = d.id
    area.value = d.text
    area.id = "t-" + where + d.id
    const label = one<HTMLLabelElement>("label", f)
    if (label) {
      label.htmlFor = area.id
      label.textContent = fill(this.dataset["commentOn"] ?? "", { n: d.line })
    }
    for (const r of all<HTMLInputElement>("[name=_tone]", f)) {
      r.name = "_tone" + where + d.id
      r.checked = r.value === d.tone
    }
    return f
  }

  /** The list of what was said. */
  private mine(): void {
    const list = one("[data-mine]", this)
    if (!list) return
    const lines = [...this.review.comments.map((c) => ({ c, draft: false })), ...this.review.drafts.map((c) => ({ c, draft: true }))].map(({ c, draft }) => {
      const li = document.createElement("li")
      const f = this.copy("line")
      const a = one<HTMLAnchorElement>("a", f)
      if (a) a.href = "#" + this.anchor(c)
      a?.classList.add({ must: "bad", question: "accent", idea: "warn", praise: "ok" }[c.tone] ?? "accent")
      one("[data-icon]", f)?.replaceWith(this.copy("icon-" + c.tone))
      const put = (what: string, text: string): void => {
        const e = one(`[data-${what}]`, f)
        if (e) e.textContent = text
      }
      const first = c.text.trim().split("\n")[0] ?? ""
      const name = c.file.slice(c.file.lastIndexOf("/") + 1)
      put("word", (one(`template[data-t="tone-${c.tone}"]`, this) as HTMLTemplateElement | null)?.content.textContent?.trim() + ": ")
      put("short", [...first].length > 70 ? [...first].slice(0, 70).join("") + "…" : first)
      put("where", `${draft ? (this.dataset["draft"] ?? "") + ", " : ""}${name} ${c.line}`)
      li.append(f)
      return li
    })
    if (lines.length === 0) {
      const li = document.createElement("li")
      li.className = "muted"
      li.textContent = this.dataset["none"] ?? ""
      lines.push(li)
    }
    list.replaceChildren(...lines)
    for (const a of all("[data-file]", this)) {
      const n = this.review.comments.filter((c) => c.file === a.dataset["file"]).length
      const count = one("[data-count]", a)
      if (!count) continue
      count.hidden = n === 0
      count.textContent = String(n)
    }
  }

  private progress(): void {
    const files = all("[data-file]", this)
    for (const a of files) {
      const seen = this.review.viewed.includes(a.dataset["file"] ?? "")
      a.classList.toggle("seen", seen)
      const word = one("[data-seen]", a)
      if (word) word.textContent = seen ? (this.dataset["isViewed"] ?? "") : ""
    }
    for (const b of all<HTMLInputElement>("[name=viewed]", this)) b.checked = this.review.viewed.includes(b.value)
    const all_ = Number(this.dataset["files"]) || files.length
    const words = one("[data-progress] .soft", this)
    if (words) words.textContent = fill(this.dataset["viewedText"] ?? "", { done: this.review.viewed.length, n: all_ })
    const bar = one("[data-progress] i", this)
    if (bar) bar.className = "v-" + Math.max(0, Math.min(100, Math.floor(((100 * this.review.viewed.length) / Math.max(1, all_) + 2) / 5) * 5))
  }

  private readonly clicked = (e: Event): void => {
    const t = e.target as Element
    const plus = t.closest<HTMLAnchorElement>("a.add-c, [data-diff] td.g a")
    const article = t.closest<HTMLElement>("[data-comment]")
    const box = t.closest<HTMLElement>("[data-form]")
    if (this.stopped) return
    if (plus) {
      e.preventDefault()
      const row = plus.closest("tr")
      if (row) this.write(row)
    } else if (article && t.closest("[data-edit]")) {
      const c = this.review.comments.find((x) => x.id === article.dataset["comment"])
      if (c) this.open(c)
    } else if (article && t.closest("[data-delete]")) {
      const row = article.closest("tr")?.previousElementSibling
      this.save(remove(this.review, article.dataset["comment"] ?? ""))
      this.draw()
      announce(this.dataset["deleted"] ?? "")
      this.lines.go(row instanceof HTMLTableRowElement ? row : undefined)
    } else if (box && t.closest("[data-add]")) this.put(box, true)
    else if (box && t.closest("[data-cancel]")) this.put(box, false)
    else if (!t.closest("a,button")) {
      const row = t.closest<HTMLTableRowElement>(LINE)
      if (row) this.lines.mark(row) // a finger has nothing to point with: the line that it touched shows its sign
    }
  }

  /** Adds the comment of a form, or forgets it. */
  private put(box: HTMLElement, keep: boolean): void {
    const c = this.read(box)
    const without = { ...this.review, drafts: this.review.drafts.filter((d) => !(at(d) === at(c) && d.file === c.file && d.id === c.id)) }
    const row = document.getElementById(this.anchor(c))?.closest("tr") ?? undefined
    box.removeAttribute("data-form") // its text area says once more that it changed when it goes; that is no draft any more
    this.save(keep && c.text.trim() !== "" ? add(without, c) : without)
    box.remove()
    this.draw()
    if (keep) announce(this.dataset["added"] ?? "")
    this.lines.go(row)
  }

  /** Opens the comment form of a row. */
  private write(row: HTMLTableRowElement): void {
    const place = this.placeOf(idOf(row).slice(this.stem.length))
    if (!place) return
    const before = this.review.drafts.find((d) => d.file === place.file && at(d) === at(place) && d.id === "")
    this.open(before ?? { ...place, id: "", tone: "must", text: "" })
  }

  /** The sign that opens the form stands in the row that is pointed at, and in the current one. */
  private offer(row: HTMLTableRowElement | null): void {
    const cell = row && one("td.s", row)
    if (!row || !cell || this.stopped || one(".add-c", cell)) return
    for (const a of all(".add-c", this)) if (a.closest("tr") !== this.lines.row) a.remove()
    const f = this.copy("add")
    const a = one<HTMLAnchorElement>("a", f)
    if (!a) return
    const link = one<HTMLAnchorElement>(`#${CSS.escape(idOf(row))} a`, row)
    a.href = link?.href ?? ""
    a.setAttribute("aria-label", fill(this.dataset["commentOn"] ?? "", { n: link?.textContent ?? "" }))
    a.tabIndex = row === this.lines.row ? 0 : -1
    cell.append(f)
  }

  private open(c: Comment): void {
    this.review = draftAt(this.review, c, true)
    this.draw()
    const where = this.anchor(c).slice(this.stem.length)
    const area = document.getElementById("t-" + where + c.id)
    area?.focus()
    area?.scrollIntoView({ block: "nearest" })
  }

  // The keys. They work while the focus is in the diff, and nobody types.

  private readonly pressed = (e: KeyboardEvent): void => {
    const t = e.target as HTMLElement
    const box = t.closest<HTMLElement>("[data-form]")
    if (box && e.key === "Escape") {
      e.preventDefault()
      const row = document.getElementById(this.stem + (box.dataset["at"] ?? ""))?.closest("tr") // what was typed stays as a draft
      return this.lines.go(row ?? undefined)
    }
    if (box && e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault()
      return this.put(box, true)
    }
    if (e.key === "Enter" && t instanceof HTMLInputElement) return e.preventDefault() // no button of the page is meant
    if (remembered("keys") === "off" || e.ctrlKey || e.metaKey || e.altKey || !t.closest("[data-diff]") || t.closest("textarea,[data-form]")) return
    const act = this.keys[e.key]
    if (!act) return
    e.preventDefault()
    act()
  }

  private readonly keys: Readonly<Record<string, () => void>> = {
    ...this.lines.keys,
    c: () => this.lines.row && !this.stopped && this.write(this.lines.row),
    v: () => one<HTMLInputElement>("[name=viewed]", this.lines.current() ?? this)?.click(),
    u: () => one("#rv-mine", this)?.focus(),
  }
}

customElements.define("code-review", CodeReview)
