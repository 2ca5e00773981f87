import test from "node:test"
import assert from "node:assert/strict"
import {Limiter} from "./limiter.mjs"

test("stays quick with many keys", () => {
  let seconds = 0
  const limiter = new Limiter(2, 10, () => seconds)
  for (let i = 0; i < 50000; i++) {
    seconds = i / 10000
    limiter.allow(`ferry-${i}`)
  }
  assert.equal(limiter.remembered(), 50000)
})
