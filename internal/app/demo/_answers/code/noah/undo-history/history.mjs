/** Remembers states so that people can go back and forth. */
export class History {
  /** @param {unknown} first @param {{limit?: number}} options */
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.state = first
    this.past = []
    this.future = []
  }

  get canUndo() {
    return this.past.length > 0
  }

  get canRedo() {
    return this.future.length > 0
  }

  // labels come next
  set(next, {label} = {}) {
    this.past.push(this.state)
    this.state = next
    this.future = []
  }

  undo() {
    if (this.canUndo) {
      this.future.push(this.state)
      this.state = this.past.pop()
    }
    return this.state
  }

  redo() {
    if (this.canRedo) {
      this.past.push(this.state)
      this.state = this.future.pop()
    }
    return this.state
  }
}
