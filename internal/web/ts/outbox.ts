import { delta, type Op } from "./delta"
import type { Taken } from "./leaving"

/**
 * THE PROTOCOL between the browser's outbox and the server. Change it only together with the server's save handler; a tab may be
 * open during a deploy, so a field may be added but not taken away within one release.
 *
 * An answer to an item is ONE JSON body, a string. For a plain form it is the form's data as an object of arrays, keys sorted as
 * they stand in the form: {"answer":["b"],"note":["..."]}. It holds only the named controls inside the item's <form>, without
 * those whose name begins with "_". An item whose form has data-answer="<name>" sends that control's raw value instead (a kind
 * with an answer format of its own writes JSON into a hidden field).
 *
 *   POST /c/-/save            Content-Type: application/json, cookie __Host-cand
 *   {
 *     "sitting": "sit_...",   which sitting; from the page
 *     "client":  "c_<26 base32>",  this browser tab's writer id; a new one for each page load
 *     "epoch":   3,           the editor epoch the page was given (rule 17: an older epoch's saves become a branch)
 *     "age":     1234,        milliseconds since the oldest of these was typed, by the monotonic clock (rule 6; information only)
 *     "unreached": 1763929150000,  since when no try of this page went through although the device has a network, in server time; 0 or
 *                             left out when it reaches us. It counts as far as the server saw the same (rule 9)
 *     "saves": [
 *       { "item": "itm_...", "seq": 17, "base": 16, "body": "{...}", "sha256": "<hex of body's UTF-8>",
 *         "typed": 1763929190000, "heard": 1763929100000 },
 *       { "item": "itm_...", "seq": 18, "base": 17, "ops": [ { "at": 9, "del": 2, "ins": "x" } ], "sha256": "<of the body they make>" },
 *                             a large answer that changed little: what makes it of the version base, in UTF-16 units, in order
 *       ...                   at most 50, oldest first; seq rises by one per client and item, from 1; base is the seq last
 *     ]                       acknowledged to this client for the item, 0 when none. heard is the server time of the last answer this
 *                             page had when the version was typed, typed is that plus the monotonic time since: evidence for work
 *                             that arrives late (rule 6), whatever the device's date is. Both are left out when unknown
 *   }
 *
 *   200 {
 *     "now": 1763929200000,   server milliseconds
 *     "end": 1763932800000,   entitled_end of the sitting in ms, 0 when untimed and open
 *     "interval": 2000,       ms to wait before the next send (2,000 to 15,000, by the server's load)
 *     "state": "running",     of the sitting: running | paused | ended | void
 *     "editor": true,         false: another device took over, this page becomes read-only and says so
 *     "acks": [ { "item": "itm_...", "seq": 17, "standing": "on_time" | "late" | "branch", "revision": 42 } ]
 *                             one ack per save, also when it is already there ((client, item, seq) is the idempotency key)
 *     "whole": [ { "item": "itm_...", "seq": 18 } ]
 *   }                         those whose ops did not fit what is here: nothing was kept of them, they are sent whole
 *
 *   A form that is posted by a button has _client and _seq beside its fields: seq is the next one of its item, after all versions of this
 *   page. Those before it that arrive later are kept, and do not become the present answer. The page that shows an answer says the turn
 *   it has as data-client and data-seq of its form; what the outbox has from before that turn is not shown again. data-revision is the number of the
 *   revision it shows: a page that was asked for before the save of the page before it arrived shows an older one, see leaving.ts.
 *
 *   401  the session is over: the outbox is kept, the page asks to sign in (open the link) in another tab, and goes on
 *   409  problem+json: nothing can be done with it here (no such sitting); kept, shown as "Not saved"
 *   413  problem+json: this answer is too large; kept, shown as "Not saved", the newer versions are still tried
 *   423 429 5xx 507  kept and tried again, after Retry-After or with growing pauses of 1 to 30 s
 *
 *   GET /c/-/clock?sitting=sit_...  ->  { "now", "end", "interval", "state", "editor" }   asked when a page returns from sleep and
 *                                        once a minute while nothing is being saved, so that an extension arrives without a reload
 */
export interface Save {
  readonly item: string
  readonly seq: number
  readonly base: number
  readonly body: string
  readonly sha256: string
}

/** What the server says about the sitting with each answer. */
export interface Tick {
  readonly now: number
  readonly end: number
  readonly interval: number
  readonly state: "running" | "paused" | "ended" | "void"
  readonly editor: boolean
}

export interface Reply extends Tick {
  readonly acks: readonly { readonly item: string; readonly seq: number; readonly standing: "on_time" | "late" | "branch"; readonly revision: number }[]
  readonly whole?: readonly { readonly item: string; readonly seq: number }[]
}

