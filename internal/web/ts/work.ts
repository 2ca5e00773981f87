import { start } from "./autosave"
import { onTick, startClock } from "./timer"

/** Starts the outbox and the clock of a page with a sitting; again after a swap, for new forms. */
export function startWork(): void {
  startClock()
  void start(onTick)
}
