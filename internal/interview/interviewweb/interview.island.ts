import { announce, one } from "@web/dom"

/** Ctrl+Enter (Command+Enter) in the question asks it, a file of captions becomes what is said, and a preview says when it is older than the text. Without this the buttons do, and it is typed. */
class AskQuestion extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.pressed)
    this.addEventListener("change", this.changed)
    this.addEventListener("input", this.stale)
    const field = one("[data-captions]", this)
    if (field) field.hidden = false
  }

  disconnectedCallback(): void {
    this.removeEventListener("keydown", this.pressed)
    this.removeEventListener("change", this.changed)
    this.removeEventListener("input", this.stale)
  }

  private readonly pressed = (e: KeyboardEvent): void => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.isComposing) return
    const press = one<HTMLButtonElement>("button[name=step][value=ask]", this)
    if (!press) return
    e.preventDefault()
    press.form?.requestSubmit(press)
  }

  /** What is shown is what was written when it was asked for, and says so from the next change on. */
  private readonly stale = (): void => {
    const note = one("[data-preview] [data-stale]", this)
    if (!note?.hidden) return
    note.hidden = false
    announce(note.textContent ?? "")
  }

  private readonly changed = (e: Event): void => {
    const input = e.target
    if (!(input instanceof HTMLInputElement) || !input.closest("[data-captions]")) return
    const file = input.files?.[0]
    if (file) void file.text().then((text) => this.put(text))
    input.value = ""
  }

  private put(text: string): void {
    const said = one<HTMLTextAreaElement>("textarea[name=said]", this)
    if (!said) return
    said.value = text
    said.dispatchEvent(new Event("input", { bubbles: true }))
    said.focus()
    announce("The captions stand in the field now.")
  }
}
customElements.define("ask-question", AskQuestion)
