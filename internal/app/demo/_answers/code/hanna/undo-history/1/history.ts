/** Remembers states so that people can go back and forth. */
export class History<State> {
  state: State
  readonly limit: number
  private past: State[] = []
  private future: State[] = []

  constructor(first: State, options: {limit?: number} = {}) {
    this.limit = options.limit ?? 100
    this.state = first
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }

  get canRedo(): boolean {
    return this.future.length > 0
  }

  set(next: State, options: {label?: string} = {}): void {
    this.past = [...this.past, this.state].slice(-this.limit)
    this.future = []
    this.state = next
  }

  undo(): State {
    if (!this.canUndo) return this.state
    this.future.push(this.state)
    this.state = this.past.pop()!
    return this.state
  }

  redo(): State {
    if (!this.canRedo) return this.state
    this.past.push(this.state)
    this.state = this.future.pop()!
    return this.state
  }
}
