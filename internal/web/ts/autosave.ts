import { answerOf, pristine, restore } from "./answer"
import { evidence, learnFrom, serverNow } from "./clock"
import { announce, fill, one } from "./dom"
import { found, leave, stay, type Taken } from "./leaving"
import { batch, Known, newClient, openStore, pause, request, sha256, type Kept, type Reply, type Store, type Tick } from "./outbox"

/** The kinds of the save status. Only these five texts exist; ui.md, section 4. */
type Kind = "saving" | "saved" | "device" | "offline" | "failed"

const DEBOUNCE = 250
const ATMOST = 800 // somebody who types without a rest is kept this often all the same

/** What the page says about its sitting: <div data-sitting="sit_..." data-epoch data-end data-now data-interval data-zone hidden>. */
interface Sitting {
  readonly id: string
  readonly epoch: number
}

const client = newClient()
const seqs = new Map<string, number>()
const known = new Known()
const sent = new Map<string, string>() // item -> body that was last kept
const timers = new Map<HTMLFormElement, number>()
const since = new Map<HTMLFormElement, number>() // when the oldest change that is not kept was made
const writing = new Map<string, Omit<Kept, "sha256" | "tried">>() // item -> version on its way to the device's database
const skip = new Set<string>() // sittings that are not this session's

let store: Store | undefined
let opening: Promise<Store> | undefined
let sitting: Sitting | undefined
let interval = 2000
let failures = 0
let unreached = 0 // since when no try went through, in server milliseconds; 0: the last one did
let sending = false
let again: number | undefined
let due = 0
let lastSent = 0
let keeping = 0
let reason = ""
let kind: Kind | undefined
let spoken = ""
let stopped = false
const others = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("candor-answers")

const forms = (): HTMLFormElement[] => [...document.querySelectorAll<HTMLFormElement>("form[data-item]")]
const open = (): Promise<Store> => (opening ??= openStore())

/** Starts saving for the page's sitting, if it has one. Call it again after a swap brought new forms. */
export async function start(onTick: (t: Tick) => void): Promise<void> {
  const el = one("[data-sitting]")
  tick = onTick
  if (el && !sitting) {
    sitting = { id: el.dataset["sitting"] ?? "", epoch: Number(el.dataset["epoch"]) }
    interval = Number(el.dataset["interval"]) || interval
    stopped = el.dataset["state"] === "ended"
    document.addEventListener("input", changed)
    document.addEventListener("change", changed)
    document.addEventListener("submit", posting, true)
    document.addEventListener("visibilitychange", () => document.hidden && void flush())
    addEventListener("pagehide", () => {
      void flush() // begins at once with all that waits for its rest
      leave(client, { waiting: [...writing.values()], taken: known.taken(sitting) })
    })
    addEventListener("pageshow", (e) => e.persisted && stay(client))
    addEventListener("online", () => void resume())
    addEventListener("offline", () => void status())
    others?.addEventListener("message", (e: MessageEvent<{ item: string; body: string }>) => adopt(e.data.item, e.data.body))
    setInterval(() => void ask(), 60_000)
  }
  store = await open()
  const before = await inherit(store)
  for (const f of forms()) {
    if (sent.has(f.dataset["item"] ?? "")) continue
    if (pristine(f)) sent.set(f.dataset["item"] ?? "", answerOf(f))
    else autosave(f) // somebody typed before this script was here
  }
  const kept = await store.list()
  if (sitting) for (const v of before) if (v.sitting === sitting.id && v.epoch === sitting.epoch && !stopped) renew(v)
  if (sitting) for (const v of kept) bring(v)
  if (kept.length > 0 || sitting) schedule(0)
  await status()
  one("[data-sitting]")?.setAttribute("data-ready", "")
}

let tick: (t: Tick) => void = () => undefined

