import { one } from "@web/dom"

/** Ctrl+Enter (Command+Enter) in the question asks it. Without this the button does. */
class AskQuestion extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.pressed)
  }

  disconnectedCallback(): void {
    this.removeEventListener("keydown", this.pressed)
  }

  private readonly pressed = (e: KeyboardEvent): void => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.isComposing) return
    const press = one<HTMLButtonElement>("button[name=step][value=ask]", this)
    if (!press) return
    e.preventDefault()
    press.form?.requestSubmit(press)
  }
}
customElements.define("ask-question", AskQuestion)
