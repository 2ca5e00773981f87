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
    this.events = new Map()
  }

  /** Says whether an event for `key` may happen now. */
  allow(key) {
    const now = this.clock()
    this.forget(now)
    const times = this.events.get(key) ?? []
    if (times.length >= this.limit) return false // refused events are not written down, so they do not count
    this.events.set(key, [...times, now])
    return true
  }

  /** How many keys are remembered. */
  remembered() {
    return this.events.size
  }

  /** Drops every event that is a window old or more, and keys without events. */
  forget(now) {
    for (const [key, times] of this.events) {
      const counting = times.filter((time) => now - time < this.window)
      if (counting.length > 0) this.events.set(key, counting)
      else this.events.delete(key)
    }
  }
}
