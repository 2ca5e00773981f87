import test from "node:test"
import assert from "node:assert/strict"
import {Limiter} from "./limiter.mjs"

function fresh() {
  const clock = {seconds: 0}
  return {clock, limiter: new Limiter(2, 10, () => clock.seconds)}
}

test("allows the first events", () => {
  const {limiter} = fresh()
  assert.equal(limiter.allow("mv-alma"), true)
  assert.equal(limiter.allow("mv-alma"), true)
})

test("refuses the one beyond", () => {
  const {limiter} = fresh()
  limiter.allow("mv-alma")
  limiter.allow("mv-alma")
  assert.equal(limiter.allow("mv-alma"), false)
})

test("counts keys apart", () => {
  const {limiter} = fresh()
  limiter.allow("mv-alma")
  limiter.allow("mv-alma")
  assert.equal(limiter.allow("mv-brise"), true)
})

test("allows again after a full window", () => {
  const {clock, limiter} = fresh()
  limiter.allow("mv-alma")
  limiter.allow("mv-alma")
  clock.seconds = 10
  assert.equal(limiter.allow("mv-alma"), true)
})
