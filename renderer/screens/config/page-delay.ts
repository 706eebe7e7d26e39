/** Runs something once it has not been asked for again during a delay. */
import type { Page } from '../../state/page.ts'

export class PageDelay {
  readonly #page: Pick<Page, 'after'>
  readonly #delayMs: number
  readonly #run: () => void
  #cancel: (() => void) | null = null

  constructor(page: Pick<Page, 'after'>, delayMs: number, run: () => void) {
    this.#page = page
    this.#delayMs = delayMs
    this.#run = run
  }

  restart(): void {
    this.cancel()
    this.#cancel = this.#page.after(this.#delayMs, () => {
      this.#cancel = null
      this.#run()
    })
  }

  /** Idempotent. */
  cancel(): void {
    this.#cancel?.()
    this.#cancel = null
  }
}