/** Puts into the outbox what a page before this one could not, and gives back what the server took from it. */
async function inherit(s: Store): Promise<readonly Taken[]> {
  const taken: Taken[] = []
  for (const f of found()) {
    for (const v of f.left.waiting) await s.put({ ...v, sha256: await sha256(v.body), tried: false })
    taken.push(...f.left.taken)
    f.taken()
  }
  return taken
}

/** This page was asked for before the server had what the page before it sent: what it drew is older. */
function renew(v: Taken): void {
  const f = forms().find((x) => x.dataset["item"] === v.item)
  if (f && v.revision > Number(f.dataset["revision"] ?? 0)) adopt(v.item, v.body)
}

/** A version this device had not sent before the page was closed goes back into its form. */
function bring(v: Kept): void {
  if (v.sitting !== sitting?.id || v.epoch !== sitting.epoch || stopped) return
  const f = forms().find((x) => x.dataset["item"] === v.item)
  if (f?.dataset["client"] === v.client && v.seq <= Number(f.dataset["seq"])) return // the server drew a newer one of the same writer
  adopt(v.item, v.body)
}

/** Another tab of this browser, or an earlier life of this one, has a newer answer: show it unless somebody types here. */
function adopt(item: string, body: string): void {
  for (const f of forms()) {
    if (f.dataset["item"] !== item || timers.has(f) || answerOf(f) === body) continue
    sent.set(item, body)
    restore(f, body)
    f.dispatchEvent(new Event("candor-restored"))
  }
}

function changed(e: Event): void {
  const f = (e.target as Element).closest<HTMLFormElement>("form[data-item]")
  if (f) autosave(f)
}

/** A form that is posted says which turn it has: versions of this page that are still on their way come before it, whenever they arrive. */
function posting(e: Event): void {
  const f = e.target as HTMLFormElement
  const item = f.dataset["item"]
  if (item === undefined || f.method !== "post" || stopped || !sitting) return
  void keep(f) // the post may not get through
  const seq = (seqs.get(item) ?? 0) + 1
  seqs.set(item, seq)
  hidden(f, "_client", client)
  hidden(f, "_seq", String(seq))
}

function hidden(f: HTMLFormElement, name: string, value: string): void {
  let c = f.querySelector<HTMLInputElement>(`input[type=hidden][name="${name}"]`)
  if (!c) {
    c = document.createElement("input")
    c.type = "hidden"
    c.name = name
    f.append(c)
  }
  c.value = value
}

/** Keeps the form's answer on this device after 250 ms of rest (at the latest after 800 ms), and sends it. Islands call it when their content changed. */
export function autosave(f: HTMLFormElement): void {
  if (stopped || !sitting) return
  const running = timers.get(f)
  if (running !== undefined) clearTimeout(running)
  const now = performance.now()
  if (!since.has(f)) since.set(f, now)
  const rest = Math.min(DEBOUNCE, Math.max(0, (since.get(f) ?? now) + ATMOST - now))
  timers.set(f, window.setTimeout(() => void keep(f), rest))
  show("saving")
}

async function keep(f: HTMLFormElement): Promise<void> {
  const running = timers.get(f)
  if (running !== undefined) clearTimeout(running)
  timers.delete(f)
  since.delete(f)
  f.dispatchEvent(new CustomEvent("candor-collect")) // editors write their content into the form
  const item = f.dataset["item"] ?? ""
  const body = answerOf(f)
  if (!sitting || sent.get(item) === body) return status()
  sent.set(item, body)
  const seq = (seqs.get(item) ?? 0) + 1
  seqs.set(item, seq)
  keeping++
  const v = { sitting: sitting.id, item, client, seq, base: known.seq(item), body, epoch: sitting.epoch, typed: performance.timeOrigin + performance.now(), at: evidence() }
  writing.set(item, v)
  try {
    store ??= await open()
    await store.put({ ...v, sha256: await sha256(body), tried: false })
    reason = ""
    others?.postMessage({ item, body })
  } catch {
    sent.delete(item)
    reason = text("full")
  } finally {
    keeping--
    if (writing.get(item) === v) writing.delete(item)
  }
  if (failures === 0) schedule(Math.max(0, lastSent + interval - performance.now()))
  await status()
}

