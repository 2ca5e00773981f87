// Runs test files with node:test and reports every test on descriptor 4, each line after the nonce that came on descriptor 3. It is loaded
// before the first file of the candidate's, is the reporter of node:test, and seals node:assert.
import assert from "node:assert"
import fs from "node:fs"
import {pathToFileURL} from "node:url"
import * as test from "node:test"

const BOX = "/box/"
const nonce = firstLine()
const {writeSync} = fs
const {stringify} = JSON
for (const o of [assert, assert.strict, assert.AssertionError, assert.AssertionError.prototype, test.default, test.mock].filter(Boolean)) Object.freeze(o)

function firstLine() {
  const b = Buffer.alloc(1)
  let line = ""
  while (fs.readSync(3, b) === 1 && b[0] !== 10) line += b.toString()
  fs.closeSync(3)
  return line
}

function report(state, millis = 0, id = "", name = "", file = "", text = "") {
  text = text.replaceAll("file://" + BOX, "").replaceAll(BOX, "").slice(0, 16000)
  let line = Buffer.from(`\n${nonce} [${stringify(state)}, ${Math.round(millis)}, ${stringify(id)}, ${stringify(name)}, ${stringify(file)}, ${stringify(text)}]\n`)
  while (line.length > 0) {
    try {
      line = line.subarray(writeSync(4, line))
    } catch (e) {
      if (e.code !== "EAGAIN") throw e
    }
  }
}

/** The file of the author's that a location belongs to: bundles of TypeScript are called after theirs. */
function original(file) {
  if (!file) return ""
  file = file.replace("file://", "").replace(BOX, "")
  return file.startsWith(".candor/tests/") ? file.slice(".candor/tests/".length).replace(/\.m?js$/, ".ts") : file
}

function why(error) {
  const cause = error?.cause ?? error
  return String(cause?.stack ?? cause?.message ?? cause).split("\n").filter((l) => !/^\s+at .*(node:|\.candor\/unit)/.test(l)).join("\n")
}

/** node:test's reporter: a generator that yields nothing, since descriptor 4 is written to at once. */
export default async function* (source) {
  const names = []
  for await (const {type, data} of source) {
    if (type === "test:start") names.splice(data.nesting, Infinity, data.name)
    if (type !== "test:pass" && type !== "test:fail") continue
    names.splice(data.nesting, Infinity, data.name)
    const failed = type === "test:fail"
    if (data.details?.type === "suite" && !(failed && data.details.error?.failureType !== "subtestsFailed")) continue
    const name = names.join(" > "), file = original(data.file)
    const skipped = data.skip !== undefined || data.todo !== undefined
    const cause = data.details?.error?.cause
    report(failed ? (cause?.code === "ERR_ASSERTION" || typeof cause === "string" ? "fail" : "error") : skipped ? "skip" : "pass", data.details?.duration_ms, `${file}: ${name}`, name, file, failed ? why(data.details.error) : "")
  }
  report("end")
  yield ""
}

/** Loads the test files; called by the process's entry. */
export async function load(files) {
  for (const file of files) {
    try {
      await import(pathToFileURL(BOX + file))
    } catch (e) {
      report("broken", 0, original(file), original(file), original(file), why(e))
    }
  }
}
