import test from "node:test"
import assert from "node:assert/strict"
import {History} from "./history.ts"

test("a new change ends what could be redone", () => {
  const h = new History(1)
  h.set(2)
  h.undo()
  h.set(3)
  assert.equal(h.canRedo, false)
  assert.equal(h.redo(), 3)
  assert.equal(h.undo(), 1)
})

test("nothing to undo changes nothing", () => {
  const h = new History(1)
  assert.equal(h.undo(), 1)
  assert.equal(h.redo(), 1)
  h.set(2)
  assert.equal(h.undo(), 1)
  assert.equal(h.undo(), 1)
  assert.equal(h.redo(), 2)
})

test("keeps at most limit steps", () => {
  const h = new History(0, {limit: 3})
  for (let i = 1; i <= 5; i++) h.set(i)
  assert.deepEqual([h.undo(), h.undo(), h.undo(), h.undo()], [4, 3, 2, 2])
  assert.equal(h.canUndo, false)
})

test("different labels are different steps", () => {
  const h = new History("")
  h.set("a", {label: "name"})
  h.set("b", {label: "seat"})
  h.set("c")
  h.set("d")
  assert.deepEqual([h.undo(), h.undo(), h.undo(), h.undo()], ["c", "b", "a", ""])
})

test("nothing is joined after an undo", () => {
  const h = new History("")
  h.set("a", {label: "name"})
  h.undo()
  h.redo()
  h.set("ab", {label: "name"})
  assert.equal(h.undo(), "a")
})

test("a state may be undefined or false", () => {
  const h = new History<unknown>(undefined)
  h.set(false)
  h.set(0)
  assert.equal(h.undo(), false)
  assert.equal(h.undo(), undefined)
  assert.equal(h.canUndo, false)
  assert.equal(h.redo(), false)
})
