/**
 * Remembers states so that people can go back and forth. All states stand in one list in the order they were made; `at` is where we are.
 * What stands behind `at` can be redone.
 */
export class History {
  /** @param {unknown} first @param {{limit?: number}} options */
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.states = [first]
    this.at = 0
    this.label = undefined // of the present step, as long as the next change may join it
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
    const joins = label !== undefined && label === this.label
    const before = this.states.slice(0, joins ? this.at : this.at + 1)
    this.states = [...before, next].slice(-this.limit - 1) // the present and `limit` steps
    this.at = this.states.length - 1
    this.label = label
  }

  undo() {
    return this.moveTo(this.at - 1)
  }

  redo() {
    return this.moveTo(this.at + 1)
  }

  moveTo(at) {
    this.label = undefined
    if (at >= 0 && at < this.states.length) this.at = at
    return this.state
  }
}

// My first run forgot that two changes without a label are not "the same label". AI: asked it to explain slice with negative numbers.
