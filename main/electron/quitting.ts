/**
 * The end of the application: confirmed where traffic would stop, then orderly, and never for
 * longer than the deadline.
 */
import { app, dialog } from 'electron'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { Ask } from './window-questions.ts'

export interface QuittingParts {
  readonly clock: Clock
  /** "Quit and stop the proxy (1.24k req/s)"; "Quit" while nothing is served. */
  stopSentence(): string
  isIdle(): boolean
  /** Resolves with a sentence on what was stopped. */
  stop(): Promise<string>
  /** Ends a running stop at once. */
  cut(): void
  readonly ask: Ask
  say(line: string): void
}

/** Longer than any sensible `shutdown_timeout`; then what still runs is cut. */
export const STOP_DEADLINE_MS = 120_000

/** For the end after a cut. */
export const CUT_DEADLINE_MS = 5_000

export class Quitting {
  readonly #parts: QuittingParts
  #isDecided = false
  /** Why the application could not go on; null: it was asked to end. */
  #failure: string | null = null
  #ending: Promise<void> | null = null

  /** Listens to the application from now on. */
  constructor(parts: QuittingParts) {
    this.#parts = parts
    app.on('before-quit', (event) => {
      if (this.#isDecided || parts.isIdle()) {
        this.#isDecided = true
        return
      }
      event.preventDefault()
      this.#ask().catch((error: unknown) => parts.say(`Nothing was quit: ${String(error)}`))
    })
    app.on('will-quit', (event) => {
      event.preventDefault()
      this.#ending ??= this.#end()
    })
  }

  /** Windows may close without a question. */
  get isDecided(): boolean {
    return this.#isDecided
  }

  /** The engine drains; there is no window any more. */
  get isEnding(): boolean {
    return this.#ending !== null
  }

  /** The operator has seen what stops, or a signal came. Once more: what still runs is cut. */
  quitNow(): void {
    if (this.#ending !== null) {
      this.#parts.cut()
      return
    }
    this.#isDecided = true
    app.quit()
  }

  /** The application cannot go on. What it has started ends in order, then the reason is shown. */
  fail(reason: string): void {
    this.#failure ??= reason
    if (this.#ending === null) this.quitNow()
  }

  /** For an operator who starts the application again while it ends, and sees nothing of it. */
  async offerCut(): Promise<void> {
    const answer = await this.#parts.ask({
      type: 'info',
      message: 'Switchyard is stopping: requests that run may finish.',
      detail: 'It can be started again when they have.',
      buttons: ['Cut what still runs', 'Wait'],
      defaultId: 1,
      cancelId: 1
    })
    if (answer === 0) this.#parts.cut()
  }

  async #ask(): Promise<void> {
    const answer = await this.#parts.ask({
      type: 'question',
      message: 'Stop the proxy and quit?',
      detail: 'New requests are refused at once; those that run may finish.',
      buttons: [this.#parts.stopSentence(), 'Cancel'],
      defaultId: 1,
      cancelId: 1
    })
    if (answer === 0) this.quitNow()
  }

  async #end(): Promise<void> {
    const { clock, stop, cut, say } = this.#parts
    let exitCode = 0
    const cutting = clock.setTimeout(() => cut(), STOP_DEADLINE_MS)
    const overdue = Promise.withResolvers<string>()
    const leaving = clock.setTimeout(
      () => overdue.resolve('The console did not end in time; its engine ends with it.'),
      STOP_DEADLINE_MS + CUT_DEADLINE_MS
    )
    try {
      say(await Promise.race([stop(), overdue.promise]))
    } catch (error) {
      exitCode = 1
      say(
        `The console did not end in order: ${error instanceof Error ? error.message : String(error)}`
      )
    }
    cutting.cancel()
    leaving.cancel()
    if (this.#failure !== null) {
      exitCode = 1
      dialog.showErrorBox('Switchyard could not be started', this.#failure)
    }
    app.exit(exitCode)
  }
}
