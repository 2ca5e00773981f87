import { sha256 } from "@noble/hashes/sha2.js" // the browser's own wants a recording of 400 MB as one piece
import { bytesToHex } from "@noble/hashes/utils.js"
import { Reader, type Store, type Take } from "./slices"

/**
 * What brings a take to the server, whatever happens in between. It is a state machine over what the take says and what the server answers; nothing
 * of it is kept in memory alone, so that another page, or this one after a crash, goes on where it stood. It never gives up while bytes are here:
 * it waits after 0 (no network), 409, 423, 429 and 5xx, and asks the server where it stands before it goes on.
 *
 * The upload speaks tus 1.0.0 (tus.io/protocols/resumable-upload), its length is deferred, and its end is told with the SHA-256 of the whole.
 */

const CHUNK = 256 << 10

/** An answer as the machine needs it; status 0 is no answer. */
export interface Answer {
  readonly status: number
  readonly header: (name: string) => string | null
  readonly json: () => Promise<unknown>
}

export type Ask = (method: string, url: string, headers?: Record<string, string>, body?: BodyInit) => Promise<Answer>

/** What came of a round: all is there, more can be done at once, wait and try again, or this one cannot be sent. */
export type Outcome = "sent" | "more" | "wait" | "refused"

const tus = { "Tus-Resumable": "1.0.0" }
const again = (status: number): boolean => status === 0 || status === 401 || status === 408 || status === 423 || status === 429 || status >= 500

export class Sending {
  /** What the server is known to have, by take; it is asked when unknown. */
  private readonly has = new Map<string, number>()
  private readonly readers = new Map<string, Reader>()

  constructor(
    private readonly store: Store,
    private readonly ask: Ask,
  ) {}

  /** How many bytes of a take the server has, as far as this page knows. */
  sent(id: string): number {
    return this.has.get(id) ?? 0
  }

  /** Does the next step for a take. */
  async step(t: Take): Promise<Outcome> {
    if (t.refused !== "") return "refused"
    const counted = t.to !== ""
    if (counted && !t.announced) return this.tell(t, "begin", { _take: t.id, _way: t.way }, { announced: true })
    if (t.state === "failed" && !counted) return this.gone(t)
    if (t.state === "failed") return (await this.tell(t, "fail", { _take: t.id, _reason: "empty" }, {})) === "more" ? this.gone(t) : "wait"
    if (t.upload === "") return t.bytes === 0 ? "wait" : this.create(t)
    const at = this.has.get(t.id)
    if (at === undefined) return this.where(t)
    if (at < t.bytes) return this.send(t, at)
    if (t.state === "recording") return "wait"
    if (counted && !t.told) return this.tell(t, "stop", { _take: t.id, _ms: String(Math.round(t.ms)), _cut: t.cut ? "1" : "" }, { told: true })
    return this.finish(t)
  }

  private async gone(t: Take): Promise<Outcome> {
    await this.store.drop(t.id)
    this.has.delete(t.id)
    this.readers.delete(t.id)
    return "sent"
  }

  /** Announces something by the form that a page would post. */
  private async tell(t: Take, what: string, fields: Record<string, string>, then: Partial<Take>): Promise<Outcome> {
    const r = await this.ask("POST", `${t.to}/${what}`, { "Content-Type": "application/x-www-form-urlencoded" }, new URLSearchParams(fields).toString())
    if (r.status >= 200 && r.status < 400) {
      await this.store.put(t.id, then)
      return "more"
    }
    if (again(r.status)) return "wait"
    await this.store.put(t.id, { refused: String(r.status) })
    return "refused"
  }

  private async create(t: Take): Promise<Outcome> {
    const word = (s: string): string => btoa(s)
    const owner = t.owner ? `,owner ${word(t.owner)}` : ""
    const r = await this.ask("POST", t.uploads ?? "/c/-/uploads", { ...tus, "Upload-Defer-Length": "1", "Upload-Metadata": `item ${word(t.item)},purpose ${word(t.id)}${owner}` })
    const to = r.header("Location")
    if (r.status === 201 && to) {
      this.has.set(t.id, 0)
      await this.store.put(t.id, { upload: to })
      return "more"
    }
    if (again(r.status)) return "wait"
    await this.store.put(t.id, { refused: String(r.status) })
    return "refused"
  }

  /** Asks where the upload stands. One that is not there any more is made anew. */
  private async where(t: Take): Promise<Outcome> {
    const r = await this.ask("HEAD", t.upload, tus)
    if (r.status === 404 || r.status === 410) {
      await this.store.put(t.id, { upload: "" })
      return "more"
    }
    const at = Number(r.header("Upload-Offset") ?? NaN)
    if (r.status !== 200 || Number.isNaN(at)) return "wait"
    this.has.set(t.id, at)
    return "more"
  }

