import assert from "node:assert/strict"
import { test } from "node:test"
import { change, delta, type Op } from "./delta"

const apply = (s: string, o: Op): string => s.slice(0, o.at) + o.ins + s.slice(o.at + o.del)

test("a change makes the new version of the old one, touches what differs only, and cuts no pair", () => {
  for (const [before, after, want] of [
    ["", "", { at: 0, del: 0, ins: "" }],
    ["", "abc", { at: 0, del: 0, ins: "abc" }],
    ["abc", "", { at: 0, del: 3, ins: "" }],
    ["abc", "abc", { at: 3, del: 0, ins: "" }],
    ["abcd", "abXcd", { at: 2, del: 0, ins: "X" }],
    ["aaa", "aaaa", { at: 3, del: 0, ins: "a" }],
    ["aaaa", "aaa", { at: 3, del: 1, ins: "" }],
    ["x😀y", "x😁y", { at: 1, del: 2, ins: "😁" }], // the same first half
    ["x😀y", "x𝐀y", { at: 1, del: 2, ins: "𝐀" }],
    ["x\u{1F600}y", "x\u{1FA00}y", { at: 1, del: 2, ins: "\u{1FA00}" }], // the same second half
    ["😀", "😀😀", { at: 2, del: 0, ins: "😀" }],
  ] as const) {
    assert.deepEqual(change(before, after), want, `${before} -> ${after}`)
    assert.equal(apply(before, change(before, after)), after)
  }
})

test("only what is large and little changed goes as a delta", () => {
  const text = "a line of words\n".repeat(300)
  assert.deepEqual(delta(text, text + "more"), [{ at: text.length, del: 0, ins: "more" }])
  assert.equal(delta(undefined, text), undefined)
  assert.equal(delta("short", "short text"), undefined)
  assert.equal(delta(text, text.toUpperCase()), undefined)
})
