import { all, one, remembered } from "@web/dom"

/**
 * Ticks that survive paging, and the letters j, k and x. Kept for this tab only, under the opening's id; without it a form acts on its
 * own page. Escape is not taken: it belongs to menus.
 */
class BoardPicks extends HTMLElement {
  private readonly keys = (e: KeyboardEvent): void => this.key(e)
  private readonly changed = (): void => this.keep()
  private readonly sent = (): void => this.carry()
  private readonly forget = (e: Event): void => {
    if (e.target instanceof Element && e.target.closest("[data-forget]")) this.empty()
  }

  connectedCallback(): void {
    if (this.dataset["done"] !== undefined) this.empty() // what was acted on is ticked no more
    const known = this.kept()
    for (const b of this.boxes()) b.checked = known.has(b.value)
    this.elsewhere(known)
    this.addEventListener("change", this.changed)
    this.addEventListener("submit", this.sent)
    this.addEventListener("click", this.forget)
    document.addEventListener("keydown", this.keys)
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.keys)
  }

  private boxes(): HTMLInputElement[] {
    return all<HTMLInputElement>("input[name=pick]", this)
  }

  private get place(): string {
    return `candor.picks.${this.dataset["board"] ?? ""}`
  }

  private kept(): Set<string> {
    try {
      return new Set((sessionStorage.getItem(this.place) ?? "").split(" ").filter(Boolean))
    } catch {
      return new Set()
    }
  }

  private keep(): void {
    const known = this.kept()
    for (const b of this.boxes()) {
      if (b.checked) known.add(b.value)
      else known.delete(b.value)
    }
    try {
      sessionStorage.setItem(this.place, [...known].join(" "))
    } catch {
      return
    }
    this.elsewhere(known)
  }

  /** How many are ticked on other pages; the bar adds them to its count. */
  private elsewhere(known: Set<string>): void {
    const here = new Set(this.boxes().map((b) => b.value))
    const bar = one("[data-bulk]", this)
    if (bar) bar.dataset["elsewhere"] = String([...known].filter((id) => !here.has(id)).length)
  }

  /** Sends along who is ticked on other pages. */
  private carry(): void {
    const form = one<HTMLFormElement>("form", this)
    const here = new Set(this.boxes().map((b) => b.value))
    for (const old of all("[data-carried]", this)) old.remove()
    for (const id of this.kept()) {
      if (here.has(id)) continue
      const input = document.createElement("input")
      input.type = "hidden"
      input.name = "pick"
      input.value = id
      input.dataset["carried"] = ""
      form?.append(input)
    }
  }

  private empty(): void {
    try {
      sessionStorage.removeItem(this.place)
    } catch {
      // a browser without storage has nothing to forget
    }
    const boxes = this.boxes()
    for (const b of boxes) b.checked = false
    this.elsewhere(new Set())
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }))
  }

  private key(e: KeyboardEvent): void {
    if (remembered("keys") === "off" || e.ctrlKey || e.metaKey || e.altKey || !["j", "k", "x"].includes(e.key) || one("dialog[open]")) return
    const at = e.target instanceof HTMLElement ? e.target : undefined
    if (at?.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || (at instanceof HTMLInputElement && at.type !== "checkbox")) return
    const rows = all("[data-row]", this).filter((r) => this.stop(r))
    const now = rows.findIndex((r) => r.contains(document.activeElement))
    e.preventDefault()
    if (e.key === "x") {
      if (now >= 0) one<HTMLInputElement>("input[name=pick]", rows[now])?.click()
      return
    }
    const next = rows[Math.max(0, Math.min(rows.length - 1, e.key === "j" ? now + 1 : now - 1))]
    if (next) this.stop(next)?.focus()
  }

  /** Where the keyboard stops in a row. */
  private stop(row: HTMLElement): HTMLElement | null {
    return one("input[name=pick]", row) ?? one("a", row)
  }
}
customElements.define("board-picks", BoardPicks)
