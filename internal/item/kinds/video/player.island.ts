import { all, announce, one } from "@web/dom"

const clock = (s: number): string => `${Math.floor(s / 60)}:${String(Math.floor(s) % 60).padStart(2, "0")}`

/** The reader's player: speed, keys, words that follow and can be searched, and times that become evidence. Without it the browser's own player stands there. */
class TakePlayer extends HTMLElement {
  private get video(): HTMLVideoElement | null {
    return one<HTMLVideoElement>("[data-video]", this)
  }
  private get lines(): HTMLElement[] {
    return all("[data-from]", this)
  }

  private readonly pressed = (e: Event): void => {
    const at = e.target as Element
    const speed = at.closest<HTMLElement>("[data-speed]")?.dataset["speed"]
    if (speed) this.speed(Number(speed))
    if (at.closest("[data-mark]")) this.mark()
    const place = at.closest<HTMLAnchorElement>("a[href^='#t']")
    if (place) this.go(place.hash.slice(1))
  }
  private readonly hashed = (): void => this.go(location.hash.slice(1))
  private readonly keyed = (e: KeyboardEvent): void => {
    const v = this.video
    if (!v || e.ctrlKey || e.metaKey || e.altKey || e.target !== v) return
    const by: Record<string, () => void> = {
      " ": () => (v.paused ? void v.play() : v.pause()),
      ArrowLeft: () => (v.currentTime -= 5),
      ArrowRight: () => (v.currentTime += 5),
      "<": () => this.speed(v.playbackRate - 0.25),
      ">": () => this.speed(v.playbackRate + 0.25),
    }
    const act = by[e.key]
    if (!act) return
    e.preventDefault()
    act()
  }
  private readonly played = (): void => {
    const now = this.video?.currentTime ?? 0
    for (const l of this.lines) l.toggleAttribute("data-now", Number(l.dataset["from"]) <= now && now < Number(l.dataset["to"]))
  }
  private readonly searched = (e: Event): void => {
    const word = (e.target as HTMLInputElement).value.trim().toLowerCase()
    let n = 0
    for (const l of this.lines) {
      const hit = word !== "" && (l.textContent ?? "").toLowerCase().includes(word)
      l.toggleAttribute("data-hit", hit)
      if (hit && ++n === 1) l.scrollIntoView({ block: "nearest" })
    }
    const say = one("[data-found]", this)
    if (say) say.textContent = word === "" ? "" : n === 1 ? "1 place" : `${n} places`
  }

  connectedCallback(): void {
    for (const c of all("[data-controls],[data-search]", this)) c.hidden = false
    this.addEventListener("click", this.pressed)
    this.addEventListener("keydown", this.keyed)
    this.video?.addEventListener("timeupdate", this.played)
    one("input[type=search]", this)?.addEventListener("input", this.searched)
    addEventListener("hashchange", this.hashed)
    this.marks()
    this.hashed()
  }

  disconnectedCallback(): void {
    removeEventListener("hashchange", this.hashed)
  }

  private speed(to: number): void {
    const v = this.video
    if (!v) return
    v.playbackRate = Math.min(3, Math.max(0.5, to))
    for (const b of all("[data-speed]", this)) b.setAttribute("aria-pressed", String(Number(b.dataset["speed"]) === v.playbackRate))
    announce(`Speed ${v.playbackRate}`)
  }

  /** Times that the scorecard already points to are marks too. */
  private marks(): void {
    for (const a of all<HTMLAnchorElement>("a[href*='#t']")) {
      const place = /^#(t\d+-\d+)$/.exec(a.hash)?.[1]
      if (place && !this.contains(a)) this.place(place)
    }
  }

  /** Makes the present time a place that a level or a note points to. */
  private mark(): void {
    const at = Math.floor(this.video?.currentTime ?? 0)
    const place = `t${at}-${Math.min(at + 5, Math.max(at + 1, Number(this.dataset["length"])))}`
    this.place(place)
    location.hash = place
    announce(`${clock(at)} is marked. Give a level, and it points there.`)
  }

  private place(id: string): void {
    if (document.getElementById(id)) return
    const from = /^t(\d+)-/.exec(id)?.[1]
    const list = one("[data-marks]", this)
    if (!list || from === undefined) return
    const li = document.createElement("li")
    li.id = id
    li.tabIndex = -1
    li.dataset["from"] = from
    li.dataset["to"] = String(Number(from) + 5)
    li.dataset["label"] = `${clock(Number(from))} to ${clock(Number(/-(\d+)$/.exec(id)?.[1] ?? from))}`
    const a = document.createElement("a")
    a.href = "#" + id
    a.className = "badge accent num"
    a.textContent = clock(Number(from))
    li.append(a)
    const after = [...list.children].find((c) => Number((c as HTMLElement).dataset["from"]) > Number(from))
    list.insertBefore(li, after ?? null)
  }

  private go(id: string): void {
    const from = /^t(\d+)-\d+$/.exec(id)?.[1]
    const v = this.video
    if (from === undefined) return
    this.place(id)
    for (const l of this.lines) l.toggleAttribute("data-here", l.id === id)
    if (v) v.currentTime = Number(from)
  }
}
customElements.define("take-player", TakePlayer)
