import assert from "node:assert/strict"
import { test } from "node:test"
import { add, at, body, draftAt, parse, remove, type Comment } from "./review"

const said = (over: Partial<Comment> = {}): Comment => ({ id: "", file: "a.go", side: "", line: 27, tone: "must", text: "Why?", ...over })

test("what is typed is kept as a draft, and added only once", () => {
  let r = draftAt(parse("{}"), said({ text: "" }))
  assert.equal(r.drafts.length, 0, "nothing was typed")
  r = draftAt(draftAt(r, said({ text: "W" })), said({ text: "Wh" }))
  assert.deepEqual(r.drafts.map((d) => d.text), ["Wh"])
  r = add({ ...r, drafts: [] }, said())
  r = add(r, said({ text: "And this?" }))
  assert.deepEqual(r.comments.map((c) => c.id), ["c1", "c2"])
  r = add(r, said({ id: "c1", text: "Why so?" }))
  assert.deepEqual(r.comments.map((c) => c.text), ["Why so?", "And this?"])
  r = add(remove(r, "c1"), said({ text: "Third" }))
  assert.deepEqual(r.comments.map((c) => c.id), ["c2", "c3"], "an id is not given twice")
})

test("a form that was only opened is not kept", () => {
  const r = add(parse("{}"), said())
  const opened = draftAt(draftAt(r, said({ line: 3, text: "" }), true), r.comments[0] ?? said(), true)
  assert.equal(opened.drafts.length, 2)
  assert.equal(parse(body(opened)).drafts.length, 0)
  assert.equal(parse(body(draftAt(opened, said({ id: "c1", text: "Other" })))).drafts.length, 1)
})

test("both sides of a line are two places", () => {
  assert.equal(at(said()), "L27")
  assert.equal(at(said({ side: "old" })), "R27")
  const r = draftAt(draftAt(parse("{}"), said()), said({ side: "old" }))
  assert.equal(r.drafts.length, 2)
})

test("a body that cannot be read is an empty review", () => {
  assert.deepEqual(parse("[").comments, [])
})
