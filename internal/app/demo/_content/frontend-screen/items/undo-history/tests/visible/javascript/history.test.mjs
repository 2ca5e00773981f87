import test from "node:test"
import assert from "node:assert/strict"
import {History} from "./history.mjs"

test("starts with one state", () => {
  const h = new History("a")
  assert.equal(h.state, "a")
  assert.equal(h.canUndo, false)
  assert.equal(h.canRedo, false)
})

test("goes back and forth", () => {
  const h = new History("a")
  h.set("b")
  h.set("c")
  assert.equal(h.undo(), "b")
  assert.equal(h.undo(), "a")
  assert.equal(h.redo(), "b")
  assert.equal(h.state, "b")
})

test("says whether the buttons are on", () => {
  const h = new History("a")
  h.set("b")
  assert.deepEqual([h.canUndo, h.canRedo], [true, false])
  h.undo()
  assert.deepEqual([h.canUndo, h.canRedo], [false, true])
})

test("joins steps with the same label", () => {
  const h = new History("")
  h.set("Al", {label: "name"})
  h.set("Alm", {label: "name"})
  assert.equal(h.undo(), "")
  assert.equal(h.redo(), "Alm")
})
