import mermaid from "mermaid"

/** The frame in which Mermaid text is drawn. It is nobody's origin and reaches nothing; it listens only to the page around it. */
interface Asked {
  readonly turn: number
  readonly sources: readonly string[]
  readonly dark: boolean
}

const site = document.currentScript?.dataset["site"] ?? ""
let turns = Promise.resolve()
let newest = 0

const MAX = 50_000 // characters of one diagram

const board = document.createElement("main")
const bench = document.createElement("div") // where the library measures: seen by nobody
let said: { readonly turn: number; readonly wrong: readonly string[] } | undefined

/** Says how tall the diagrams stand at this width. */
function report(): void {
  if (said) parent.postMessage({ ...said, height: board.childElementCount === 0 ? 0 : board.getBoundingClientRect().height }, site)
}

async function draw(asked: Asked): Promise<void> {
  if (asked.turn < newest) return // a newer text is waiting
  const { dark } = asked
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    theme: dark ? "dark" : "neutral",
    maxTextSize: MAX,
    maxEdges: 1000,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    suppressErrorRendering: true,
    fontFamily: "system-ui, sans-serif",
  })
  const drawn: HTMLElement[] = []
  const wrong: string[] = []
  for (const [i, text] of asked.sources.entries()) {
    const figure = document.createElement("figure")
    try {
      const { svg } = await mermaid.render(`d${asked.turn}-${i}`, text, bench)
      // the library's markup, which it has cleaned; nothing in here has an origin or can ask for anything
      figure.replaceChildren(document.importNode(new DOMParser().parseFromString(svg, "text/html").body.firstElementChild as Element, true))
      wrong.push("")
      drawn.push(figure)
    } catch (e) {
      wrong.push(e instanceof Error ? e.message : String(e))
    }
  }
  if (asked.turn < newest) return
  bench.replaceChildren()
  board.replaceChildren(...drawn)
  document.body.style.background = dark ? "#181b22" : "#ffffff" // --surface of tokens.css
  said = { turn: asked.turn, wrong }
  report()
}

const sheet = document.createElement("style")
sheet.textContent = "html,body,figure{margin:0}main{padding:12px}div{position:absolute;inset-block-start:0;inline-size:100%;visibility:hidden}main div{position:static;visibility:inherit;inline-size:auto}figure+figure{margin-block-start:12px}svg{display:block;max-inline-size:100%;block-size:auto;margin:auto}"
document.head.append(sheet)
document.body.append(board, bench)
new ResizeObserver(report).observe(board)

addEventListener("message", (e: MessageEvent<unknown>) => {
  const asked = e.data as Partial<Asked> | null
  if (e.source !== parent || e.origin !== site || !asked || typeof asked.turn !== "number" || !Array.isArray(asked.sources)) return
  const a: Asked = { turn: asked.turn, sources: asked.sources.filter((s): s is string => typeof s === "string").slice(0, 20), dark: asked.dark === true }
  newest = a.turn
  turns = turns.then(() => draw(a))
})
parent.postMessage("ready", site)
