/** Remembers states so that people can go back and forth. */
export class History {
  /** @param {unknown} first @param {{limit?: number}} options */
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.states = [first]
    this.at = 0
    this.label = undefined
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
    this.states = this.states.slice(0, this.at + 1)
    if (label === this.label) this.states[this.at] = next
    else this.states.push(next)
    this.at = this.states.length - 1
    this.label = label
  }

  undo() {
    if (this.canUndo) this.at--
    return this.state
  }

  redo() {
    if (this.canRedo) this.at++
    return this.state
  }
}
