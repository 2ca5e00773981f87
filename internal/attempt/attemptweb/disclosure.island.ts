import { one } from "@web/dom"

/** Puts a chosen file's text into the transcript, where it is saved as it would be when typed. Without it the form's button sends the file. */
class TranscriptFile extends HTMLElement {
  connectedCallback(): void {
    one<HTMLInputElement>("input[type=file]", this)?.addEventListener("change", this.read)
  }

  disconnectedCallback(): void {
    one<HTMLInputElement>("input[type=file]", this)?.removeEventListener("change", this.read)
  }

  private readonly read = async (e: Event): Promise<void> => {
    const input = e.target as HTMLInputElement
    const area = one<HTMLTextAreaElement>("textarea[name=transcript]", this)
    const file = input.files?.[0]
    if (!file || !area) return
    if (file.size > Number(this.dataset["most"])) return this.refuse(input, this.dataset["large"])
    let text: string
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())
    } catch {
      return this.refuse(input, this.dataset["binary"])
    }
    if (text.includes("\0")) return this.refuse(input, this.dataset["binary"])
    this.refuse(input, "")
    area.value = text
    area.dispatchEvent(new Event("input", { bubbles: true }))
  }

  /** Says why a file was not taken, and leaves none chosen: what was pasted before stays. */
  private refuse(input: HTMLInputElement, why = ""): void {
    const place = one("[data-refused]", this)
    if (place) {
      place.textContent = why
      place.hidden = why === ""
    }
    input.value = ""
  }
}
customElements.define("transcript-file", TranscriptFile)
