/** Recordings as this device keeps them until the server has every byte: a take and its slices, in the browser's own database. */

/** How far a take is on this device. It only goes on: recording, stopped, and then it is gone from here because it is sent. */
export type State = "recording" | "stopped" | "failed"

export interface Take {
  readonly id: string
  readonly item: string
  readonly way: string
  readonly to: string // where its announcements go: to + "/begin"; "" where nobody counts takes
  readonly uploads?: string // where its bytes go; none is the candidate's own
  readonly owner?: string // whose they are; none is the candidate
  readonly type: string
  readonly state: State
  readonly cut: boolean // the page went away in the middle
  readonly ms: number
  readonly bytes: number
  readonly slices: number
  readonly announced: boolean
  readonly told: boolean // that it stopped
  readonly upload: string // its address; "" before it was made
  readonly refused: string // why the server will not have it; "" while it may
}

/** Where takes are kept: the browser's database, or memory where that is not to be had. */
export interface Store {
  readonly durable: boolean
  takes(): Promise<Take[]>
  take(id: string): Promise<Take | undefined>
  /** Makes a take, or changes some of it. A state never goes back. */
  put(id: string, change: Partial<Take>): Promise<Take | undefined>
  add(t: Take): Promise<void>
  /** Appends a slice and counts it, in one transaction: what was appended is on the disk when this resolves. */
  append(id: string, slice: ArrayBuffer, ms: number): Promise<void>
  /** The slice with a number, which counts from 0; nothing where there is none (yet). */
  slice(id: string, n: number): Promise<ArrayBuffer | undefined>
  drop(id: string): Promise<void>
}

const rank: Record<State, number> = { recording: 0, stopped: 1, failed: 2 }

/** A take after a change: what it was, where the change would bring it back. */
export const changed = (t: Take, change: Partial<Take>): Take => ({ ...t, ...change, state: change.state && rank[change.state] > rank[t.state] ? change.state : t.state })

const letters = "abcdefghijklmnopqrstuvwxyz234567"
export const newTake = (): string => "rec_" + [...crypto.getRandomValues(new Uint8Array(26))].map((x) => letters[x & 31]).join("")

/** Bytes as people read them, in MB without the unit. */
export const megabytes = (n: number): string => (n / 1e6).toFixed(1)

/**
 * Reads a take in pieces, in any order, and holds one slice at a time. Where a slice begins is known once it was read; what the device keeps has no
 * other index, so that the first look at a place reads what is before it, once.
 */
export class Reader {
  /** The first byte of each slice that was seen, and one behind the last. */
  private readonly starts = [0]
  private held: { n: number; bytes: Uint8Array<ArrayBuffer> } | undefined

  constructor(
    private readonly store: Pick<Store, "slice">,
    private readonly id: string,
  ) {}

  /** The bytes from a place on, at most so many; fewer at the end of what is there. */
  async part(from: number, most: number): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(most)
    let got = 0
    for (let n = Math.max(0, this.starts.findLastIndex((at) => at <= from)); got < most; n++) {
      const slice = await this.slice(n)
      if (!slice) break
      const piece = slice.subarray(Math.max(0, from + got - this.starts[n]!), from + most - this.starts[n]!)
      out.set(piece, got)
      got += piece.length
    }
    return out.subarray(0, got)
  }

  private async slice(n: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.held?.n === n) return this.held.bytes
    const slice = await this.store.slice(this.id, n)
    if (!slice) return undefined
    const bytes = new Uint8Array(slice)
    this.held = { n, bytes }
    this.starts[n + 1] = this.starts[n]! + bytes.length
    return bytes
  }
}

/** A take as something that plays, in memory of the browser's choosing. */
export async function whole(store: Store, id: string, type: string): Promise<Blob> {
  const slices: Blob[] = [] // a Blob is the browser's to keep, an array of bytes the page's
  for (let slice = await store.slice(id, 0); slice; slice = await store.slice(id, slices.length)) slices.push(new Blob([slice]))
  return new Blob(slices, { type })
}

const result = <T>(r: IDBRequest<T>): Promise<T> =>
  new Promise((ok, no) => {
    r.onsuccess = () => ok(r.result)
    r.onerror = () => no(r.error)
  })

