/** The facts of the diagnostics and of the secret store, read when Settings is opened. */
import type { Diagnostics } from '../../../preload/contract/methods/console-methods.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'

export class DiagnosticsReading {
  facts = $state.raw<Diagnostics | null>(null)
  problem = $state.raw<Problem | null>(null)

  readonly #backend: ConsoleBackend
  readonly #running = new AbortController()

  constructor(backend: ConsoleBackend) {
    this.#backend = backend
  }

  async refresh(): Promise<void> {
    const { signal } = this.#running
    try {
      this.facts = await this.#backend.call('diagnostics.read', {}, { signal })
      this.problem = null
    } catch (error) {
      if (!signal.aborted) this.problem = problemFrom(error, 'The diagnostics could not be read.')
    }
  }

  stop(): void {
    this.#running.abort()
  }
}
