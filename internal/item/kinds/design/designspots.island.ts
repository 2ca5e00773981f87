import { all, announce, one } from "@web/dom"

const STEP = 10 // thousandths that an arrow key moves the mark by
const LEAP = 50 // with Shift

interface Spot {
  readonly x: number // thousandths from the left
  readonly y: number // and from the top
}

const read = (place: string): Spot | undefined => {
  const m = /\.(\d{1,4})-(\d{1,4})$/.exec(place)
  return m ? { x: Number(m[1]), y: Number(m[2]) } : undefined
}
const words = (s: Spot): string => `${Math.round(s.x / 10)} % across, ${Math.round(s.y / 10)} % down`
const within = (n: number): number => Math.min(1000, Math.max(0, Math.round(n)))

/** Places in a picture that become evidence: pressed, or aimed at by keys. Each stands in the picture and in the list below it. Without it the picture as a whole is evidence. */
class DesignSpots extends HTMLElement {
  private spots: Spot[] = []
  private aim: Spot | undefined
  private heard: AbortController | undefined

  private get at(): string {
    return this.dataset["at"] ?? ""
  }
  private get board(): HTMLElement | null {
    return one("[data-board]", this)
  }
  private place(s: Spot): string {
    return `${this.at}.${s.x}-${s.y}`
  }

  private readonly pressed = (e: MouseEvent): void => {
    const to = e.target as Element
    if (to.closest("[data-point]")) return this.aimAt({ x: 500, y: 500 })
    const picture = to.closest("img")
    if (!picture || !this.board?.contains(picture)) return
    const box = picture.getBoundingClientRect()
    this.take({ x: within(((e.clientX - box.left) / box.width) * 1000), y: within(((e.clientY - box.top) / box.height) * 1000) })
  }
  private readonly keyed = (e: KeyboardEvent): void => {
    const aim = this.aim
    if (!aim || !(e.target as Element).matches("[data-aim]") || e.ctrlKey || e.metaKey || e.altKey) return
    const by = e.shiftKey ? LEAP : STEP
    const to: Record<string, Spot> = {
      ArrowLeft: { x: aim.x - by, y: aim.y },
      ArrowRight: { x: aim.x + by, y: aim.y },
      ArrowUp: { x: aim.x, y: aim.y - by },
      ArrowDown: { x: aim.x, y: aim.y + by },
    }
    const next = to[e.key]
    if (next) this.aimAt({ x: within(next.x), y: within(next.y) })
    else if (e.key === "Enter" || e.key === " ") this.take(aim)
    else if (e.key === "Escape") {
      this.aim = undefined
      this.draw()
      one("[data-point]", this)?.focus()
    } else return
    e.preventDefault()
    e.stopPropagation()
  }
  private readonly hashed = (): void => {
    const place = decodeURIComponent(location.hash.slice(1))
    if (place.startsWith(this.at + ".")) this.add(place)
    this.draw()
  }

  connectedCallback(): void {
    this.heard = new AbortController()
    const { signal } = this.heard
    this.addEventListener("click", this.pressed, { signal })
    this.addEventListener("keydown", this.keyed, { signal })
    addEventListener("hashchange", this.hashed, { signal })
    for (const e of all("[data-point], [data-how]", this)) e.hidden = false
    for (const o of all<HTMLOptionElement>("select option")) this.add(o.value.slice(o.value.indexOf("#") + 1)) // what the scorecard points at already
    for (const a of all<HTMLAnchorElement>("a[href*='#s-']")) this.add(decodeURIComponent(a.hash.slice(1)))
    this.hashed()
  }

  disconnectedCallback(): void {
    this.heard?.abort()
  }

  private add(place: string): void {
    const s = place.startsWith(this.at + ".") ? read(place) : undefined
    if (!s || s.x > 1000 || s.y > 1000 || this.spots.some((o) => o.x === s.x && o.y === s.y)) return
    this.spots.push(s)
    this.spots.sort((a, b) => a.y - b.y || a.x - b.x)
  }

  private aimAt(s: Spot): void {
    this.aim = s
    this.draw()
    one("[data-aim]", this)?.focus()
    announce(words(s))
  }

  /** Makes a spot a place that a level or a note points to. */
  private take(s: Spot): void {
    this.aim = undefined
    this.add(this.place(s))
    this.draw()
    const same = location.hash === "#" + this.place(s)
    location.hash = this.place(s)
    if (same) this.draw()
    announce(`${words(s)} is marked. Give a level, and it points there.`)
  }

  private draw(): void {
    const here = decodeURIComponent(location.hash.slice(1))
    const mark = (s: Spot, e: HTMLElement): HTMLElement => {
      e.className = "spot num"
      e.style.insetInlineStart = `${s.x / 10}%`
      e.style.insetBlockStart = `${s.y / 10}%`
      return e
    }
    const marks = this.spots.map((s, i) => {
      const a = document.createElement("a")
      a.href = "#" + this.place(s)
      a.textContent = String(i + 1)
      a.tabIndex = -1 // the list below has the same
      a.ariaHidden = "true"
      a.toggleAttribute("data-here", this.place(s) === here)
      return mark(s, a)
    })
    if (this.aim) {
      const b = document.createElement("button")
      b.type = "button"
      b.dataset["aim"] = ""
      b.textContent = "+"
      b.setAttribute("aria-label", `Mark at ${words(this.aim)}. Arrow keys move it, with Shift further; Enter takes it, Escape leaves.`)
      marks.push(mark(this.aim, b))
    }
    for (const old of all(".spot", this)) old.remove()
    this.board?.append(...marks)
    one("[data-spots]", this)?.replaceChildren(
      ...this.spots.map((s, i) => {
        const li = document.createElement("li")
        li.id = this.place(s)
        li.tabIndex = -1
        li.dataset["label"] = `${this.dataset["label"] ?? ""}, ${words(s)}`
        li.toggleAttribute("data-here", li.id === here)
        const a = document.createElement("a")
        a.href = "#" + li.id
        a.textContent = `${i + 1}: ${words(s)}`
        li.append(a)
        return li
      }),
    )
  }
}
customElements.define("design-spots", DesignSpots)
