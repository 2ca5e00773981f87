/** Remembers states so that people can go back and forth. */
export class History {
  constructor(first, {limit = 100} = {}) {
    this.limit = limit
    this.state = first
    this.prev = null
    this.next = null
  }

  get canUndo() {
    return this.prev != null
  }

  get canRedo() {
    return this.next != null
  }

  set(next, {label} = {}) {
    this.prev = this.state
    this.state = next
  }

  undo() {
    if (this.prev != null) {
      this.next = this.state
      this.state = this.prev
      this.prev = null
    }
    return this.state
  }

  redo() {
    if (this.next != null) {
      this.prev = this.state
      this.state = this.next
      this.next = null
    }
    return this.state
  }
}
