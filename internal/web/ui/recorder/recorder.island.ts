import { flush } from "@web/autosave"
import { all, announce, fill, one } from "@web/dom"
import { swap } from "@web/page"
import { clock, Loudness, stream, trouble, typeFor } from "./device"
import { hold, recover } from "./hold"
import { Courier } from "./sending"
import { megabytes, newTake, openStore, type Store, type Take } from "./slices"
import { playHere, row, stamp } from "./takes"

type Mode = "off" | "ready" | "recording" | "paused" | "practising"

/** How much of a chosen file is one slice. */
const PIECE = 1 << 20

/** Records takes: check, practise, record, pause, stop. What is recorded is kept on this device slice by slice before anything is sent. */
class TakeRecorder extends HTMLElement {
  private texts: Readonly<Record<string, string>> = {}
  private store: Store | undefined
  private courier: Courier | undefined
  private media: MediaStream | undefined
  private loud: Loudness | undefined
  private recorder: MediaRecorder | undefined
  private mode: Mode = "off"
  private current = ""
  private since = 0 // performance.now() of the last start or resume
  private passed = 0 // milliseconds before it
  private written: Promise<void> = Promise.resolve()
  private release: () => void = () => undefined
  private ticking: number | undefined
  private quiet = 0
  private warned = false
  private drawn = ""
  private wish = false

  private readonly pressed = (e: Event): void => {
    const to = e.target as Element
    const press = to.closest<HTMLElement>("[data-press]")?.dataset["press"]
    if (press) void this.press(press)
    const take = to.closest<HTMLElement>("[data-stamp]")?.dataset["stamp"]
    if (take) stamp(take)
  }
  private readonly submitting = (e: SubmitEvent): void => {
    if (!this.runs || !(e.target as Element).contains(this)) return
    e.preventDefault()
    e.stopImmediatePropagation()
    this.say(this.t("first_stop"), true)
  }
  private readonly leaving = (e: BeforeUnloadEvent): void => {
    if (this.runs || this.unsent) e.preventDefault()
  }
  private readonly over = (): void => {
    if (this.runs) void this.press("stop")
  }
  private readonly swapped = (): void => void this.draw()
  private readonly changed = (e: Event): void => {
    const input = e.target as Element
    if (input instanceof HTMLInputElement && input.matches("[data-pick]") && this.contains(input)) void this.pick(input)
  }
  private readonly opened = (e: Event): void => void playHere(this.store, e.target as HTMLElement)
  private unsent = false

