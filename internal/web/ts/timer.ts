import { ask, stop, unsent } from "./autosave"
import { known, learn, left, serverNow, warning } from "./clock"
import { all, announce, fill, one, remember, remembered } from "./dom"
import type { Tick } from "./outbox"

let end = 0
let total = 0
let before = Number.POSITIVE_INFINITY
let over = false
let timer: number | undefined
let started = false

/** Begins with what the page was drawn with: data-now was true when its first byte came. */
export function startClock(): void {
  const s = one("[data-sitting]")
  if (!s || started) return
  started = true
  const nav = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined
  if (!known()) learn(Number(s.dataset["now"]), nav?.responseStart ?? performance.now())
  end = Number(s.dataset["end"])
  total = Number(s.dataset["total"])
  over = s.dataset["state"] === "ended"
  for (const t of all("[data-timer]")) {
    const hide = one<HTMLButtonElement>("[data-timer-hide]", t)
    const set = (hidden: boolean): void => {
      t.toggleAttribute("data-hidden", hidden)
      hide?.setAttribute("aria-pressed", String(hidden))
      remember("timer", hidden ? "hidden" : "")
    }
    hide?.addEventListener("click", () => set(!t.hasAttribute("data-hidden")))
    hide?.removeAttribute("hidden")
    if (remembered("timer") === "hidden") set(true)
  }
  addEventListener("pageshow", () => void ask())
  document.addEventListener("visibilitychange", () => document.hidden || void ask())
  paint()
}

/** The server said something about the sitting: an extension, a takeover, the end. */
export function onTick(t: Tick): void {
  learn(t.now)
  if (over && t.editor && t.state === "running" && t.end > end) return location.reload() // the end was moved after this page had stopped
  if (t.end !== end && end > 0 && t.end > end) {
    total += t.end - end
    const note = one("[data-timer]")?.dataset["extended"]
    if (note) announce(fill(note, { n: Math.round((t.end - end) / 60_000) }))
  }
  end = t.end
  if (!t.editor) document.dispatchEvent(new CustomEvent("candor-takeover"))
  if (!t.editor || t.state !== "running") void finish(t.editor, t.state === "paused")
  paint()
}

function paint(): void {
  if (timer !== undefined) clearTimeout(timer)
  const el = one("[data-timer]")
  if (!el || end === 0 || !known()) return
  const ms = end - serverNow()
  const now = left(ms)
  const value = one("[data-timer-value]", el)
  const unit = one("[data-timer-unit]", el)
  if (value && value.textContent !== now.value) value.textContent = now.value
  if (unit && unit.textContent !== now.unit) unit.textContent = now.unit
  one("circle.fg", el)?.setAttribute("stroke-dasharray", `${(Math.max(0, Math.min(1, ms / (total || 1))) * 56.5).toFixed(0)} 57`)
  const w = warning(before, ms, total)
  before = ms
  if (w !== null && w !== 0) announce(el.dataset["w" + w] ?? "", w === 1)
  if (ms <= 0) {
    if (!over && !asking) void atZero()
    return
  }
  timer = window.setTimeout(paint, ms <= 61_000 ? ms % 1000 || 1000 : Math.min(ms % 60_000 || 60_000, 15_000))
}

let asking = false

/** Somebody may have given more time while nothing was saved: the page asks once more before it stops, and waits two seconds at most. */
async function atZero(): Promise<void> {
  asking = true
  await Promise.race([ask(), new Promise((done) => setTimeout(done, 2000))])
  asking = false
  if (end > serverNow()) return paint()
  if (!over) await finish(true)
}

/** Time is over, the part was sent elsewhere, or another device took over: keep and send what is there, and say so. */
async function finish(editor: boolean, paused = false): Promise<void> {
  if (over) return
  over = true
  await stop()
  const name = !editor ? "takeover" : paused ? "paused" : (await unsent()) > 0 ? "over-offline" : "over"
  for (const el of all("[data-ended]")) el.hidden = el.dataset["ended"] !== name
  const shown = one(`[data-ended="${name}"]`)
  if (shown) announce(shown.innerText, true)
}
