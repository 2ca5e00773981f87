/** Remembers states so that people can go back and forth. */
export class History {
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.state = first
    this.past = []
    this.future = []
    this.open = undefined // the label that the next change may join
  }

  get canUndo() {
    return this.past.length > 0
  }

  get canRedo() {
    return this.future.length > 0
  }

  set(next, {label} = {}) {
    const joins = label !== undefined && label === this.open
    if (!joins) this.past.push(this.state)
    if (this.past.length > this.limit) this.past.shift()
    this.future = []
    this.state = next
    this.open = label
  }

  undo() {
    return this.move(this.past, this.future)
  }

  redo() {
    return this.move(this.future, this.past)
  }

  move(from, to) {
    this.open = undefined
    if (from.length > 0) {
      to.push(this.state)
      this.state = from.pop()
    }
    return this.state
  }
}
