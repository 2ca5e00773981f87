interface Step<State> {
  state: State
  label?: string
}

/** Remembers states so that people can go back and forth. */
export class History<State> {
  state: State
  readonly limit: number
  private done: Step<State>[] = []
  private undone: Step<State>[] = []

  constructor(first: State, options: {limit?: number} = {}) {
    this.limit = options.limit ?? 100
    this.state = first
  }

  get canUndo(): boolean {
    return this.done.length > 0
  }

  get canRedo(): boolean {
    return this.undone.length > 0
  }

  set(next: State, options: {label?: string} = {}): void {
    const last = this.done[this.done.length - 1]
    if (last && options.label && last.label === options.label) {
      this.state = next
      return
    }
    this.done.push({state: this.state, label: options.label})
    if (this.done.length > this.limit) this.done.shift()
    this.state = next
  }

  undo(): State {
    const step = this.done.pop()
    if (step) {
      this.undone.push({state: this.state})
      this.state = step.state
    }
    return this.state
  }

  redo(): State {
    const step = this.undone.pop()
    if (step) {
      this.done.push({state: this.state})
      this.state = step.state
    }
    return this.state
  }
}