/** A version of an answer as this device keeps it until the server has it. The newest of an item is also its draft. */
export interface Kept extends Save {
  readonly sitting: string
  readonly client: string
  readonly epoch: number
  readonly typed: number // by the device's own clock: only for the order
  readonly at?: { readonly typed: number; readonly heard: number } // by the server's, as outbox.ts says above
  tried: boolean
  refused?: string
}

/** Where versions are kept. Two exist: the browser's database, and memory where that is not to be had. */
export interface Store {
  /** Why what is kept now would not outlive the page: there is no database ("memory"), or no room in it ("full"). "" when it would. */
  readonly lacks: "" | "memory" | "full"
  /** Keeps a version, in place of older ones of the same client and item that were never tried. Resolves when it is on the disk. */
  put(v: Kept): Promise<void>
  list(): Promise<Kept[]>
  tried(list: readonly Kept[]): Promise<void>
  refuse(v: Kept, why: string): Promise<void>
  done(list: readonly Pick<Kept, "client" | "item" | "seq">[]): Promise<void>
}

/** In the order in which they were typed, by the server's clock: the device's date may have been changed between two pages. */
export const inOrder = (a: Kept, b: Kept): number => (a.at && b.at ? a.at.typed - b.at.typed : a.typed - b.typed) || a.seq - b.seq

type Key = [string, string, number]
const key = (v: Pick<Kept, "client" | "item" | "seq">): Key => [v.client, v.item, v.seq]
const finished = (tx: IDBTransaction): Promise<void> =>
  new Promise((ok, no) => {
    tx.oncomplete = () => ok()
    tx.onerror = tx.onabort = () => no(tx.error ?? new Error("aborted"))
  })

class Disk implements Store {
  private readonly spill = new Memory() // what there was no room for
  constructor(private readonly db: IDBDatabase) {}

  get lacks(): "" | "full" {
    return this.spill.size > 0 ? "full" : ""
  }

  private write(fn: (s: IDBObjectStore) => void): Promise<void> {
    const tx = this.db.transaction("outbox", "readwrite", { durability: "strict" })
    fn(tx.objectStore("outbox"))
    return finished(tx)
  }

  /** A full disk takes nothing: the version is kept in memory then, and goes out from there. */
  put(v: Kept): Promise<void> {
    return this.keep(v).then(() => this.spill.done([v]), () => this.spill.put(v))
  }

  private keep(v: Kept): Promise<void> {
    return this.write((s) => {
      const older = s.openCursor(IDBKeyRange.bound([v.client, v.item, 0], [v.client, v.item, v.seq], false, true))
      older.onsuccess = () => {
        const c = older.result
        if (!c) return
        if (!(c.value as Kept).tried) c.delete()
        c.continue()
      }
      s.put(v)
    })
  }

  async list(): Promise<Kept[]> {
    const there = await new Promise<Kept[]>((ok, no) => {
      const r = this.db.transaction("outbox").objectStore("outbox").getAll()
      r.onsuccess = () => ok(r.result as Kept[])
      r.onerror = () => no(r.error)
    })
    return [...there, ...(await this.spill.list())].sort(inOrder)
  }

  /** That something was tried is no more than a help: a disk without room for it does not stop the sending. */
  async tried(list: readonly Kept[]): Promise<void> {
    await this.spill.tried(list)
    // only what is still there: an entry replaced meanwhile by a newer one must not come back
    await this.write((s) => list.forEach((v) => (s.getKey(key(v)).onsuccess = (e) => (e.target as IDBRequest).result && s.put({ ...v, tried: true })))).catch(() => undefined)
  }

  async refuse(v: Kept, why: string): Promise<void> {
    if (await this.spill.has(v)) return this.spill.refuse(v, why)
    return this.write((s) => s.put({ ...v, tried: true, refused: why }))
  }

  async done(list: readonly Pick<Kept, "client" | "item" | "seq">[]): Promise<void> {
    await this.spill.done(list)
    await this.write((s) => list.forEach((v) => s.delete(key(v))))
  }
}

/** Memory keeps the order and the rules, only not the promise to outlive the page. */
export class Memory implements Store {
  readonly lacks = "memory"
  private all: Kept[] = []
  get size(): number {
    return this.all.length
  }
  async has(v: Kept): Promise<boolean> {
    return this.all.some((o) => key(o).join() === key(v).join())
  }
  async put(v: Kept): Promise<void> {
    this.all = [...this.all.filter((o) => o.client !== v.client || o.item !== v.item || o.seq > v.seq || o.tried), v]
  }
  async list(): Promise<Kept[]> {
    return [...this.all]
  }
  async tried(list: readonly Kept[]): Promise<void> {
    const keys = new Set(list.map((v) => key(v).join()))
    for (const v of this.all) if (keys.has(key(v).join())) v.tried = true
  }
  async refuse(v: Kept, why: string): Promise<void> {
    for (const o of this.all) if (key(o).join() === key(v).join()) o.refused = why
  }
  async done(list: readonly Pick<Kept, "client" | "item" | "seq">[]): Promise<void> {
    const keys = new Set(list.map((v) => key(v).join()))
    this.all = this.all.filter((v) => !keys.has(key(v).join()))
  }
}

