/** One clock for every "4m 12s" on the page: it ticks once a second, and not in a hidden window. */
import type { Page } from './page.ts'

const SECOND_MS = 1000

/** A browser's clock may differ from the host's; a smaller difference is not corrected. */
const SKEW_TOLERANCE_MS = 2000

export class WallClock {
  /** Wall-clock milliseconds of the host, once a second. */
  nowMs = $state(0)

  readonly #page: Page
  #skewMs = 0
  #cancel: (() => void) | null = null

  constructor(page: Page) {
    this.#page = page
    this.nowMs = page.now()
  }

  start(): void {
    this.stop()
    this.#tick()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  /** Takes the host's time where the browser's differs: durations are then the host's. */
  align(hostMs: number): void {
    const differenceMs = hostMs - this.#page.now()
    if (Math.abs(differenceMs - this.#skewMs) < SKEW_TOLERANCE_MS) return
    this.#skewMs = Math.abs(differenceMs) < SKEW_TOLERANCE_MS ? 0 : differenceMs
    this.nowMs = this.exactMs()
  }

  /** The host's time now, not rounded to a tick. Not reactive. */
  exactMs(): number {
    return this.#page.now() + this.#skewMs
  }

  #tick(): void {
    this.nowMs = this.exactMs()
    const toNextSecondMs = SECOND_MS - (this.nowMs % SECOND_MS)
    this.#cancel = this.#page.after(toNextSecondMs, () => this.#tick())
  }
}