  async connectedCallback(): Promise<void> {
    this.texts = JSON.parse(this.dataset["texts"] ?? "{}") as Record<string, string>
    one("[data-plain]", this)?.remove()
    const scripted = one("[data-scripted]", this)
    if (scripted) scripted.hidden = false
    document.addEventListener("click", this.pressed)
    document.addEventListener("change", this.changed)
    document.addEventListener("submit", this.submitting, true)
    document.addEventListener("candor-stop", this.over)
    document.addEventListener("candor-swapped", this.swapped)
    document.addEventListener("toggle", this.opened, true)
    addEventListener("beforeunload", this.leaving)
    this.store = await openStore()
    await recover(this.store)
    this.courier = new Courier(this.store, () => void this.draw())
    this.courier.soon()
    await this.draw()
    this.dataset["ready"] = ""
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.pressed)
    document.removeEventListener("change", this.changed)
    document.removeEventListener("submit", this.submitting, true)
    document.removeEventListener("candor-stop", this.over)
    document.removeEventListener("candor-swapped", this.swapped)
    document.removeEventListener("toggle", this.opened, true)
    removeEventListener("beforeunload", this.leaving)
    this.recorder?.stop()
    this.courier?.close()
    this.shut()
  }

  private get runs(): boolean {
    return this.mode === "recording" || this.mode === "paused" || this.mode === "practising"
  }
  private get way(): string {
    return this.dataset["way"] ?? "video"
  }
  private get elapsed(): number {
    return this.passed + (this.mode === "recording" || this.mode === "practising" ? performance.now() - this.since : 0)
  }
  private t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return fill(this.texts[key] ?? "", values)
  }

  private say(text: string, trouble = false): void {
    const box = one("[data-problem]", this)
    if (box) box.hidden = !trouble
    const place = one("[data-problem-text]", this)
    if (trouble && place) place.textContent = text
    announce(text)
  }

  private async press(what: string): Promise<void> {
    switch (what) {
      case "check":
        return this.check()
      case "practise":
        return this.start(true)
      case "record":
        return this.start(false)
      case "stop":
        this.passed = this.elapsed
        this.since = performance.now()
        this.recorder?.stop()
        return
      case "pause":
        this.passed = this.elapsed
        this.recorder?.pause()
        return this.become("paused")
      case "resume":
        this.since = performance.now()
        this.recorder?.resume()
        return this.become("recording")
    }
  }

  /** Asks for the devices, shows what they give, and says in words what is well and what is not. */
  private async check(): Promise<void> {
    this.shut()
    try {
      if (typeof MediaRecorder === "undefined" || !navigator.mediaDevices) throw new Error("no recorder")
      this.media = await stream(this.way)
    } catch (e) {
      return this.say(this.t(trouble(e, this.way)), true)
    }
    this.media.getTracks().forEach((t) => t.addEventListener("ended", this.over))
    this.loud = new Loudness(this.media)
    const picture = one<HTMLVideoElement>("[data-picture]", this)
    if (picture && this.way !== "sound") {
      picture.srcObject = this.media
      picture.hidden = false
      await picture.play().catch(() => undefined)
    }
    void navigator.storage?.persist?.()
    await this.report()
    this.ticking = window.setInterval(() => this.tick(), 200)
    this.become("ready")
    this.say(this.t("ready"))
  }

  private async report(): Promise<void> {
    const list = one("[data-checks]", this)
    if (!list) return
    const room = await navigator.storage?.estimate?.()
    const free = room?.quota === undefined ? Infinity : room.quota - (room.usage ?? 0)
    const lines = [this.way === "sound" ? "" : this.t("shows"), this.t("hears"), this.store?.durable ? this.t(free < 200e6 ? "room" : "has_room") : this.t("in_memory")]
    list.replaceChildren(
      ...lines.filter(Boolean).map((text) => {
        const li = document.createElement("li")
        li.textContent = text
        return li
      }),
    )
  }

  private shut(): void {
    clearInterval(this.ticking)
    this.loud?.close()
    this.media?.getTracks().forEach((t) => t.stop())
    this.media = this.loud = undefined
  }

  private async start(practice: boolean): Promise<void> {
    if (!this.media || !this.store || this.runs) return
    if (!practice && this.left <= 0) return this.say(this.t("reached"), true)
    const type = typeFor(this.way)
    const recorder = new MediaRecorder(this.media, { ...(type && { mimeType: type }), videoBitsPerSecond: 800_000, audioBitsPerSecond: 64_000 })
    const parts: Blob[] = []
    const id = newTake()
    this.recorder = recorder
    this.passed = 0
    this.warned = false
    this.written = Promise.resolve()
    one("[data-practice]", this)?.toggleAttribute("hidden", true)
    if (!practice) {
      this.current = id
      await this.store.add(this.fresh(id, recorder.mimeType || type))
      this.release = hold(id)
      this.courier?.soon()
    }
    recorder.addEventListener("dataavailable", (e) => {
      if (e.data.size === 0) return
      if (practice) parts.push(e.data)
      else this.written = this.written.then(() => this.keep(id, e.data))
    })
    recorder.addEventListener("stop", () => void (practice ? this.practised(new Blob(parts, { type: recorder.mimeType })) : this.stopped(id)))
    recorder.start(type.includes("mp4") ? 2000 : 1000)
    this.since = performance.now()
    this.become(practice ? "practising" : "recording")
    announce(this.t(practice ? "practising" : "running"))
  }

  /** A take of which nothing is here yet. */
  private fresh(id: string, type: string): Take {
    const { item = "", do: to = "", uploads, owner } = this.dataset
    return { id, item, way: this.way, to, type, state: "recording", cut: false, ms: 0, bytes: 0, slices: 0, announced: false, told: false, upload: "", refused: "", ...(uploads && { uploads }), ...(owner && { owner }) }
  }

  /** A recording from elsewhere is kept and sent like one that was made here. */
  private async pick(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0]
    if (!file || !this.store || this.runs) return
    const id = newTake()
    this.current = id
    await this.store.add(this.fresh(id, file.type))
    this.release = hold(id)
    for (let at = 0; at < file.size; at += PIECE) await this.store.append(id, await file.slice(at, at + PIECE).arrayBuffer(), 0)
    await this.store.put(id, { state: file.size > 0 ? "stopped" : "failed" })
    this.release()
    input.value = ""
    this.courier?.soon()
    await this.draw()
  }

  private async keep(id: string, slice: Blob): Promise<void> {
    await this.store?.append(id, await slice.arrayBuffer(), this.elapsed)
    this.courier?.more()
    await this.draw()
  }

  private async stopped(id: string): Promise<void> {
    const ms = this.passed || this.elapsed
    this.become(this.media?.active ? "ready" : "off")
    await this.written
    const t = await this.store?.take(id)
    const empty = !t || t.slices === 0
    await this.store?.put(id, { state: empty ? "failed" : "stopped", ms })
    this.release()
    this.courier?.soon()
    if (empty) this.say(this.t("empty"), true)
    await this.draw()
  }

  private practised(all: Blob): void {
    this.become("ready")
    const card = one("[data-practice]", this)
    const video = one<HTMLVideoElement>("[data-practice-play]", this)
    if (!card || !video) return
    URL.revokeObjectURL(video.src)
    video.src = URL.createObjectURL(all)
    card.hidden = false
    one("h2", card)?.focus()
  }

  private become(mode: Mode): void {
    this.mode = mode
    const on: Record<string, boolean> = {
      check: mode === "off", record: mode === "ready", practise: mode === "ready", stop: this.runs, pause: mode === "recording", resume: mode === "paused",
    }
    const had = this.contains(document.activeElement)
    for (const b of all("[data-press]", this)) b.hidden = !on[b.dataset["press"] ?? ""]
    const hidden: Record<string, boolean> = { clock: !this.runs, level: mode === "off", why: mode !== "off", checks: mode !== "ready", "stage-say": mode !== "off" && this.way !== "sound" }
    for (const [name, off] of Object.entries(hidden)) one(`[data-${name}]`, this)?.toggleAttribute("hidden", off)
    this.dataset["mode"] = mode
    if (had) one("[data-press]:not([hidden])", this)?.focus()
    this.tick()
  }

  /** How many takes are left, as the server last said. */
  private get left(): number {
    return Number(document.getElementById(this.dataset["takes"] ?? "")?.dataset["left"] ?? 1)
  }

  private tick(): void {
    const s = this.elapsed / 1000
    const length = Number(this.dataset["length"])
    const clockText = one("[data-elapsed]", this)
    if (clockText) clockText.textContent = clock(s)
    this.meter()
    if (this.mode !== "recording" && this.mode !== "practising") return
    if (s >= length) {
      void this.press("stop")
    } else if (s >= Number(this.dataset["soft"]) && !this.warned) {
      this.warned = true
      announce(this.t("soft_left", { n: Math.ceil(length - s) }))
    }
    one("[data-clock]", this)?.classList.toggle("soon", this.warned)
  }

  private meter(): void {
    if (!this.loud || this.mode === "off") return
    const now = this.loud.now
    all("[data-level] i", this).forEach((bar, i) => bar.classList.toggle("on", now > 0.004 * 1.7 ** i))
    this.quiet = now < 0.006 ? this.quiet + 1 : 0
    const words = this.t(this.quiet > 10 ? "silent" : now < 0.02 && this.quiet > 0 ? "faint" : "clear")
    const place = one("[data-voice]", this)
    if (place && place.textContent !== words) place.textContent = words
  }

  /** Says of every take of this device where it is, and gets the server's list when it knows more. */
  private async draw(): Promise<void> {
    const takes = (await this.store?.takes())?.filter((t) => t.item === this.dataset["item"] && (t.owner ?? "") === (this.dataset["owner"] ?? "")) ?? []
    this.unsent = takes.some((t) => t.refused === "")
    const card = document.getElementById(this.dataset["takes"] ?? "")
    const local = card && one("[data-local]", card)
    local?.replaceChildren(...takes.filter((t) => card !== null && !one(`[data-take="${t.id}"]`, card)).map((t) => row(t.id, this.t("take_new"), this.where(t))))
    for (const t of takes) {
      const state = card && one<HTMLElement>(`[data-take="${t.id}"] [data-take-state]`, card)
      if (state) state.textContent = this.where(t)
    }
    if (card) for (const b of all("[data-stamp]", card)) b.hidden = false
    const now = takes.find((t) => t.id === this.current)
    const place = one("[data-where]", this)
    if (place) {
      place.hidden = !now
      const words = one("[data-where-text]", place)
      if (now && words) words.textContent = this.t((this.courier?.sending.sent(now.id) ?? 0) >= now.bytes && now.bytes > 0 ? "uploaded" : "on_device")
    }
    const known = takes.map((t) => `${t.id} ${t.announced} ${t.told} ${t.refused}`).join()
    if (known !== this.drawn) {
      const first = this.drawn === "" && known === ""
      this.drawn = known
      if (!first) await this.refresh()
    }
  }

  private where(t: Take): string {
    if (t.refused !== "") return this.t("lost_upload")
    const sent = this.courier?.sending.sent(t.id) ?? 0
    const words = this.t("going", { sent: megabytes(sent), all: megabytes(t.bytes) })
    const how = t.state === "recording" && t.id === this.current ? this.t("running") + ". " : t.cut ? this.t("kept_cut") + " " : ""
    return how + (this.courier?.offline && sent < t.bytes ? this.t("offline") : words)
  }

  /** Gets the list of takes anew, unless somebody works in it; then when they are done. */
  private async refresh(): Promise<void> {
    const id = this.dataset["takes"] ?? ""
    const card = document.getElementById(id)
    if (!card || this.wish) return
    if (document.activeElement instanceof HTMLTextAreaElement && card.contains(document.activeElement)) {
      this.wish = true
      window.setTimeout(() => ((this.wish = false), void this.refresh()), 2000)
      return
    }
    await flush()
    const fresh = await swap(location.pathname + location.search, id, undefined, false).catch(() => ((this.drawn = "?"), true))
    if (!fresh && document.getElementById(id)) await this.refresh() // it was left out for an act's answer, which may be older than what is sent
  }
}
customElements.define("take-recorder", TakeRecorder)
