import { all, announce, fill, one } from "./dom"
import { serverNow } from "./clock"

/**
 * Keeps a text of a candidate's while it is written: on this device at each change, on the server (data-draft, with data-item) 600 ms after the last
 * one, and again until it is there. data-kept names it on this device. Another page of this browser shows the same text unless somebody types
 * there. Without it the form's button sends the text. What was sent stands in the page as data-answer-sent.
 */
const DEBOUNCE = 600
const REST = 10_000

interface Kept {
  readonly text: string
  readonly at: number
}

export class KeptText extends HTMLElement {
  private readonly client = "c_" + [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("")
  private readonly key = (): string => "candor." + (this.dataset["kept"] ?? "")
  private readonly online = (): void => this.later(0)
  private timer: number | undefined
  private seq = 0
  private failures = 0
  private typed = false // in this page
  private dirty = false // newer here than on the server

  connectedCallback(): void {
    const area = this.area()
    if (!area) return
    const kept = this.read()
    const sent = all("[data-answer-sent]").map((p) => (p.dataset["answerSent"] || p.textContent || "").trim())
    if (kept && sent.includes(kept.text.trim())) this.forget()
    else if (kept && kept.text !== area.value) {
      area.value = kept.text
      this.dirty = true
      this.later(0)
    }
    area.addEventListener("input", () => {
      this.typed = this.dirty = true
      this.write({ text: area.value, at: Date.now() })
      this.show("saving")
      this.later(DEBOUNCE)
    })
    one("form", this)?.addEventListener("submit", (e) => {
      clearTimeout(this.timer)
      if (navigator.onLine) return
      e.preventDefault()
      e.stopImmediatePropagation() // the page would wait for an answer
      this.show("offline")
    })
    addEventListener("online", this.online)
    addEventListener("storage", this.adopt)
    addEventListener("pagehide", this.flush)
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer)
    removeEventListener("online", this.online)
    removeEventListener("storage", this.adopt)
    removeEventListener("pagehide", this.flush)
  }

  protected area = (): HTMLTextAreaElement | null => one<HTMLTextAreaElement>("textarea", this)

  /** What another page of this browser wrote. */
  private readonly adopt = (e: StorageEvent): void => {
    const area = this.area()
    if (e.key !== this.key() || e.newValue === null || this.typed || !area) return
    area.value = (JSON.parse(e.newValue) as Kept).text
  }

  private readonly flush = (): void => {
    if (this.dirty) void this.post()
  }

  private read(): Kept | undefined {
    try {
      const raw = localStorage.getItem(this.key())
      return raw === null ? undefined : (JSON.parse(raw) as Kept)
    } catch {
      return undefined
    }
  }

  private write(k: Kept): void {
    try {
      localStorage.setItem(this.key(), JSON.stringify(k))
    } catch {
      return // the server is asked to keep it all the same
    }
  }

  /** The text was sent: nothing of it is kept here any more. */
  protected done(): void {
    clearTimeout(this.timer)
    this.dirty = this.typed = false
    this.forget()
    const label = one("[data-save-text]", this)
    if (label) label.textContent = ""
  }

  private forget(): void {
    try {
      localStorage.removeItem(this.key())
    } catch {
      return
    }
  }

  private later(wait: number): void {
    if (!this.dirty) return
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.post(), wait)
  }

  private async post(): Promise<void> {
    const area = this.area()
    const text = area?.value ?? ""
    const body = new URLSearchParams({ client: this.client, seq: String(++this.seq), [area?.name ?? ""]: text })
    if (this.dataset["item"] !== undefined) body.set("item", this.dataset["item"])
    const r = await fetch(this.dataset["draft"] ?? "", { method: "POST", body, headers: { Accept: "application/json" }, keepalive: text.length < 15_000, signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
    if (r?.ok) {
      this.failures = 0
      if (this.area()?.value !== text) return
      this.dirty = false
      // Not at once: a page that was asked for before the server had this may open after it.
      window.setTimeout(() => !this.dirty && this.read()?.text === text && this.forget(), REST)
      return this.show("saved")
    }
    this.failures++
    this.show(navigator.onLine ? "failed" : "offline")
    this.later(Math.min(30_000, 1000 * 2 ** this.failures))
  }

  /** The five texts of every save status. */
  private show(kind: "saving" | "saved" | "offline" | "failed"): void {
    const el = one("[data-save]", this)
    const label = el && one("[data-save-text]", el)
    if (!el || !label) return
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: el.dataset["zone"] || undefined }).format(serverNow() || Date.now())
    const words = fill(el.getAttribute("data-t-" + kind) ?? "", { time, reason: el.dataset["unreached"] ?? "" })
    if (el.dataset["kind"] !== kind && (kind === "failed" || kind === "offline")) announce(words, kind === "failed")
    label.textContent = words
    el.dataset["kind"] = kind
  }
}
