import { badge } from "./badge.js"
import { Queue } from "./queue.js"

export interface Scan {
  readonly ticket: string
  readonly sailing: string
  readonly at: number // milliseconds
}

export interface Settings {
  readonly base: string
  readonly token: string
  readonly sailing: string
}

let queue: Queue | undefined

/** Is called once, when the page is there. */
export function begin(settings: Settings): void {
  queue = new Queue(settings, (n) => badge(n))
  queue.start()
  addEventListener("online", () => void queue?.flush())
}

/** Is called with each ticket that the camera reads. */
export function scanned(settings: Settings, ticket: string): void {
  queue?.add({ ticket, sailing: settings.sailing, at: Date.now() })
}
