/** States in the order in which they would be reached; the nearest one is last. */
type Stack<State> = State[]

/**
 * Remembers states so that people can go back and forth.
 *
 * Three things are kept: what was before, what is now, what was undone. One step moves the present from one stack to the other, so
 * undo and redo are the same step in two directions and cannot disagree.
 */
export class History<State> {
  readonly limit: number
  private present: State
  private readonly past: Stack<State> = []
  private readonly future: Stack<State> = []
  /** The label that the next change may join; none after an undo or redo. */
  private joinable: string | undefined

  constructor(first: State, options: {limit?: number} = {}) {
    this.limit = options.limit ?? 100
    this.present = first
  }

  get state(): State {
    return this.present
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }

  get canRedo(): boolean {
    return this.future.length > 0
  }

  /** Makes `next` the present state, as a step of its own or joined with the one before that has the same label. */
  set(next: State, options: {label?: string} = {}): void {
    const joins = options.label !== undefined && options.label === this.joinable
    if (!joins) this.remember(this.present)
    this.present = next
    this.future.length = 0
    this.joinable = options.label
  }

  undo(): State {
    return this.step(this.past, this.future)
  }

  redo(): State {
    return this.step(this.future, this.past)
  }

  private step(from: Stack<State>, to: Stack<State>): State {
    this.joinable = undefined
    if (from.length > 0) {
      to.push(this.present)
      this.present = from.pop() as State // not `!`: a state may be undefined
    }
    return this.present
  }

  private remember(state: State): void {
    this.past.push(state)
    if (this.past.length > this.limit) this.past.shift()
  }
}

// No AI used. For states of megabytes I would keep differences; for a seat map this is simpler and quick enough.
