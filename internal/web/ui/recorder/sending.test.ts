import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { Sending, type Answer, type Ask } from "./sending"
import { Memory, Reader, changed, newTake, type Take } from "./slices"

const take = (over: Partial<Take> = {}): Take => ({
  id: newTake(), item: "tell", way: "video", to: "/do", type: "video/webm", state: "recording", cut: false, ms: 0, bytes: 0, slices: 0, announced: false, told: false, upload: "", refused: "", ...over,
})

/** A server that keeps what came, and a network that loses requests, answers and the rest of a body as often as the dice say. */
class Server {
  kept = Buffer.alloc(0)
  begun = false
  stopped = ""
  finished = ""
  made = 0
  constructor(private readonly dice: () => number) {}

  readonly ask: Ask = async (method, url, headers, body) => {
    if (this.dice() < 0.25) return lost
    const r = await this.answer(method, url, headers ?? {}, body)
    return this.dice() < 0.2 ? lost : r
  }

  private async answer(method: string, url: string, headers: Record<string, string>, body?: BodyInit): Promise<Answer> {
    if (this.dice() < 0.1) return reply(this.dice() < 0.5 ? 503 : 423)
    if (url === "/do/begin") return ((this.begun = true), reply(303))
    if (url === "/do/stop") return ((this.stopped = String(body)), reply(303))
    if (url === "/c/-/uploads") {
      assert.ok(this.begun, "an upload before its take was announced")
      this.made++
      this.kept = Buffer.alloc(0)
      return reply(201, { Location: "/c/-/uploads/upl_1" })
    }
    if (method === "HEAD") return reply(200, { "Upload-Offset": String(this.kept.length) })
    if (method === "PATCH") {
      if (Number(headers["Upload-Offset"]) !== this.kept.length) return reply(409)
      const bytes = Buffer.from(await (body as Blob).arrayBuffer())
      const cut = this.dice() < 0.3 ? Math.floor(this.dice() * bytes.length) : bytes.length
      this.kept = Buffer.concat([this.kept, bytes.subarray(0, cut)])
      return cut < bytes.length ? lost : reply(204, { "Upload-Offset": String(this.kept.length) })
    }
    if (url.endsWith("/cut")) return ((this.kept = Buffer.alloc(0)), reply(200))
    const claim = JSON.parse(String(body)) as { sha256: string; length: number }
    if (claim.length !== this.kept.length) return reply(409, {}, { code: "upload_length" })
    if (claim.sha256 !== createHash("sha256").update(this.kept).digest("hex")) return reply(409, {}, { code: "upload_hash" })
    assert.notEqual(this.stopped, "", "an upload ended before its take was stopped")
    this.finished = claim.sha256
    return reply(200)
  }

  spoil(): void {
    if (this.kept.length > 0) this.kept[0] = this.kept[0]! ^ 1
  }
}

const reply = (status: number, headers: Record<string, string> = {}, json: unknown = {}): Answer => ({ status, header: (n) => headers[n] ?? null, json: async () => json })
const lost = reply(0)

/** Dice that fall the same way for the same seed (mulberry32). */
function dice(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
}

test("every slice arrives, whatever is cut and however often the page begins anew", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const fall = dice(seed)
    const server = new Server(fall)
    const store = new Memory()
    const t = take()
    await store.add(t)
    const all: Buffer[] = []
    let sending = new Sending(store, server.ask)
    let rounds = 0
    for (let slices = 1 + Math.floor(fall() * 6); rounds < 2000; rounds++) {
      if (slices > 0 && fall() < 0.4) {
        const slice = Buffer.from([...Array(1 + Math.floor(fall() * 5000))].map(() => Math.floor(fall() * 256)))
        all.push(slice)
        await store.append(t.id, Uint8Array.from(slice).buffer, all.length * 1000)
        if (--slices === 0) await store.put(t.id, { state: "stopped" })
      }
      if (fall() < 0.1) sending = new Sending(store, server.ask) // a new page knows nothing
      if (seed % 10 === 0 && rounds === 40) server.spoil()
      const now = await store.take(t.id)
      if (!now) break
      await sending.step(now)
    }
    const want = createHash("sha256").update(Buffer.concat(all)).digest("hex")
    assert.equal(server.finished, want, `seed ${seed}: after ${rounds} rounds the server has other bytes`)
    assert.match(server.stopped, new RegExp(`_ms=${all.length * 1000}`))
    assert.deepEqual(await store.takes(), [], "what is sent is not kept here")
  }
})

