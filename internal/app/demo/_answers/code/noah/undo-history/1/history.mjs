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

  set(next, {label} = {}) {
    this.past.push(this.state)
    this.state = next
  }

  undo() {
    return this.state
  }

  redo() {
    return this.state
  }
}
