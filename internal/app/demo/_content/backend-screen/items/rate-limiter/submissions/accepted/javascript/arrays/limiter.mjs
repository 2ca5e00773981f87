/** Allows at most `limit` events per key in any sliding window of `window` seconds. */
export class Limiter {
  constructor(limit, window, clock) {
    this.limit = limit
    this.window = window
    this.clock = clock
    // A Map keeps the order of insertion; a key is put in anew at each event, so the silent ones stand in front.
    this.events = new Map()
  }

  allow(key) {
    const now = this.clock()
    this.forget(now)
    const times = (this.events.get(key) ?? []).filter((t) => now - t < this.window)
    if (times.length >= this.limit) return false
    times.push(now)
    this.events.delete(key)
    this.events.set(key, times)
    return true
  }

  remembered() {
    return this.events.size
  }

  forget(now) {
    for (const [key, times] of this.events) {
      if (now - times[times.length - 1] < this.window) return
      this.events.delete(key)
    }
  }
}
