import test from "node:test"
import assert from "node:assert/strict"
import {Limiter} from "./limiter.mjs"

function fresh() {
  const clock = {seconds: 0}
  const limiter = new Limiter(2, 10, () => clock.seconds)
  return {
    limiter,
    at(seconds, key = "mv-alma") {
      clock.seconds = seconds
      return limiter.allow(key)
    },
  }
}

test("the window slides", () => {
  const {at} = fresh()
  const got = [0, 9, 9.9, 10, 18.9, 19].map((s) => at(s))
  assert.deepEqual(got, [true, true, false, true, false, true])
})

test("refused events do not count", () => {
  const {at} = fresh()
  at(0)
  at(0)
  for (let s = 1; s < 10; s++) assert.equal(at(s), false)
  assert.equal(at(10), true)
  assert.equal(at(10), true)
})

test("events of one instant count one by one", () => {
  const {at} = fresh()
  assert.deepEqual([at(5), at(5), at(5), at(5)], [true, true, false, false])
})

test("silent keys are forgotten", () => {
  const {at, limiter} = fresh()
  for (let i = 0; i < 10000; i++) at(0, `ferry-${i}`)
  assert.equal(limiter.remembered(), 10000)
  at(10)
  assert.equal(limiter.remembered(), 1)
})

test("busy keys are kept", () => {
  const {at, limiter} = fresh()
  at(0, "a")
  at(6, "a")
  at(8, "b")
  at(12, "c")
  assert.equal(limiter.remembered(), 3)
})
