/** Allows at most `limit` events per key in any sliding window of `window` seconds. */
export class Limiter {
  constructor(limit, window, clock) {
    this.limit = limit
    this.window = window
    this.clock = clock
    this.count = 0
    this.keys = {}
  }

  allow(key) {
    if (this.keys[key] == undefined) {
      this.keys[key] = 0
    }
    this.keys[key]++
    if (this.keys[key] > this.limit) {
      return false
    } else {
      return true
  }

  remembered() {
    return this.keys.length
  }
}
