import assert from "node:assert/strict"
import { test } from "node:test"
import { batch, Known, Memory, newClient, pause, request, sha256, type Kept } from "./outbox"

const kept = (over: Partial<Kept> = {}): Kept => ({ sitting: "sit_1", item: "a", client: "c_1", seq: 1, base: 0, body: "x", sha256: "h", epoch: 1, typed: 0, tried: false, ...over })

test("a newer version takes the place of an older one that was never tried", async () => {
  const m = new Memory()
  await m.put(kept({ seq: 1 }))
  await m.put(kept({ seq: 2 }))
  assert.deepEqual((await m.list()).map((v) => v.seq), [2])
})

test("a version that was tried is never dropped by a newer one", async () => {
  const m = new Memory()
  await m.put(kept({ seq: 1 }))
  await m.tried(await m.list())
  await m.put(kept({ seq: 2 }))
  assert.deepEqual((await m.list()).map((v) => v.seq), [1, 2])
  await m.done([{ client: "c_1", item: "a", seq: 1 }])
  assert.deepEqual((await m.list()).map((v) => v.seq), [2])
})

test("another item, client or page is left alone", async () => {
  const m = new Memory()
  await m.put(kept({ item: "a" }))
  await m.put(kept({ item: "b", seq: 2 }))
  await m.put(kept({ client: "c_2", seq: 3 }))
  assert.equal((await m.list()).length, 3)
})

test("a request holds one sitting, client and epoch, oldest first, at most fifty and two million characters", () => {
  const list = [kept({ typed: 1 }), kept({ typed: 2, item: "b" }), kept({ client: "c_2" }), kept({ epoch: 2 }), kept({ sitting: "sit_2" })]
  assert.equal(batch(list, new Set()).length, 2)
  assert.equal(batch(list, new Set(["sit_1"]))[0]?.sitting, "sit_2")
  assert.equal(batch(Array.from({ length: 80 }, (_, i) => kept({ item: "i" + i })), new Set()).length, 50)
  assert.equal(batch([kept({ body: "x".repeat(3_000_000) }), kept({ item: "b" })], new Set()).length, 1)
  assert.deepEqual(batch([kept({ refused: "too large" })], new Set()), [])
})

test("the request has what the protocol names, and nothing of how it is kept", () => {
  const sent = JSON.parse(request([kept({ typed: 100 })], 350)) as Record<string, unknown>
  assert.deepEqual(sent, { sitting: "sit_1", client: "c_1", epoch: 1, age: 250, saves: [{ item: "a", seq: 1, base: 0, body: "x", sha256: "h" }] })
})

test("a large answer goes as what changed since the version that the server has, and whole where that is refused", () => {
  const text = "a line of words\n".repeat(300)
  const known = new Known()
  const sent = (v: Kept): unknown => (JSON.parse(request([v], 0, 0, known)) as { saves: unknown[] }).saves[0]
  const whole = { item: "a", seq: 2, base: 0, body: text + "more", sha256: "h" }
  assert.deepEqual(sent(kept({ seq: 2, body: text + "more" })), whole)
  known.took(kept({ seq: 1, body: text }))
  assert.deepEqual(sent(kept({ seq: 2, body: text + "more" })), { item: "a", seq: 2, base: 1, ops: [{ at: text.length, del: 0, ins: "more" }], sha256: "h" })
  assert.deepEqual(sent(kept({ seq: 2, body: text + "more", client: "c_before" })), whole)
  assert.deepEqual(sent(kept({ seq: 2, body: text + "more", item: "b" })), { ...whole, item: "b" })
  assert.equal(known.seq("a"), 1)
  assert.equal(known.refuse("a"), true)
  assert.equal(known.refuse("a"), false)
  assert.deepEqual(sent(kept({ seq: 2, body: text + "more" })), whole)
})

test("pauses grow to half a minute and no further", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 60].map(pause), [1000, 2000, 4000, 8000, 16000, 30000, 30000])
})

test("a writer's id is new each time", () => {
  assert.match(newClient(), /^c_[a-z2-7]{26}$/)
  assert.notEqual(newClient(), newClient())
})

test("the hash is SHA-256 of the UTF-8", async () => {
  assert.equal(await sha256("Kovač"), "f69527b793ce66ad331818be804d5fe449e94b2f9dcb82b3f44a1172cea7e2ba")
  assert.equal(await sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
})
