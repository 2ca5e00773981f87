import assert from "node:assert/strict"
import test from "node:test"
import { blocks } from "./blocks"

test("blocks of a language are found in their order, and no others", () => {
  for (const [text, want] of [
    ["", []],
    ["```mermaid\na-->b\n```", ["a-->b\n"]],
    ["x\n\n~~~ mermaid title\na\n```\nb\n~~~~\n```go\nmermaid\n```\n```mermaid\nc\n```\n", ["a\n```\nb\n", "c\n"]],
    ["  ```mermaid\n  a\n b\n  ```", ["a\nb\n"]],
    ["```mermaid\nnot ended", ["not ended"]],
    ["    ```mermaid\n    code\n    ```", []],
    ["``` ` mermaid\na", []],
    ["````\n```mermaid\na\n```\n````", []],
  ] as const)
    assert.deepEqual(blocks(text, "mermaid"), want, JSON.stringify(text))
})
