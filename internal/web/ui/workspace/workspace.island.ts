import { all } from "@web/dom"

/** On narrow screens one pane at a time: Task, Code or Tests. */
class WorkSpace extends HTMLElement {
  connectedCallback(): void {
    this.show("code")
    this.addEventListener("click", (e) => {
      const tab = (e.target as Element).closest<HTMLElement>("[data-pane]")
      if (!tab || tab === this) return
      e.preventDefault()
      this.show(tab.dataset["pane"] ?? "code")
    })
  }

  private show(pane: string): void {
    this.dataset["pane"] = pane
    for (const t of all(".mtabs [data-pane]", this)) {
      if (t.dataset["pane"] === pane) t.setAttribute("aria-current", "true")
      else t.removeAttribute("aria-current")
    }
  }
}

customElements.define("work-space", WorkSpace)
