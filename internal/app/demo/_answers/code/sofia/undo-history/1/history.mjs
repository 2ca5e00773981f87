/** Remembers states so that people can go back and forth. */
export class History {
  /** @param {unknown} first @param {{limit?: number}} options */
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.states = [first]
    this.at = 0
  }

  get state() {
    return this.states[this.at]
  }

  get canUndo() {
    return this.at > 0
  }

  get canRedo() {
    return this.at < this.states.length - 1
  }

  set(next, {label} = {}) {
    this.states.push(next)
    this.at++
  }

  undo() {
    this.at--
    return this.state
  }

  redo() {
    this.at++
    return this.state
  }
}
