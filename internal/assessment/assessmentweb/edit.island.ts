import { announce, one } from "@web/dom"
import { parse } from "@web/page"

/** How long a rest in typing is before what was typed is checked, in milliseconds. */
const REST = 800

/** Shows what the check says of a file while it is typed: what the button “See what changes” would, without the difference. */
class LiveCheck extends HTMLElement {
  private timer: number | undefined
  private asked = 0
  private checked = ""
  private kept: Node[] | undefined
  private told = ""

  connectedCallback(): void {
    this.form?.addEventListener("input", this.later)
  }
  disconnectedCallback(): void {
    this.form?.removeEventListener("input", this.later)
    clearTimeout(this.timer)
  }

  private get form(): HTMLFormElement | null {
    return document.querySelector<HTMLFormElement>("form[data-checked]")
  }

  private readonly later = (): void => {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.check(), REST)
    const words = one("[data-say]", this)
    if (words) words.textContent = "Not checked yet." // what stands there is of an older text
  }

  private async check(): Promise<void> {
    const form = this.form
    if (!form) return
    const fields = new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)]))
    fields.set("step", "look")
    const body = fields.toString()
    if (body === this.checked && this.kept) return this.replaceChildren(...this.kept.map((n) => n.cloneNode(true)))
    const mine = ++this.asked
    const said = await fetch(form.action, { method: "POST", headers: { Accept: "text/html" }, body: fields }).then(
      async (r) => (r.status === 429 || r.status >= 500 ? null : one("live-check", parse(await r.text()))),
      () => null, // without a network the button still says so
    )
    if (mine !== this.asked) return // typed on meanwhile
    if (!said) return this.later()
    this.checked = body
    this.kept = [...said.childNodes]
    this.replaceChildren(...this.kept.map((n) => n.cloneNode(true)))
    const words = one("[data-say]", this)?.textContent ?? ""
    if (this.textContent !== this.told) announce(words)
    this.told = this.textContent ?? ""
  }
}
customElements.define("live-check", LiveCheck)
