import { all, announce, one } from "@web/dom"

const clock = (s: number): string => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`

/** What a place is called: "line 12", "lines 12 to 18", "1:05 to 1:20", or what the page says of it. */
function words(first: string, last: string): string {
  const line = (id: string): number => Number(/[LR](\d+)$/.exec(id)?.[1] ?? NaN)
  const time = (id: string): readonly number[] => (/^t(\d+)-(\d+)$/.exec(id) ?? []).slice(1).map(Number)
  const [a, b] = [line(first), line(last)]
  if (!Number.isNaN(a)) return a === b ? `line ${a}` : `lines ${Math.min(a, b)} to ${Math.max(a, b)}`
  const [from, to] = [time(first), time(last)]
  if (from.length === 2) return `${clock(Math.min(from[0] ?? 0, to[0] ?? 0))} to ${clock(Math.max(from[1] ?? 0, to[1] ?? 0))}`
  return document.getElementById(first)?.dataset["label"] ?? "this place"
}

/** Chooses what a question is about: one place, or with Shift all from the first to the second. Without it the place is written. */
class AskAbout extends HTMLElement {
  private first = ""
  private last = ""

  connectedCallback(): void {
    const bar = one("[data-bar]", this)
    if (bar) bar.hidden = false
    this.addEventListener("click", this.pressed)
    addEventListener("hashchange", this.hashed)
    this.hashed()
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.pressed)
    removeEventListener("hashchange", this.hashed)
  }

  private readonly hashed = (): void => {
    const id = decodeURIComponent(location.hash.slice(1))
    const at = id === "" ? null : document.getElementById(id)
    if (at && this.contains(at) && id !== this.last) this.choose(id, id)
  }

  private readonly pressed = (e: MouseEvent): void => {
    const to = e.target as Element
    if (to.closest("[data-ask]") && !this.dataset["href"]) return this.put()
    const id = decodeURIComponent(to.closest<HTMLAnchorElement>("a[href^='#']")?.hash.slice(1) ?? "")
    const at = id === "" ? null : document.getElementById(id)
    if (!at || !this.contains(at)) return
    if (!e.shiftKey || this.kind(id) !== this.kind(this.first)) return this.choose(id, id)
    e.preventDefault()
    this.choose(this.first, id)
  }

  /** Places of one kind can be the ends of one: lines of the same file and side, times of the same recording. */
  private readonly kind = (id: string): string => id.replace(/\d+(-\d+)?$/, "")

  private choose(first: string, last: string): void {
    this.first = first
    this.last = last
    for (const at of all("[data-within]", this)) at.removeAttribute("data-within")
    const order = all("[id]", this).filter((at) => this.kind(at.id) === this.kind(first))
    const [a, b] = [order.findIndex((at) => at.id === first), order.findIndex((at) => at.id === last)]
    for (const at of order.slice(Math.min(a, b), Math.max(a, b) + 1)) at.setAttribute("data-within", "")
    const what = one("[data-what]", this)
    const text = words(first, last)
    if (what) what.textContent = `Chosen: ${text}. With Shift another one, for all between.`
    announce(`Chosen: ${text}.`)
    const link = one<HTMLAnchorElement>("a[data-ask]", this)
    if (link) link.href = `${this.dataset["href"] ?? ""}&place=${encodeURIComponent(this.place)}`
  }

  private get place(): string {
    const [a, b] = this.first.length > this.last.length || (this.first.length === this.last.length && this.first > this.last) ? [this.last, this.first] : [this.first, this.last]
    return a === b ? a : `${a} ${b}`
  }

  /** Puts the place into the form of the page. */
  private put(): void {
    const field = (name: string): HTMLInputElement | HTMLSelectElement | null => one(`form [name=${name}]`)
    const place = field("anchor")
    if (!place) return
    for (const [name, value] of [["file", ""], ["from", ""], ["to", ""], ["item", this.dataset["item"] ?? ""], ["anchor", this.first === "" ? "" : this.place]] as const) {
      const at = field(name)
      if (!at) continue
      at.value = value
      at.dispatchEvent(new Event("input", { bubbles: true }))
      at.dispatchEvent(new Event("change", { bubbles: true }))
    }
    const more = place.closest("details")
    if (more) more.open = true
    const text = one<HTMLTextAreaElement>("form textarea[name=text]")
    ;(text ?? place).focus()
    announce(`The question is about ${this.first === "" ? "this answer" : words(this.first, this.last)}.`)
  }
}
customElements.define("ask-about", AskAbout)
