/** Who wants to hear of one thing that happens. */
export type Release = () => void

export class Listeners<Value> {
  readonly #listeners = new Set<(value: Value) => void>()
  readonly #onDefect: (error: unknown) => void

  /** `onDefect` is told of a listener that threw; the others are told all the same. */
  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect
  }

  get size(): number {
    return this.#listeners.size
  }

  /** The same function listens once only. The release may be called again. */
  add(listener: (value: Value) => void): Release {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(value: Value): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#onDefect(error)
      }
    }
  }
}
