/**
 * The incidents of this console: feeds the machine with what happens, keeps its timer, saves
 * every change and tells whoever watches the board.
 */
import type { Incident, IncidentBoard } from '../../../preload/contract/incident.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import type { TopicSource } from '../../contract/topic-sources.ts'
import type { Capacity, CapacityChange } from './capacity.ts'
import type { IncidentBook } from './incident-book.ts'
import {
  cutOff,
  overBy,
  QUIET_MS,
  withEvent,
  withSurvey,
  type IncidentEvent,
  type IncidentState,
  type Moment
} from './incident-machine.ts'

const RECENT = 50

export class IncidentTracker {
  readonly #book: IncidentBook
  readonly #clock: Clock
  readonly #listeners = new Set<(board: IncidentBoard) => void>()
  #state: IncidentState = null
  /** Newest first. */
  #recent: readonly Incident[]
  #lastId: number
  #timer: Timer | null = null

  constructor(book: IncidentBook, clock: Clock) {
    this.#book = book
    this.#clock = clock
    this.#recent = book.recent(RECENT)
    this.#lastId = book.lastId
  }

  get board(): IncidentBoard {
    return { open: this.#state ? [this.#state.incident] : [], recent: [...this.#recent] }
  }

  /** The open incident while something is still lost. */
  get lasting(): Incident | null {
    return this.#state && this.#state.lost.length > 0 ? this.#state.incident : null
  }

  readonly topic: TopicSource<'incidents'> = {
    open: (_args, push) => {
      this.#listeners.add(push)
      push(this.board)
      return () => this.#listeners.delete(push)
    }
  }

  /** For the host's notifications and the title; returns the end of it. */
  onBoard(listener: (board: IncidentBoard) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Returns the incident that the event belongs to; null: it belongs to none. */
  take(event: IncidentEvent, change: CapacityChange): number | null {
    // A timer that is late, on a machine that slept, must not let this event join.
    this.#endIfOver()
    const state = withEvent(this.#state, event, change, this.#moment(), this.#lastId + 1)
    if (state === null) return null
    this.#lastId = Math.max(this.#lastId, state.incident.id)
    this.#become(state)
    return state.incident.id
  }

  /** Whatever `isStillLost` denies counts as back: it was removed, or is well again. */
  survey(isStillLost: (capacity: Capacity) => boolean): void {
    const state = withSurvey(this.#state, isStillLost, this.#moment())
    if (state !== this.#state && state !== null) this.#become(state)
  }

  /** Nothing is watched any more: what is open ends here. */
  cutOff(): void {
    if (this.#state !== null) this.#end(cutOff(this.#state, this.#clock.wallNow()))
  }

  /**
   * Closes what a console left open when it ended: when everything was back, or else when that
   * console was last alive (`seenMs`). Returns those whose end was not watched.
   */
  closeLeftOpen(seenMs: number): readonly Incident[] {
    const closed = this.#book.leftOpen().map(({ incident, backAtMs }) => {
      const closedAtMs = Math.max(incident.openedAtMs, backAtMs ?? seenMs)
      return { incident: { ...incident, closedAtMs }, backAtMs }
    })
    for (const { incident, backAtMs } of closed) this.#book.save(incident, backAtMs)
    const newestFirst = closed
      .map(({ incident }) => incident)
      .sort((one, other) => other.id - one.id)
    this.#recent = [...newestFirst, ...this.#recent].slice(0, RECENT)
    return closed.filter(({ backAtMs }) => backAtMs === null).map(({ incident }) => incident)
  }

  /** Throws INCIDENT_UNKNOWN. */
  async read(id: number): Promise<Incident> {
    const inMemory = this.#known(id)
    const incident = inMemory ?? (await this.#book.read(id))
    if (incident) return incident
    throw new SwitchyardError('INCIDENT_UNKNOWN', `The history holds no incident ${id}.`, { id })
  }

  /** Replaces the notes. Throws INCIDENT_UNKNOWN. */
  async annotate(id: number, notes: string): Promise<Incident> {
    await this.read(id)
    // It may have changed during the read.
    const incident = { ...(this.#known(id) ?? (await this.read(id))), notes }
    this.#book.save(incident, incident.closedAtMs ?? this.#backAtMs)
    if (this.#state?.incident.id === id) this.#state = { ...this.#state, incident }
    this.#recent = this.#recent.map((one) => (one.id === id ? incident : one))
    this.#tell()
    return incident
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#listeners.clear()
  }

  get #backAtMs(): number | null {
    return this.#state?.quietSince?.wallMs ?? null
  }

  #known(id: number): Incident | undefined {
    if (this.#state?.incident.id === id) return this.#state.incident
    return this.#recent.find((one) => one.id === id)
  }

  #become(state: NonNullable<IncidentState>): void {
    this.#state = state
    this.#book.save(state.incident, this.#backAtMs)
    this.#timer?.cancel()
    this.#timer = null
    if (state.quietSince) {
      const delayMs = state.quietSince.nowMs + QUIET_MS - this.#clock.now()
      this.#timer = this.#clock.setTimeout(() => this.#endIfOver(), Math.max(0, delayMs))
    }
    this.#tell()
  }

  #endIfOver(): void {
    const over = overBy(this.#state, this.#moment())
    if (over) this.#end(over)
  }

  #end(incident: Incident): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#state = null
    this.#recent = [incident, ...this.#recent].slice(0, RECENT)
    this.#book.save(incident, incident.closedAtMs)
    this.#tell()
  }

  #tell(): void {
    const board = this.board
    for (const listener of this.#listeners) listener(board)
  }

  #moment(): Moment {
    return { nowMs: this.#clock.now(), wallMs: this.#clock.wallNow() }
  }
}
