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
  }

  /** Says whether an event for `key` may happen now. */
  allow(key) {
    throw new Error("not written yet")
  }

  /** How many keys are remembered. */
  remembered() {
    throw new Error("not written yet")
  }
}
