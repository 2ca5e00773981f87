import test from "node:test"
import assert from "node:assert/strict"
import {History} from "./history.ts"

test("typing after an undo begins a new step", () => {
  const h = new History("")
  h.set("A", {label: "name"})
  h.undo()
  h.set("B", {label: "name"})
  h.set("Bo", {label: "name"})
  assert.equal(h.undo(), "")
  assert.equal(h.canUndo, false)
})

test("a limit of nothing remembers nothing", () => {
  const h = new History(1, {limit: 0})
  h.set(2)
  assert.equal(h.canUndo, false)
  assert.equal(h.undo(), 2)
})