const finished = (tx: IDBTransaction): Promise<void> =>
  new Promise((ok, no) => {
    tx.oncomplete = () => ok()
    tx.onerror = tx.onabort = () => no(tx.error ?? new Error("aborted"))
  })

class Disk implements Store {
  readonly durable = true
  constructor(private readonly db: IDBDatabase) {}

  private tx(mode: IDBTransactionMode): IDBTransaction {
    return this.db.transaction(["takes", "slices"], mode, { durability: "strict" })
  }

  takes(): Promise<Take[]> {
    return result(this.tx("readonly").objectStore("takes").getAll() as IDBRequest<Take[]>)
  }

  take(id: string): Promise<Take | undefined> {
    return result(this.tx("readonly").objectStore("takes").get(id) as IDBRequest<Take | undefined>)
  }

  async add(t: Take): Promise<void> {
    const tx = this.tx("readwrite")
    tx.objectStore("takes").put(t)
    await finished(tx)
  }

  async put(id: string, change: Partial<Take>): Promise<Take | undefined> {
    const tx = this.tx("readwrite")
    const takes = tx.objectStore("takes")
    let after: Take | undefined
    takes.get(id).onsuccess = (e) => {
      const t = (e.target as IDBRequest<Take | undefined>).result
      if (t) takes.put((after = changed(t, change)))
    }
    await finished(tx)
    return after
  }

  async append(id: string, slice: ArrayBuffer, ms: number): Promise<void> {
    const tx = this.tx("readwrite")
    const takes = tx.objectStore("takes")
    takes.get(id).onsuccess = (e) => {
      const t = (e.target as IDBRequest<Take | undefined>).result
      if (!t) return
      tx.objectStore("slices").put(slice, [id, t.slices])
      takes.put({ ...t, slices: t.slices + 1, bytes: t.bytes + slice.byteLength, ms: Math.max(t.ms, ms) })
    }
    await finished(tx)
  }

  slice(id: string, n: number): Promise<ArrayBuffer | undefined> {
    return result(this.db.transaction("slices").objectStore("slices").get([id, n]) as IDBRequest<ArrayBuffer | undefined>)
  }

  async drop(id: string): Promise<void> {
    const tx = this.tx("readwrite")
    tx.objectStore("takes").delete(id)
    tx.objectStore("slices").delete(IDBKeyRange.bound([id, 0], [id, Infinity]))
    await finished(tx)
  }
}

/** Memory keeps the rules, only not the promise to outlive the page. */
export class Memory implements Store {
  readonly durable = false
  private readonly all = new Map<string, Take>()
  private readonly slices = new Map<string, ArrayBuffer[]>()

  async takes(): Promise<Take[]> {
    return [...this.all.values()]
  }
  async take(id: string): Promise<Take | undefined> {
    return this.all.get(id)
  }
  async add(t: Take): Promise<void> {
    this.all.set(t.id, t)
    this.slices.set(t.id, [])
  }
  async put(id: string, change: Partial<Take>): Promise<Take | undefined> {
    const t = this.all.get(id)
    if (t) this.all.set(id, changed(t, change))
    return this.all.get(id)
  }
  async append(id: string, slice: ArrayBuffer, ms: number): Promise<void> {
    const t = this.all.get(id)
    if (!t) return
    this.slices.get(id)?.push(slice)
    this.all.set(id, { ...t, slices: t.slices + 1, bytes: t.bytes + slice.byteLength, ms: Math.max(t.ms, ms) })
  }
  async slice(id: string, n: number): Promise<ArrayBuffer | undefined> {
    return this.slices.get(id)?.[n]
  }
  async drop(id: string): Promise<void> {
    this.all.delete(id)
    this.slices.delete(id)
  }
}

export function openStore(): Promise<Store> {
  return new Promise((ok) => {
    const memory = (): void => ok(new Memory())
    try {
      const r = indexedDB.open("candor-recordings", 1)
      r.onupgradeneeded = () => {
        r.result.createObjectStore("takes", { keyPath: "id" })
        r.result.createObjectStore("slices")
      }
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
