import { all, fill, one, announce } from "./dom"
import { parse } from "./page"
import { learnFrom, serverNow } from "./clock"

/**
 * Drafts of staff: a form with data-autosave="/address" posts itself there, as it would be posted by its button, 600 ms after the
 * last change. A part of a form with it posts only its own fields: what fits into a request that outlives the page is limited. The status beside the title says what is true. Candidates' answers go by autosave.ts instead.
 */
const timers = new Map<HTMLElement, number>()
let failures = 0
let underway = 0 // posts without an answer: "saved" is said when all of it is

function show(kind: string): void {
  const el = one("[data-save]")
  const label = el && (one("[data-save-text]", el) ?? el)
  if (!el || !label) return
  const at = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: el.dataset["zone"] || undefined })
  const words = fill(el.getAttribute("data-t-" + kind) ?? "", { time: at.format(serverNow() || Date.now()), reason: el.getAttribute("data-unreached") ?? "" })
  if (kind === "failed" && el.dataset["kind"] !== kind) announce(words, true)
  label.textContent = words
  el.dataset["kind"] = kind
}

function fields(el: HTMLElement): URLSearchParams {
  const form = el instanceof HTMLFormElement ? el : el.closest("form")
  if (!form) return new URLSearchParams()
  const own = (k: string): boolean => el === form || one(`[name="${CSS.escape(k)}"]`, el) !== null
  return new URLSearchParams([...new FormData(form)].filter(([k, v]) => k !== "_once" && typeof v === "string" && own(k)).map(([k, v]) => [k, String(v)]))
}

async function post(form: HTMLElement): Promise<void> {
  timers.delete(form)
  const body = fields(form)
  underway++
  const r = await fetch(form.dataset["autosave"] ?? "", { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true, signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
  underway--
  if (r) learnFrom(r)
  if (r?.ok) {
    failures = 0
    if (timers.size === 0 && underway === 0) show("saved")
    void fresh(form)
    return
  }
  const changed = one("[data-conflict]")
  if (r?.status === 409 && changed) {
    // What the page was drawn from has changed: what was written is kept by the server as far as it fits, and the page says what to do.
    changed.hidden = false
    announce(changed.textContent?.trim() ?? "", true)
    return show("failed")
  }
  failures++
  show("failed")
  if (!timers.has(form)) timers.set(form, window.setTimeout(() => void post(form), Math.min(30_000, 1000 * 2 ** failures)))
}

/**
 * What the server says about the draft as it is kept: elements with data-fresh and an id inside the form are drawn anew from its
 * data-from. Nothing changes and nothing is said when they are the same.
 */
async function fresh(form: HTMLElement): Promise<void> {
  const from = form.dataset["from"]
  const old = all("[data-fresh]", form).filter((e) => e.id !== "")
  if (from === undefined || old.length === 0 || timers.has(form)) return
  const r = await fetch(from, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
  if (!r?.ok) return
  const page = parse(await r.text())
  if (timers.has(form)) return // somebody went on writing: the next save asks again
  for (const e of old) {
    const now = page.getElementById(e.id)
    if (!now || e.isEqualNode(now)) continue
    e.replaceWith(document.adoptNode(now))
    const words = one("[data-say]", now)?.textContent?.trim()
    if (words) announce(words)
  }
}

/** Whether something in a form is not as the page brought it. */
function touched(form: HTMLElement): boolean {
  return all<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("input, textarea, select", form).some((f) => {
    if (f instanceof HTMLSelectElement) return [...f.options].some((o) => o.selected !== o.defaultSelected) && [...f.options].some((o) => o.defaultSelected)
    if (f instanceof HTMLInputElement && (f.type === "radio" || f.type === "checkbox")) return f.checked !== f.defaultChecked
    return f.type !== "hidden" && f.value !== f.defaultValue
  })
}

export function startDrafts(): void {
  const changed = (e: Event): void => {
    const form = (e.target as Element).closest<HTMLElement>("[data-autosave]")
    if (!form) return
    clearTimeout(timers.get(form))
    timers.set(form, window.setTimeout(() => void post(form), 600))
    show("saving")
  }
  document.addEventListener("input", changed)
  document.addEventListener("change", changed)
  for (const el of all("[data-autosave]")) if (touched(el)) timers.set(el, window.setTimeout(() => void post(el), 600)) // before this script was here
  addEventListener("pagehide", () => [...timers.keys()].forEach((f) => void post(f)))
}
