export class Limiter {
  constructor(limit, window, clock) {
    Object.assign(this, {limit, window, clock, events: {}})
  }

  allow(key) {
    const now = this.clock()
    const times = (this.events[key] ?? []).filter((t) => now - t < this.window)
    const ok = times.length < this.limit
    if (ok) times.push(now)
    this.events[key] = times
    return ok
  }

  remembered() {
    return Object.keys(this.events).length
  }
}
