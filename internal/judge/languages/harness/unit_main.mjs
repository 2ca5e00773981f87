import test from "node:test"
import {load} from "./unit.mjs"

await load(process.argv.slice(2))
