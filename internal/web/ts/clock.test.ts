import assert from "node:assert/strict"
import { test } from "node:test"
import { left, warning } from "./clock"

test("minutes are rounded up, seconds show only in the last one", () => {
  assert.deepEqual([-1, 0, 1, 59_000, 59_999, 60_000, 60_001, 120_000, 38 * 60_000].map((ms) => left(ms).value + left(ms).unit), ["0min", "0min", "1s", "59s", "60s", "1min", "2min", "2min", "38min"])
})

test("each warning comes once, when its moment passes", () => {
  const total = 60 * 60_000
  const said: unknown[] = []
  let before = Number.POSITIVE_INFINITY
  for (let ms = total; ms >= -1000; ms -= 1000) {
    const w = warning(before, ms, total)
    if (w !== null) said.push(w)
    before = ms
  }
  assert.deepEqual(said, ["half", 10, 5, 1, 0])
})

test("a page that opens late says only the warning that is due", () => {
  assert.equal(warning(Number.POSITIVE_INFINITY, 4 * 60_000, 60 * 60_000), 5)
  assert.equal(warning(Number.POSITIVE_INFINITY, -5, 60 * 60_000), 0)
})
