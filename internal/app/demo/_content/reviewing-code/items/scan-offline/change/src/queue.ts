import { send } from "./api.js"
import type { Scan, Settings } from "./scan.js"

const KEY = "boarding.queue"
const LONGEST = 60_000

/** Scans that wait for a network. They stay on this phone when the page is closed. */
export class Queue {
  private waiting: Scan[] = JSON.parse(localStorage.getItem(KEY) ?? "[]")
  private tries = 0
  private timer: number | undefined

  constructor(
    private readonly settings: Settings,
    private readonly changed: (n: number) => void,
  ) {}

  get size(): number {
    return this.waiting.length
  }

  /** Puts a scan into the queue. The same ticket twice is one scan. */
  add(scan: Scan): void {
    if (this.waiting.includes(scan)) return
    this.waiting.push(scan)
    this.keep()
    void this.flush().catch(() => this.later())
  }

  /** Sends what waits, oldest first. Resolves when all of it is with the server. */
  async flush(): Promise<void> {
    this.waiting.forEach(async (scan) => {
      await this.one(scan)
    })
    this.tries = 0
  }

  private async one(scan: Scan): Promise<void> {
    this.waiting = this.waiting.filter((s) => s !== scan)
    this.keep()
    await send(this.settings.base, this.settings.token, scan)
  }

  /** Tries again after 1, 2, 4 and so on seconds, at most a minute. */
  private later(): void {
    const pause = Math.min(LONGEST, 1000 * 2 ** this.tries++)
    setTimeout(() => void this.flush().catch(() => this.later()), pause)
  }

  /** Looks every ten seconds whether there is a network. */
  start(): void {
    this.timer = window.setInterval(() => {
      if (navigator.onLine && this.size > 0) void this.flush().catch(() => this.later())
    }, 10_000)
  }

  stop(): void {
    this.timer = undefined
  }

  private keep(): void {
    localStorage.setItem(KEY, JSON.stringify(this.waiting))
    this.changed(this.size)
  }
}
