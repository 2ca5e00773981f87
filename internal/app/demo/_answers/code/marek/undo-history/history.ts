/** Remembers states so that people can go back and forth. */
export class History<State> {
  readonly limit: number
  private states: State[] // oldest first
  private index = 0 // of the present state
  private lastLabel?: string

  constructor(first: State, options: {limit?: number} = {}) {
    this.limit = options.limit ?? 100
    this.states = [first]
  }

  get state(): State {
    return this.states[this.index]
  }

  get canUndo(): boolean {
    return this.index > 0
  }

  get canRedo(): boolean {
    return this.index + 1 < this.states.length
  }

  set(next: State, options: {label?: string} = {}): void {
    // a new change: what was undone is gone
    this.states.length = this.index + 1
    if (options.label !== undefined && options.label === this.lastLabel) {
      this.states[this.index] = next
    } else {
      this.states.push(next)
      this.index++
    }
    this.lastLabel = options.label
    // forget the oldest
    while (this.states.length > this.limit) {
      this.states.shift()
      this.index--
    }
  }

  undo(): State {
    this.lastLabel = undefined
    if (this.canUndo) this.index--
    return this.state
  }

  redo(): State {
    this.lastLabel = undefined
    if (this.canRedo) this.index++
    return this.state
  }
}
