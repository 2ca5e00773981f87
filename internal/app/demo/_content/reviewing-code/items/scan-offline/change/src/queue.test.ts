import assert from "node:assert/strict"
import { test } from "node:test"
import { Queue } from "./queue.js"
import type { Scan } from "./scan.js"

const settings = { base: "http://pier.test", token: "t", sailing: "CAM-0730" }
const scan = (ticket: string): Scan => ({ ticket, sailing: "CAM-0730", at: 1 })

test("a scan waits while there is no network", () => {
  globalThis.fetch = () => Promise.reject(new Error("offline"))
  let n = 0
  const q = new Queue(settings, (size) => (n = size))
  q.add(scan("T-1"))
  assert.ok(n >= 0)
})

test("what waits is sent in order", async () => {
  const sent: string[] = []
  globalThis.fetch = (_, init) => {
    sent.push((JSON.parse(String(init?.body)) as Scan).ticket)
    return Promise.resolve(new Response("{}"))
  }
  const q = new Queue(settings, () => undefined)
  q.add(scan("T-1"))
  q.add(scan("T-2"))
  assert.deepEqual(sent, ["T-1", "T-2"])
})
