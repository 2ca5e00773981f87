/** Remembers states so that people can go back and forth. */
export class History {
  /** @param {unknown} first @param {{limit?: number}} options */
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.state = first
    this.undos = [] // states before the present one, with the label of the change that ended them
    this.redos = [] // states that were undone
  }

  get canUndo() {
    return this.undos.length > 0
  }

  get canRedo() {
    return this.redos.length > 0
  }

  set(next, {label} = {}) {
    const last = this.undos.at(-1)
    if (!label || !last || last.label !== label) {
      this.undos.push({state: this.state, label})
    }
    if (this.undos.length > this.limit) this.undos.shift()
    this.redos = []
    this.state = next
  }

  undo() {
    if (!this.canUndo) return this.state
    const {state, label} = this.undos.pop()
    this.redos.push({state: this.state, label})
    this.state = state
    return this.state
  }

  redo() {
    if (!this.canRedo) return this.state
    const {state, label} = this.redos.pop()
    this.undos.push({state: this.state, label})
    this.state = state
    return this.state
  }
}
