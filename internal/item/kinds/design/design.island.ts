import { fill, one } from "@web/dom"
import { blocks } from "../../../web/ui/diagram/blocks"

const count = (text: string): number => text.split(/\s+/).filter(Boolean).length

/** Counts the words of a section and inserts a diagram to begin with. Without it the number is the one of the last save. */
class DesignText extends HTMLElement {
  private get area(): HTMLTextAreaElement | null {
    return one<HTMLTextAreaElement>("textarea", this)
  }

  private readonly update = (): void => {
    const out = one("[data-count]", this)
    if (!out) return
    const text = this.area?.value ?? ""
    const words = Math.max(0, count(text) - blocks(text, "mermaid").reduce((n, d) => n + count(d) + 2, 0)) // a diagram is there to be looked at
    const most = Number(this.dataset["most"])
    const over = most > 0 && words > most
    out.toggleAttribute("data-over", over)
    out.textContent = fill(this.dataset["words"] ?? "", { n: words }) + (over ? " " + (this.dataset["over"] ?? "") : "")
  }
  private readonly insert = (e: Event): void => {
    const text = (e.target as Element).closest<HTMLElement>("[data-insert]")?.dataset["insert"]
    const area = this.area
    if (text === undefined || !area) return
    const before = area.value.slice(0, area.selectionStart)
    const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n"
    area.focus()
    area.setRangeText(gap + text + "\n", area.selectionStart, area.selectionEnd, "end")
    area.dispatchEvent(new Event("input", { bubbles: true }))
  }

  connectedCallback(): void {
    const button = one("[data-insert]", this)
    if (button) button.hidden = false
    this.addEventListener("input", this.update)
    this.addEventListener("click", this.insert)
    this.closest("form")?.addEventListener("candor-restore", this.update)
    this.update()
  }

  disconnectedCallback(): void {
    this.removeEventListener("input", this.update)
    this.removeEventListener("click", this.insert)
    this.closest("form")?.removeEventListener("candor-restore", this.update)
  }
}
customElements.define("design-text", DesignText)
