import { one } from "@web/dom"

/** Opens the browser's print dialog. Without it the browser's own menu does. */
class PrintPage extends HTMLElement {
  connectedCallback(): void {
    one("button", this)?.addEventListener("click", () => print())
  }
}
customElements.define("print-page", PrintPage)
