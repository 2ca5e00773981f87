import { fill, one } from "@web/dom"
import { blocks } from "./blocks"

/** What the frame answers: how tall it became, and what is wrong with each text; "" where it is drawn. */
interface Drawn {
  readonly turn: number
  readonly height: number
  readonly wrong: readonly string[]
}

const REST = 400 // ms without a key before what is written is drawn
const PATIENCE = 20_000 // ms that a frame may take to load

/** Draws the diagrams of a text in a frame. The frame is there only while there are any; the text stays what it is. */
class DiagramView extends HTMLElement {
  private frame: HTMLIFrameElement | null = null
  private ready = false
  private turn = 0
  private rest = 0
  private late = 0
  private shown = ""

  private get area(): HTMLTextAreaElement | null {
    const at = document.getElementById(this.dataset["of"] ?? "")
    return at instanceof HTMLTextAreaElement ? at : null
  }
  private get sources(): readonly string[] {
    const area = this.area
    return area ? blocks(area.value, "mermaid").filter((s) => s.trim() !== "") : (JSON.parse(this.dataset["sources"] ?? "[]") as string[])
  }
  private readonly written = (): void => {
    clearTimeout(this.rest)
    this.rest = window.setTimeout(() => this.draw(), REST)
  }
  private readonly themed = matchMedia("(prefers-color-scheme: dark)")
  private readonly again = (): void => {
    this.shown = ""
    this.draw()
  }
  private readonly told = (e: MessageEvent<unknown>): void => {
    if (!this.frame || e.source !== this.frame.contentWindow || e.origin !== "null") return
    if (e.data === "ready") {
      clearTimeout(this.late)
      this.ready = true
      this.send()
      return
    }
    const d = e.data as Partial<Drawn> | null
    if (!d || d.turn !== this.turn || typeof d.height !== "number" || !Array.isArray(d.wrong)) return
    this.frame.height = String(Math.min(4000, Math.max(0, Math.ceil(d.height))))
    this.frame.hidden = d.height <= 0
    this.say(d.wrong.flatMap((w, i) => (typeof w === "string" && w !== "" ? [fill(this.dataset["broken"] ?? "", { k: i + 1, why: w.slice(0, 300) })] : [])))
    this.dataset["drawn"] = String(d.wrong.filter((w) => w === "").length)
  }

  connectedCallback(): void {
    addEventListener("message", this.told)
    this.themed.addEventListener("change", this.again)
    this.area?.addEventListener("input", this.written)
    this.area?.form?.addEventListener("candor-restore", this.written)
    this.draw()
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.told)
    this.themed.removeEventListener("change", this.again)
    this.area?.removeEventListener("input", this.written)
    this.area?.form?.removeEventListener("candor-restore", this.written)
    clearTimeout(this.rest)
    clearTimeout(this.late)
    this.frame?.remove()
    this.frame = null
    this.ready = false
    this.shown = ""
  }

  private draw(): void {
    const sources = this.sources
    const now = JSON.stringify(sources)
    if (now === this.shown) return
    this.shown = now
    if (sources.length === 0) {
      clearTimeout(this.late)
      this.frame?.remove()
      this.frame = null
      this.ready = false
      this.dataset["drawn"] = "0"
      this.say([])
      return
    }
    if (!this.frame) this.open()
    else if (this.ready) this.send()
  }

  private open(): void {
    const f = document.createElement("iframe")
    f.title = this.dataset["name"] ?? ""
    f.setAttribute("sandbox", "allow-scripts")
    f.height = "0"
    f.src = this.dataset["frame"] ?? ""
    this.late = window.setTimeout(() => this.say([this.dataset["slow"] ?? ""]), PATIENCE)
    this.frame = f
    this.prepend(f)
  }

  private send(): void {
    const theme = document.documentElement.dataset["theme"]
    const dark = theme === "dark" || (theme !== "light" && this.themed.matches)
    this.turn++
    // the frame is nobody's origin, so no other can be named; what goes there is the text it draws
    this.frame?.contentWindow?.postMessage({ turn: this.turn, sources: this.sources, dark }, "*")
  }

  private say(lines: readonly string[]): void {
    const list = one("[data-say]", this)
    if (!list || [...list.children].map((c) => c.textContent).join("\n") === lines.join("\n")) return
    list.replaceChildren(
      ...lines.map((text) => {
        const li = document.createElement("li")
        li.textContent = text
        return li
      }),
    )
  }
}
customElements.define("diagram-view", DiagramView)
