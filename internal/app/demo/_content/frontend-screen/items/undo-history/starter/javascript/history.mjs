/** Remembers states so that people can go back and forth. */
export class History {
  /** @param {unknown} first @param {{limit?: number}} options */
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.state = first
  }

  get canUndo() {
    return false
  }

  get canRedo() {
    return false
  }

  set(next, {label} = {}) {}

  undo() {
    return this.state
  }

  redo() {
    return this.state
  }
}
