import { announce, all, one } from "@web/dom"
import { autosave } from "@web/autosave"
import { parse } from "@web/page"

const PATIENCE = 120_000 // ms that a file may take to get through

/**
 * Adds pictures and PDF to a section without leaving the page: by the button, by drop and by paste into the text. The form is posted as the button would,
 * with all that is typed, and the files of the section are taken from the page that comes back. Without it the button loads the page anew.
 */
class DesignFiles extends HTMLElement {
  private busy = false

  private get form(): HTMLFormElement | null {
    return this.closest("form")
  }
  private get section(): HTMLElement {
    return this.closest<HTMLElement>(".ds-part") ?? this
  }
  private get pick(): HTMLInputElement | null {
    return one<HTMLInputElement>("input[type=file]", this)
  }

  private readonly sent = (e: SubmitEvent): void => {
    const b = e.submitter
    if (!(b instanceof HTMLButtonElement) || !this.contains(b) || !(b.name === "drop" || b.name === "put" || "send" in b.dataset)) return
    e.preventDefault()
    e.stopPropagation() // the page does not wait for another one
    if ("send" in b.dataset && !this.pick?.files?.length) return this.say(this.dataset["nothing"] ?? "", true)
    void this.post(b)
  }
  private readonly over = (e: DragEvent): void => {
    if (!this.pick || !e.dataTransfer?.types.includes("Files")) return
    e.preventDefault()
    this.section.toggleAttribute("data-over", true)
  }
  private readonly left = (): void => {
    this.section.toggleAttribute("data-over", false)
  }
  private readonly dropped = (e: DragEvent): void => {
    this.left()
    this.give(e, e.dataTransfer)
  }
  private readonly pasted = (e: ClipboardEvent): void => {
    if (!e.clipboardData?.types.includes("text/plain")) this.give(e, e.clipboardData) // text goes into the text area
  }

  /** Another tab, or an earlier life of this one, has other files: this form names the same ones from here on. */
  private readonly restored = (e: Event): void => {
    const own = ["alt-", "out-"].map((kind) => kind + (this.dataset["section"] ?? "") + ".")
    const body = JSON.parse((e as CustomEvent<string>).detail) as Record<string, string[]>
    for (const c of all<HTMLTextAreaElement>("textarea[name]", this)) if (!(c.name in body)) c.closest("li")?.remove()
    for (const [name, [value]] of Object.entries(body)) {
      if (!own.some((o) => name.startsWith(o)) || all<HTMLTextAreaElement>("textarea[name]", this).some((c) => c.name === name)) continue
      const c = document.createElement("textarea")
      c.name = name
      c.value = value ?? ""
      c.hidden = true
      one("[data-files]", this)?.append(c)
    }
  }

  private heard: AbortController | undefined

  connectedCallback(): void {
    this.heard = new AbortController()
    const { signal } = this.heard
    this.form?.addEventListener("submit", this.sent, { signal })
    this.form?.addEventListener("candor-restore", this.restored, { signal })
    this.section.addEventListener("dragover", this.over, { signal })
    this.section.addEventListener("dragleave", this.left, { signal })
    this.section.addEventListener("drop", this.dropped, { signal })
    this.section.addEventListener("paste", this.pasted, { signal })
  }

  disconnectedCallback(): void {
    this.heard?.abort()
  }

  /** Files that were dropped or pasted are as if they had been chosen. */
  private give(e: Event, from: DataTransfer | null): void {
    const pick = this.pick
    if (!pick || !from?.files.length) return
    e.preventDefault()
    pick.files = from.files
    one<HTMLButtonElement>("[data-send]", this)?.click()
  }

  private say(text: string, urgent = false): void {
    const at = one("[data-said]", this)
    if (at) at.textContent = text
    this.toggleAttribute("data-wrong", urgent)
  }

  private async post(b: HTMLButtonElement): Promise<void> {
    const form = this.form
    if (!form || this.busy) return
    this.busy = true
    const send = "send" in b.dataset
    if (send) this.say(this.dataset["busy"] ?? "")
    const data = new FormData(form, b)
    if (!send) for (const f of all<HTMLInputElement>("input[type=file]", form)) data.delete(f.name)
    try {
      const r = await fetch(send ? b.formAction : form.action, { method: "POST", body: data, signal: AbortSignal.timeout(PATIENCE) })
      const page = parse(await r.text())
      const fresh = one(`design-files[data-section="${CSS.escape(this.dataset["section"] ?? "")}"] [data-files]`, page)
      if (!fresh) {
        if (r.redirected) location.assign(r.url) // the part is over: its page says so
        else this.say(one("h1 + p, .note .strong, main p", page)?.textContent ?? this.dataset["lost"] ?? "", true)
        return
      }
      const wrong = one("form[data-item] > .note.bad .strong", page)?.textContent ?? ""
      this.take(fresh)
      if (wrong !== "") return this.say(wrong, true)
      if (this.pick) this.pick.value = ""
      this.say(send ? (this.dataset["reads"] ?? "") : "")
      if (send) announce(this.dataset["reads"] ?? "")
      autosave(form)
      const last = all<HTMLTextAreaElement>("textarea.ds-alt", this).at(-1)
      if (send) last?.focus()
      else this.pick?.focus()
    } catch {
      this.say(this.dataset["lost"] ?? "", true)
    } finally {
      this.busy = false
    }
  }

  /** The files as the server has them; what was typed meanwhile stays. */
  private take(fresh: HTMLElement): void {
    const typed = new Map(all<HTMLTextAreaElement>("textarea[name]", this).map((c) => [c.name, c.value]))
    const files = document.importNode(fresh, true)
    for (const c of all<HTMLTextAreaElement>("textarea[name]", files)) c.value = typed.get(c.name) ?? c.value
    one("[data-files]", this)?.replaceWith(files)
  }
}
customElements.define("design-files", DesignFiles)
