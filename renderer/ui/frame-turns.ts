/**
 * One piece of drawing per animation frame. A newer piece of the same owner replaces the older,
 * so that there is never more waiting than there are owners.
 */
export class FrameTurns {
  readonly #waiting = new Map<object, () => void>()
  readonly #requestFrame: (run: () => void) => number
  readonly #cancelFrame: (frame: number) => void
  #frame = 0

  constructor(
    requestFrame: (run: () => void) => number = (run) => requestAnimationFrame(run),
    cancelFrame: (frame: number) => void = (frame) => cancelAnimationFrame(frame)
  ) {
    this.#requestFrame = requestFrame
    this.#cancelFrame = cancelFrame
  }

  take(owner: object, draw: () => void): void {
    this.#waiting.set(owner, draw)
    if (this.#frame === 0) this.#frame = this.#requestFrame(this.#next)
  }

  leave(owner: object): void {
    this.#waiting.delete(owner)
    if (this.#waiting.size > 0 || this.#frame === 0) return
    this.#cancelFrame(this.#frame)
    this.#frame = 0
  }

  readonly #next = (): void => {
    this.#frame = 0
    const [owner, draw] = this.#waiting.entries().next().value ?? []
    if (owner === undefined || draw === undefined) return
    this.#waiting.delete(owner)
    // Asked for first: a drawing that throws must not leave the others waiting for ever.
    if (this.#waiting.size > 0) this.#frame = this.#requestFrame(this.#next)
    draw()
  }
}