  private reader(id: string): Reader {
    const r = this.readers.get(id) ?? new Reader(this.store, id)
    this.readers.set(id, r)
    return r
  }

  /** What is here of a take: its length and its SHA-256, read in pieces. */
  private async claim(id: string): Promise<{ sha256: string; length: number }> {
    const sum = sha256.create()
    let length = 0
    for (let part = await this.reader(id).part(0, CHUNK); part.length > 0; part = await this.reader(id).part(length, CHUNK)) {
      sum.update(part)
      length += part.length
    }
    return { sha256: bytesToHex(sum.digest()), length }
  }

  private async send(t: Take, at: number): Promise<Outcome> {
    const bytes = await this.reader(t.id).part(at, CHUNK)
    const r = await this.ask("PATCH", t.upload, { ...tus, "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" }, new Blob([bytes]))
    const now = Number(r.header("Upload-Offset") ?? NaN)
    if (r.status === 204 && now > at) {
      this.has.set(t.id, now)
      return "more"
    }
    this.has.delete(t.id) // part of it may have come
    if (r.status === 413 || r.status === 415 || r.status === 422) {
      await this.store.put(t.id, { refused: String(r.status) })
      return "refused"
    }
    return "wait"
  }

  private async finish(t: Take): Promise<Outcome> {
    const r = await this.ask("POST", `${t.upload}/finish`, { "Content-Type": "application/json" }, JSON.stringify(await this.claim(t.id)))
    if (r.status === 200) return this.gone(t)
    this.has.delete(t.id)
    const code = await r.json().then((p) => (p as { code?: string }).code ?? "", () => "")
    if (code === "upload_hash") {
      await this.ask("POST", `${t.upload}/cut`, { "Content-Type": "application/json" }, JSON.stringify({ at: 0 }))
      return "wait"
    }
    if (r.status === 422 || r.status === 413) {
      await this.store.put(t.id, { refused: code || String(r.status) })
      return "refused"
    }
    return "wait"
  }
}

/** How long to wait after so many rounds in a row that came to nothing, in milliseconds. */
export const pause = (failures: number): number => Math.min(30_000, 1000 * 2 ** Math.min(failures, 5))

/** Asks the server for real. An announcement is answered by a page to go to; that it was taken is all there is to know. */
export const network: Ask = async (method, url, headers, body) => {
  try {
    const r = await fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal: AbortSignal.timeout(30_000) })
    return { status: r.type === "opaqueredirect" ? 303 : r.status, header: (n) => r.headers.get(n), json: () => r.json() as Promise<unknown> }
  } catch {
    return { status: 0, header: () => null, json: async () => ({}) }
  }
}

/** Sends all takes of this device, one page at a time, until nothing is left; calls back whenever something changed. */
export class Courier {
  readonly sending: Sending
  private failures = 0
  private timer: number | undefined
  private busy = false
  private again = false
  private stopped = false

  constructor(
    private readonly store: Store,
    private readonly changed: (sent: string | undefined) => void,
    ask: Ask = network,
  ) {
    this.sending = new Sending(store, ask)
    addEventListener("online", this.soon)
  }

  /** There is something new to tell, or a network again. */
  readonly soon = (): void => {
    this.failures = 0
    this.later(0)
  }

  /** There are more bytes; a pause after failures goes on. */
  more(): void {
    if (this.failures === 0) this.later(0)
  }

  get offline(): boolean {
    return this.failures > 1 || !navigator.onLine
  }

  close(): void {
    this.stopped = true
    removeEventListener("online", this.soon)
    clearTimeout(this.timer)
  }

  private later(ms: number): void {
    clearTimeout(this.timer)
    if (!this.stopped) this.timer = window.setTimeout(() => void this.run(), ms)
  }

  private async run(): Promise<void> {
    if (this.busy) {
      this.again = true
      return
    }
    this.busy = true
    this.again = false
    try {
      if (navigator.locks) await navigator.locks.request("candor-recordings", () => this.round())
      else await this.round()
    } finally {
      this.busy = false
    }
    if (this.again) this.later(0)
  }

  private async round(): Promise<void> {
    let waits = false
    for (const { id } of await this.store.takes()) {
      for (let t = await this.store.take(id); t && !this.stopped; t = await this.store.take(id)) {
        const outcome = await this.sending.step(t)
        if (outcome === "more") this.failures = 0
        this.changed(outcome === "sent" ? id : undefined)
        if (outcome === "wait" && (t.state !== "recording" || this.sending.sent(id) < t.bytes || (!t.announced && t.to !== ""))) waits = true
        if (outcome !== "more") break
      }
    }
    if (waits && !this.again) this.later(pause(this.failures++))
    this.changed(undefined)
  }
}
