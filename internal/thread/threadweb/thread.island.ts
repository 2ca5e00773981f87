import { announce, one } from "@web/dom"
import { KeptText } from "@web/kept"
import { parse } from "@web/page"

/**
 * Keeps a message while it is written. With data-here it is sent without leaving the page, beside the work; without script the form opens a page
 * of its own. An open conversation says so to the server, which then sends no mail about it.
 */
class ThreadWrite extends KeptText {
  private sending = false

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.dataset["here"] !== undefined) one("form", this)?.addEventListener("submit", (e) => void this.send(e))
    const seen = this.dataset["seen"]
    if (seen && !document.hidden) void fetch(seen, { method: "POST", body: new URLSearchParams() }).catch(() => undefined)
  }

  private async send(e: SubmitEvent): Promise<void> {
    e.preventDefault()
    e.stopPropagation()
    const form = e.target as HTMLFormElement
    if (this.sending) return
    this.sending = true
    e.submitter?.setAttribute("aria-busy", "true")
    const body = new FormData(form, e.submitter)
    const r = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => undefined)
    const fresh = r && parse(await r.text())
    this.sending = false
    e.submitter?.removeAttribute("aria-busy")
    const said = fresh && one("#said", fresh)
    if (r?.ok && said) {
      this.done()
      const area = this.area()
      if (area) area.value = ""
      const once = one<HTMLInputElement>("input[name=_once]", form)
      if (once) once.value = crypto.randomUUID()
      one("#said")?.replaceWith(document.adoptNode(said))
      return this.tell("")
    }
    this.tell(one("[role=alert]", fresh ?? document.createElement("p"))?.textContent?.trim() || this.dataset["unreached"] || "")
  }

  /** Says why it was not sent; what was typed stays. */
  private tell(why: string): void {
    const place = one("[data-refused]", this)
    if (place) {
      place.textContent = why
      place.hidden = why === ""
    }
    if (why) announce(why, true)
  }
}
customElements.define("thread-write", ThreadWrite)