/** Everything that waits for its rest goes to the device now, and on to the server. */
export async function flush(): Promise<void> {
  await Promise.all([...timers.keys()].map(keep))
  await send()
}

/** At the end of the time: what is there is kept and sent, then nothing more is taken. */
export async function stop(): Promise<void> {
  await flush()
  stopped = true
  for (const f of forms()) {
    f.dispatchEvent(new CustomEvent("candor-stop", { bubbles: true }))
    for (const c of f.elements) {
      if (c instanceof HTMLTextAreaElement || (c instanceof HTMLInputElement && c.type === "text")) c.readOnly = true
      else if (c instanceof HTMLInputElement || c instanceof HTMLSelectElement) c.setAttribute("aria-disabled", "true")
    }
  }
}

/** How many answers wait on this device for this sitting; of one answer several versions may. */
export async function unsent(): Promise<number> {
  return new Set((await (store ?? (await open())).list()).filter((v) => v.sitting === sitting?.id).map((v) => v.item)).size
}

/** Sends after a while, unless something is to be sent sooner. */
function schedule(wait = pause(failures)): void {
  const at = performance.now() + wait
  if (again !== undefined && due <= at) return
  if (again !== undefined) clearTimeout(again)
  due = at
  again = window.setTimeout(() => {
    again = undefined
    void send()
  }, wait)
}

async function resume(): Promise<void> {
  failures = 0
  unreached = 0
  await send()
}

/** Sends what waits, one tab at a time. */
async function send(): Promise<void> {
  if (sending || !store) return
  sending = true
  try {
    if (navigator.locks) await navigator.locks.request("candor-outbox", drain)
    else await drain()
  } finally {
    sending = false
  }
  await status()
}

async function drain(): Promise<void> {
  for (;;) {
    const list = store ? batch(await store.list(), skip) : []
    if (list.length === 0 || !store) return
    await store.tried(list)
    lastSent = performance.now()
    let r: Response
    try {
      r = await post(list)
    } catch {
      missed()
      failures++
      return schedule()
    }
    if (r.status >= 502 && r.status <= 504) missed() // whoever answered, it was not us
    else unreached = 0
    learnFrom(r)
    if (!(await accept(r, list))) return
  }
}

/** A try did not go through; without a network of its own the device has nothing to report. */
function missed(): void {
  if (!navigator.onLine) unreached = 0
  else if (unreached === 0) unreached = Math.round(serverNow()) || 0
}

/** A page that is being left may still send a little: browsers carry on with at most 64 KB. */
function post(list: readonly Kept[]): Promise<Response> {
  const body = request(list, performance.timeOrigin + performance.now(), unreached, known)
  return fetch("/c/-/save", { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: document.hidden && body.length < 30_000, signal: AbortSignal.timeout(10_000) })
}

/** Takes the server's answer; true when the next batch may follow at once. */
async function accept(r: Response, list: readonly Kept[]): Promise<boolean> {
  if (!store) return false
  if (r.ok) {
    const reply = (await r.json()) as Reply
    const first = list[0]
    // First what the next page is told, then the device: a page that is left in between would have neither.
    if (first?.client === client)
      for (const v of list) for (const a of reply.acks) if (a.item === v.item && a.seq === v.seq) known.took(v, a.standing === "on_time" ? a.revision : 0)
    await store.done(reply.acks.map((a) => ({ client: first?.client ?? "", item: a.item, seq: a.seq })))
    const whole = (reply.whole ?? []).filter((w) => known.refuse(w.item))
    // one that was not acknowledged is not lost: it stays and is sent again
    failures = reply.acks.length === 0 && whole.length === 0 ? failures + 1 : 0
    reason = ""
    heard(reply, first?.sitting)
    if (reply.acks.some((a) => a.standing === "late")) document.dispatchEvent(new CustomEvent("candor-late"))
    if (failures > 0) schedule()
    return failures === 0
  }
  const title = await r.json().then((p: { title?: string }) => p.title ?? "", () => "")
  const foreign = list[0]?.sitting !== sitting?.id
  if (r.status === 422 && list.filter((v) => known.refuse(v.item)).length > 0) return true // from before there were ops
  if (r.status === 404 || r.status === 409 || r.status === 413 || r.status === 422 || (r.status === 401 && foreign)) {
    if (foreign) skip.add(list[0]?.sitting ?? "")
    else if (list.length > 1) return single(list)
    else for (const v of list) await store.refuse(v, title)
    if (!foreign) reason = title || text("refused")
    return true
  }
  failures++
  if (r.status === 401) {
    reason = text("signin")
    if (failures > 2) failures = 3
  }
  const after = Number(r.headers.get("Retry-After")) * 1000
  schedule(after > 0 ? Math.min(after, 30_000) : undefined)
  return false
}

