/** Remembers states so that people can go back and forth. */
export class History<State> {
  state: State
  readonly limit: number

  constructor(first: State, options: {limit?: number} = {}) {
    this.limit = options.limit ?? 100
    this.state = first
  }

  get canUndo(): boolean {
    return false
  }

  get canRedo(): boolean {
    return false
  }

  set(next: State, options: {label?: string} = {}): void {}

  undo(): State {
    return this.state
  }

  redo(): State {
    return this.state
  }
}