test("a take only goes on", () => {
  assert.equal(changed(take({ state: "stopped" }), { state: "recording" }).state, "stopped")
  assert.equal(changed(take({ state: "recording" }), { state: "stopped" }).state, "stopped")
  assert.equal(changed(take({ state: "failed" }), { ms: 4 }).state, "failed")
})

test("a take that the server will not have stays on the device and is not sent again", async () => {
  const store = new Memory()
  const t = take()
  await store.add(t)
  let asked = 0
  const sending = new Sending(store, async () => (asked++, reply(409)))
  assert.equal(await sending.step(t), "refused")
  assert.equal(await sending.step((await store.take(t.id))!), "refused")
  assert.equal(asked, 1)
  assert.equal((await store.takes()).length, 1)
})

test("an empty take is told as failed and uses up nothing", async () => {
  const store = new Memory()
  const t = take({ announced: true, state: "failed" })
  await store.add(t)
  const asked: string[] = []
  const sending = new Sending(store, async (_, url) => (asked.push(url), reply(303)))
  assert.equal(await sending.step(t), "sent")
  assert.deepEqual(asked, ["/do/fail"])
})

test("a long take is read slice by slice: twice by the page that sent it, three times by one that came later", async () => {
  for (const later of [false, true]) {
    const server = new Server(() => 0.9)
    const store = new Memory()
    let read = 0
    const slice = store.slice.bind(store)
    store.slice = async (id, n) => {
      const bytes = await slice(id, n)
      read += bytes?.byteLength ?? 0
      return bytes
    }
    const t = take()
    await store.add(t)
    const size = 100_003 // of no piece's and no hash block's measure
    const all = Buffer.alloc(100 * size)
    for (let n = 0; n < 100; n++) {
      all.fill(n, n * size, (n + 1) * size)
      await store.append(t.id, Uint8Array.from(all.subarray(n * size, (n + 1) * size)).buffer, 1000 * n)
    }
    await store.put(t.id, { state: "stopped" })
    let sending = new Sending(store, server.ask)
    for (let now = await store.take(t.id), fresh = later; now; now = await store.take(t.id)) {
      if (fresh && server.kept.length > all.length / 2) {
        sending = new Sending(store, server.ask)
        fresh = false
      }
      await sending.step(now)
    }
    assert.equal(server.finished, createHash("sha256").update(all).digest("hex"))
    assert.ok(read <= (later ? 3 : 2) * all.length + 2 * size, `${read} bytes were read to send ${all.length}`)
  }
})

test("a part of a take is the same bytes wherever its slices end", async () => {
  const fall = dice(7)
  const all = Buffer.from([...Array(4000)].map(() => Math.floor(fall() * 256)))
  const store = new Memory()
  const t = take()
  await store.add(t)
  for (let at = 0; at < all.length; ) {
    const end = Math.min(all.length, at + [0, 1, 7, 300][Math.floor(fall() * 4)]!)
    await store.append(t.id, Uint8Array.from(all.subarray(at, end)).buffer, 0)
    at = end
  }
  const reader = new Reader(store, t.id)
  for (let i = 0; i < 500; i++) {
    const from = Math.floor(fall() * 4100)
    const most = Math.floor(fall() * 700)
    assert.deepEqual(Buffer.from(await reader.part(from, most)), all.subarray(from, from + most), `${most} from ${from}`)
  }
})