/** Opens the browser's database, or memory when the browser refuses one (some private windows). */
export function openStore(): Promise<Store> {
  return new Promise((ok) => {
    const memory = (): void => ok(new Memory())
    try {
      const r = indexedDB.open("candor", 1)
      r.onupgradeneeded = () => r.result.createObjectStore("outbox", { keyPath: ["client", "item", "seq"] })
      r.onsuccess = () => {
        r.result.onversionchange = () => r.result.close()
        ok(new Disk(r.result))
      }
      r.onerror = memory
    } catch {
      memory()
    }
  })
}

const LARGEST = 2_000_000 // characters of all bodies in one request; one alone may be larger

/** The next request: the oldest entry and those that share its sitting, client and epoch. Refused ones wait for a newer version. */
export function batch(list: readonly Kept[], skip: ReadonlySet<string>): Kept[] {
  const open = list.filter((v) => v.refused === undefined && !skip.has(v.sitting))
  const first = open[0]
  if (!first) return []
  const alike = open.filter((v) => v.sitting === first.sitting && v.client === first.client && v.epoch === first.epoch).slice(0, 50)
  let size = 0
  return alike.filter((v, i) => (size += v.body.length) <= LARGEST || i === 0)
}

/** What the server has of one writer's answers, so that large ones can be sent as what changed. */
export class Known {
  private readonly has = new Map<string, Pick<Kept, "client" | "seq" | "body"> & { readonly revision: number }>()
  private readonly whole = new Set<string>()

  /** The seq last acknowledged for an item, 0 when none. */
  seq(item: string): number {
    return this.has.get(item)?.seq ?? 0
  }

  /** The revision it became; 0 when it is not the present answer (late, or a branch). */
  took(v: Pick<Kept, "client" | "item" | "seq" | "body">, revision = 0): void {
    if (v.seq > this.seq(v.item)) this.has.set(v.item, { client: v.client, seq: v.seq, body: v.body, revision })
  }

  /** What of it is the present answer, for the page after this one. */
  taken(s: { readonly id: string; readonly epoch: number } | undefined): Taken[] {
    return s ? [...this.has].filter(([, v]) => v.revision > 0).map(([item, v]) => ({ sitting: s.id, epoch: s.epoch, item, body: v.body, revision: v.revision })) : []
  }

  /** The server could make nothing of ops: from now on the item goes whole. True when it did not before. */
  refuse(item: string): boolean {
    const before = this.whole.size
    return this.whole.add(item).size > before && this.has.has(item)
  }

  shortest(v: Kept): { base: number; body: string } | { base: number; ops: readonly Op[] } {
    const b = this.has.get(v.item)
    const ops = b && b.client === v.client && b.seq < v.seq && !this.whole.has(v.item) ? delta(b.body, v.body) : undefined
    return b && ops ? { base: b.seq, ops } : { base: v.base, body: v.body }
  }
}

/** The body of a request for such a batch. */
export function request(list: readonly Kept[], now: number, unreached = 0, known: Known = new Known()): string {
  const [first] = list
  if (!first) return ""
  return JSON.stringify({
    sitting: first.sitting,
    client: first.client,
    epoch: first.epoch,
    age: Math.max(0, Math.round(now - first.typed)),
    ...(unreached > 0 ? { unreached } : {}),
    saves: list.map((v) => ({ item: v.item, seq: v.seq, ...known.shortest(v), sha256: v.sha256, ...v.at })),
  })
}

/** How long to wait after so many failures: 1, 2, 4, 8, 16, then 30 s. */
export const pause = (failures: number): number => Math.min(30_000, 1000 * 2 ** Math.min(failures, 5))

const letters = "abcdefghijklmnopqrstuvwxyz234567"

/** A writer's id, new for each page load. */
export function newClient(): string {
  const b = crypto.getRandomValues(new Uint8Array(26))
  return "c_" + [...b].map((x) => letters[x & 31]).join("")
}

export async function sha256(text: string): Promise<string> {
  const h = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return [...new Uint8Array(h)].map((x) => x.toString(16).padStart(2, "0")).join("")
}
