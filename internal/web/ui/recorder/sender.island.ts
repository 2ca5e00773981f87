import { fill, one } from "@web/dom"
import { Courier } from "./sending"
import { megabytes, openStore, type Store } from "./slices"

/** On pages after the work: sends what this device still has, and says how much that is. */
class TakeSender extends HTMLElement {
  private store: Store | undefined
  private courier: Courier | undefined

  private readonly leaving = (e: BeforeUnloadEvent): void => {
    if (this.dataset["left"] !== "0") e.preventDefault()
  }

  async connectedCallback(): Promise<void> {
    addEventListener("beforeunload", this.leaving)
    this.store = await openStore()
    this.courier = new Courier(this.store, () => void this.draw())
    this.courier.soon()
    await this.draw()
  }

  disconnectedCallback(): void {
    removeEventListener("beforeunload", this.leaving)
    this.courier?.close()
  }

  private async draw(): Promise<void> {
    const texts = JSON.parse(this.dataset["texts"] ?? "{}") as Record<string, string>
    const takes = (await this.store?.takes()) ?? []
    const open = takes.filter((t) => t.refused === "")
    const sum = (f: (id: string, bytes: number) => number): number => open.reduce((n, t) => n + f(t.id, t.bytes), 0)
    const key = open.length > 0 ? (this.courier?.offline ? "offline" : "going") : takes.length > 0 ? "lost_upload" : "uploaded"
    const words = fill(texts[key] ?? "", { sent: megabytes(sum((id) => this.courier?.sending.sent(id) ?? 0)), all: megabytes(sum((_, bytes) => bytes)) })
    const say = one("[data-say]", this)
    if (say && say.textContent !== words) say.textContent = words
    this.dataset["left"] = String(open.length)
  }
}
customElements.define("take-sender", TakeSender)
