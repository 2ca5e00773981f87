/** Counts words as they are written. Without it the number is the one of the last save. */
class WordCount extends HTMLElement {
  private readonly update = () => {
    const text = this.querySelector("textarea")?.value ?? ""
    const out = this.querySelector("[data-count]")
    const words = text.split(/\s+/).filter(Boolean).length
    const to = Number(this.dataset.to)
    const max = Number(this.dataset.max)
    if (!out) return
    let more = ""
    if (max > 0 && words > max) more = `, more than the ${max} that readers are asked to read`
    else if (to > 0 && words > to) more = `, more than the ${to} suggested; that is fine`
    out.textContent = `${words} words${more}`
  }

  connectedCallback() {
    this.addEventListener("input", this.update)
    this.closest("form")?.addEventListener("candor-restored", this.update)
  }

  disconnectedCallback() {
    this.removeEventListener("input", this.update)
    this.closest("form")?.removeEventListener("candor-restored", this.update)
  }
}
customElements.define("word-count", WordCount)
