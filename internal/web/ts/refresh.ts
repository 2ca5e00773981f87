import { all } from "./dom"
import { swap } from "./page"

/**
 * Elements with data-refresh="ms" are drawn anew until they no longer say so: a run that is waiting, a queue. An event of their topic
 * (data-topic="run:att_...") comes first; the pause grows while nothing happens, up to 15 s.
 */
let timer: number | undefined
let listening = false
let tries = 0

export function startRefresh(): void {
  const waiting = all("[data-refresh]").filter((e) => e.id)
  if (timer !== undefined) clearTimeout(timer)
  timer = undefined
  listen()
  const first = waiting[0]
  if (!first) return void (tries = 0)
  const pause = Math.min(15_000, Number(first.dataset["refresh"]) * 1.4 ** tries++)
  timer = window.setTimeout(() => void again(first), pause)
}

async function again(e: HTMLElement): Promise<void> {
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => startRefresh(), { once: true })
    return
  }
  try {
    if (!(await swap(e.dataset["from"] ?? location.href, e.id, undefined, false))) startRefresh() // what stands there is newer
  } catch {
    startRefresh() // the server does not answer: later, and later each time
  }
}

/** Live events are one connection per browser; without them the pauses do. */
function listen(): void {
  if (listening || all("[data-topic]").length === 0) return
  listening = true
  void import("./live").then((l) => l.subscribe((topic, subject) => {
    const e = all("[data-topic]").find((x) => x.dataset["topic"] === topic + ":" + subject)
    if (e?.id) {
      tries = 0
      void again(e)
    }
  }))
}
