/**
 * Notices that the process has run out of file descriptors. libuv accepts and closes a
 * connection for which it has none, so that the backlog does not spin, and tells nobody: the
 * only way to know is to try and open something oneself.
 */
import { open } from 'node:fs/promises'
import { devNull } from 'node:os'
import type { Timer } from '../time/clock.ts'
import type { EngineContext } from './engine-context.ts'

const PERIOD_MS = 1000

/** Opens a file and closes it again; rejects as the system does. */
export type DescriptorTrial = () => Promise<void>

export class DescriptorWatch {
  readonly #context: EngineContext
  readonly #trial: DescriptorTrial
  #timer: Timer | null = null
  #isTrying = false

  constructor(context: EngineContext, trial: DescriptorTrial = openAndClose) {
    this.#context = context
    this.#trial = trial
  }

  /** Idempotent. */
  start(): void {
    this.#timer ??= this.#context.clock.setInterval(() => void this.#try(), PERIOD_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  async #try(): Promise<void> {
    if (this.#isTrying) return
    this.#isTrying = true
    try {
      await this.#trial()
    } catch (error) {
      this.#context.tick()
      this.#context.reportShortage(
        error as NodeJS.ErrnoException,
        'New connections are accepted and closed at once'
      )
    } finally {
      this.#isTrying = false
    }
  }
}

async function openAndClose(): Promise<void> {
  await (await open(devNull, 'r')).close()
}
