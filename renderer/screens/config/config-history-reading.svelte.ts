/** The versions that were applied, and the one that is looked at. */
import type { ConfigText, ConfigVersion } from '../../../preload/contract/workspace-state.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'

export interface ReadVersion {
  readonly version: ConfigVersion
  readonly text: ConfigText
  /** What ran before it; null for the oldest that is kept. */
  readonly before: ConfigText | null
}

export class ConfigHistoryReading {
  /** Newest first; null until they were read. */
  versions = $state.raw<readonly ConfigVersion[] | null>(null)
  shown = $state.raw<ReadVersion | null>(null)
  problem = $state.raw<Problem | null>(null)

  readonly #backend: ConsoleBackend
  #listing: AbortController | null = null
  #reading: AbortController | null = null

  constructor(backend: ConsoleBackend) {
    this.#backend = backend
  }

  async refresh(): Promise<void> {
    this.#listing?.abort()
    const { signal } = (this.#listing = new AbortController())
    try {
      const versions = await this.#backend.call('config.versions', {}, { signal })
      if (signal.aborted) return
      this.versions = versions
      this.problem = null
    } catch (error) {
      if (!signal.aborted) this.problem = problemFrom(error, 'The history could not be read.')
    }
  }

  /** Reads a version and the one before it. */
  async show(version: ConfigVersion): Promise<void> {
    this.#reading?.abort()
    const { signal } = (this.#reading = new AbortController())
    const at = this.versions?.findIndex(({ id }) => id === version.id) ?? -1
    const previous = at < 0 ? undefined : this.versions?.[at + 1]
    const read = (id: number): Promise<ConfigText> =>
      this.#backend.call('config.version', { id }, { signal })
    try {
      const [text, before] = await Promise.all([
        read(version.id),
        previous === undefined ? null : read(previous.id)
      ])
      if (signal.aborted) return
      this.shown = { version, text, before }
      this.problem = null
    } catch (error) {
      if (!signal.aborted) this.problem = problemFrom(error, 'The version could not be read.')
    }
  }

  /** Back to the list. */
  leave(): void {
    this.#reading?.abort()
    this.shown = null
  }

  stop(): void {
    this.#listing?.abort()
    this.#reading?.abort()
  }
}
