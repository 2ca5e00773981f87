// Runs answer.js and then one test. Standard input is the test's code; what stands under a line
// "--- input ---" is what fs.readFileSync(0) reads.
const fs = require("fs")
const vm = require("vm")

const read = fs.readFileSync
const [code, given = ""] = read(0, "utf8").split("\n--- input ---\n")
fs.readFileSync = (file, ...rest) =>
  file === 0 || file === "/dev/stdin" ? (rest.length ? given : Buffer.from(given)) : read(file, ...rest)
Object.assign(globalThis, { require, module, exports })
vm.runInThisContext(read("answer.js", "utf8"), { filename: "answer.js" })
vm.runInThisContext(code, { filename: "test" })
