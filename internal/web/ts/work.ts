import { ask, start } from "./autosave"
import { one } from "./dom"
import { subscribe } from "./live"
import { onTick, startClock } from "./timer"

let listening = false

/** Starts the outbox and the clock of a page with a sitting; again after a swap, for new forms. */
export function startWork(): void {
  startClock()
  void start(onTick)
  if (listening || !Number(one("[data-sitting]")?.dataset["end"])) return
  listening = true
  subscribe((topic) => topic === "time" && void ask()) // more time, given by somebody else: it is in the clock at once
}