/** One answer of a batch was refused: each is tried by itself, so that the others go through. */
async function single(list: readonly Kept[]): Promise<boolean> {
  for (const v of list) {
    const r = await post([v]).catch(() => undefined)
    if (!r) {
      failures++
      schedule()
      return false
    }
    if (!(await accept(r, [v]))) return false
  }
  return true
}

function heard(t: Tick, id = sitting?.id): void {
  if (id !== sitting?.id) return
  interval = Math.min(15_000, Math.max(2000, t.interval))
  tick(t)
}

/** Asks for the clock when nothing was saved lately, and after sleep. */
export async function ask(): Promise<void> {
  if (!sitting || document.hidden) return
  try {
    const r = await fetch("/c/-/clock?sitting=" + encodeURIComponent(sitting.id), { signal: AbortSignal.timeout(10_000) })
    learnFrom(r)
    if (r.ok) heard((await r.json()) as Tick)
  } catch {
    await status()
  }
}

/** Works out which of the five texts is true. */
async function status(): Promise<void> {
  if (!sitting || !store) return
  const waiting = (await store.list()).filter((v) => v.sitting === sitting?.id)
  const lost = failures > 1 || !navigator.onLine
  banner(lost && waiting.length > 0 ? waiting.length : lost ? 0 : -1)
  if (reason || waiting.some((v) => v.refused !== undefined)) return show("failed", waiting.length)
  if (timers.size > 0 || keeping > 0) return show("saving")
  if (waiting.length === 0) return show(navigator.onLine ? "saved" : "offline")
  if (store.lacks) {
    reason = lost ? text(store.lacks) : ""
    return show(lost ? "failed" : "saving")
  }
  show(lost ? "offline" : "device")
}

const text = (name: string): string => one("[data-save]")?.getAttribute("data-" + name) ?? ""

function show(now: Kind, waiting = 0): void {
  const el = one("[data-save]")
  if (!el || (now === "saved" && kind === "saved" && el.dataset["waited"] === "0")) return
  const at = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: el.dataset["zone"] || undefined })
  const why = reason || text("refused")
  const words = fill(text("t-" + now), { time: at.format(serverNow() || Date.now()), reason: why, n: waiting })
  const label = one("[data-save-text]", el) ?? el
  label.textContent = words
  el.dataset["kind"] = now
  el.dataset["waited"] = now === "saved" ? "0" : "1"
  kind = now
  const group = now === "offline" || now === "failed" ? now : now === "saved" ? "saved" : spoken
  if (group !== spoken && (spoken !== "" || group !== "saved")) announce(words, now === "failed")
  spoken = group
}

let wasOff = false

/** Shows or hides the note under the bar; n answers wait, -1 means all is well. */
function banner(n: number): void {
  const el = one("[data-offline]")
  if (!el) return
  el.hidden = n < 0
  const count = one("[data-offline-count]", el)
  if (count) count.textContent = n > 0 ? fill(el.dataset[n === 1 ? "one" : "many"] ?? "", { n }) : ""
  if (n < 0 && wasOff) announce(el.dataset["back"] ?? "")
  wasOff = n >= 0
}
