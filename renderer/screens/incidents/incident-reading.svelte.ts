/** The incident that is read: its time line, its notes, and what became of saving them. */
import type { IncidentDetail } from '../../../preload/contract/incident.ts'
import type { ConsoleBackend } from '../../backend/console-backend.ts'
import { problemFrom, type Problem } from '../../ui/data-state.ts'

export class IncidentReading {
  detail = $state.raw<IncidentDetail | null>(null)
  problem = $state.raw<Problem | null>(null)
  /** What the operator has typed and not saved; null = nothing. */
  draft = $state.raw<string | null>(null)
  isSaving = $state(false)

  readonly #backend: ConsoleBackend
  #running: AbortController | null = null

  readonly #id: () => number

  constructor(id: () => number, backend: ConsoleBackend) {
    this.#id = id
    this.#backend = backend
  }

  get notes(): string {
    return this.draft ?? this.detail?.incident.notes ?? ''
  }

  get hasUnsavedNotes(): boolean {
    return this.draft !== null && this.draft !== this.detail?.incident.notes
  }

  /** Reads it anew; what is shown stays until the answer is there. */
  async refresh(): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    try {
      const detail = await this.#backend.call(
        'incident.read',
        { id: this.#id() },
        { signal: running.signal }
      )
      if (!running.signal.aborted) this.#take(detail)
    } catch (error) {
      if (!running.signal.aborted) {
        this.problem = problemFrom(error, 'The incident could not be read.')
      }
    }
  }

  async save(): Promise<void> {
    const { draft } = this
    if (draft === null || this.isSaving) return
    this.isSaving = true
    try {
      this.#take(await this.#backend.call('incident.annotate', { id: this.#id(), notes: draft }))
      // What was typed while the answer was on its way is not saved yet.
      if (this.draft === draft) this.draft = null
    } catch (error) {
      this.problem = problemFrom(error, 'The notes could not be saved; they are still here.')
    } finally {
      this.isSaving = false
    }
  }

  /** The post-mortem skeleton: name of a file and its Markdown. */
  async export(): Promise<{ readonly fileName: string; readonly markdown: string } | null> {
    try {
      return await this.#backend.call('incident.export', { id: this.#id() })
    } catch (error) {
      this.problem = problemFrom(error, 'The post-mortem could not be made.')
      return null
    }
  }

  stop(): void {
    this.#running?.abort()
  }

  #take(detail: IncidentDetail): void {
    this.detail = detail
    this.problem = null
  }
}
