/** Remembers states so that people can go back and forth. `at` is where we are in `states`; what is behind it can be redone. */
export class History<State> {
  private states: State[]
  private at = 0
  private open: string | undefined
  readonly limit: number

  constructor(first: State, options: {limit?: number} = {}) {
    this.limit = options.limit ?? 100
    this.states = [first]
  }

  get state(): State {
    return this.states[this.at]
  }

  get canUndo(): boolean {
    return this.at > 0
  }

  get canRedo(): boolean {
    return this.at < this.states.length - 1
  }

  set(next: State, options: {label?: string} = {}): void {
    const joins = options.label !== undefined && options.label === this.open
    this.states.length = joins ? this.at : this.at + 1
    this.states.push(next)
    if (this.states.length > this.limit + 1) this.states.shift()
    this.at = this.states.length - 1
    this.open = options.label
  }

  undo(): State {
    return this.go(-1, this.canUndo)
  }

  redo(): State {
    return this.go(+1, this.canRedo)
  }

  private go(step: number, possible: boolean): State {
    this.open = undefined
    if (possible) this.at += step
    return this.state
  }
}
