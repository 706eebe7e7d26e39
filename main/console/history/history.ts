/**
 * The history of the console as its other services use it: takes what the engine reports, keeps
 * it, and answers the calls and topics about it.
 */
import { join } from 'node:path'
import type { ConsoleEvent } from '../../../preload/contract/console-event.ts'
import type { Fleet, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { TopicSources } from '../../contract/topic-sources.ts'
import type { HostEvent } from '../../engine-host/engine-host.ts'
import type { ErrorChange } from '../live/live-board.ts'
import { AuditLog } from './audit-log.ts'
import type { Capacity } from './capacity.ts'
import { ConfigVersions } from './config-versions.ts'
import { errorEvent } from './error-event.ts'
import { eventFrom } from './event-from.ts'
import { EventLog } from './event-log.ts'
import { FleetMemory } from './fleet-memory.ts'
import { historyHandlers, type HistoryMethods } from './history-handlers.ts'
import { HistorySeries } from './history-series.ts'
import type { HistoryStore, HistoryTrouble } from './history-store.ts'
import { IncidentBook } from './incident-book.ts'
import { IncidentTracker } from './incident-tracker.ts'
import { Retention } from './retention.ts'
import { RollUp } from './roll-up.ts'
import { SessionRecord } from './session-record.ts'
import { SqliteHistory } from './sqlite-history.ts'

export const HISTORY_FILE = 'history.db'

export interface HistoryParts {
  readonly clock: Clock
  /** Absolute path; made with mode 0700 where it is missing. */
  readonly stateFolder: string
  readonly version: string
  readonly pid: number
  /** A line for the log of the console. */
  say(line: string): void
}

export class History {
  readonly store: HistoryStore
  readonly incidents: IncidentTracker
  readonly events: EventLog
  readonly audit: AuditLog
  readonly configVersions: ConfigVersions
  readonly series: HistorySeries
  readonly session: SessionRecord
  readonly handlers: Pick<MethodHandlers, HistoryMethods>
  readonly topics: Pick<TopicSources, 'events' | 'incidents'>
  readonly #retention: Retention
  readonly #rollUp: RollUp
  readonly #memory = new FleetMemory()
  /** Pools whose share of errors is high. */
  readonly #failing = new Set<string>()

  private constructor(store: HistoryStore, { clock, pid, version, stateFolder }: HistoryParts) {
    this.store = store
    this.incidents = new IncidentTracker(new IncidentBook(store), clock)
    this.events = new EventLog(store, this.incidents, clock)
    this.audit = new AuditLog(store, clock)
    this.configVersions = new ConfigVersions(store, clock)
    this.series = new HistorySeries(store, clock)
    this.session = new SessionRecord({ store, clock, pid, version, stateFolder })
    this.#rollUp = new RollUp(store)
    this.#retention = new Retention(store, clock)
    this.topics = { events: this.events.topic, incidents: this.incidents.topic }
    const { events, incidents, audit } = this
    this.handlers = historyHandlers({ events, incidents, audit, clock })
  }

  /** Never rejects: a history that cannot be kept is kept in memory, and an event says so. */
  static async open(parts: HistoryParts): Promise<History> {
    const early: HistoryTrouble[] = []
    let history: History | null = null
    const onTrouble = (trouble: HistoryTrouble): void => {
      parts.say(trouble.message)
      if (history) history.#appendTrouble(trouble)
      else early.push(trouble)
    }
    const file = join(parts.stateFolder, HISTORY_FILE)
    history = new History(new SqliteHistory({ file, clock: parts.clock, onTrouble }), parts)
    for (const trouble of early) history.#appendTrouble(trouble)
    await history.#tellLastEnd()
    return history
  }

  /** What the host of the engine tells, except fleets and ticks. */
  takeHostEvent(event: HostEvent): ConsoleEvent | null {
    const body = eventFrom(event, this.#memory)
    if (body === null) return null
    if (event.kind !== 'engine_died') return this.events.append(body)
    const unanswered = [...this.#failing].map((pool): Capacity => ({ kind: 'answers', pool }))
    const capacity = { lost: [{ kind: 'engine' } as const], back: unanswered }
    // Without an engine there are no answers; its successor is judged anew.
    this.#failing.clear()
    return this.events.append({ ...body, capacity })
  }

  takeFleet(fleet: Fleet): void {
    this.#memory.take(fleet)
    // A fleet that is not ready yet says nothing about what is back.
    if (!fleet.isReady) return
    this.incidents.survey((capacity) => this.#memory.isStillLost(capacity) ?? true)
  }

  /** `fleet`: the newest one that the engine reported. */
  takeTick(tick: Tick, fleet: Fleet | null): void {
    this.#rollUp.take(tick, fleet)
  }

  takeErrors(change: ErrorChange): ConsoleEvent {
    if (change.rise) this.#failing.add(change.pool)
    else this.#failing.delete(change.pool)
    return this.events.append(errorEvent(change))
  }

  /** The operator closed the workspace: nothing of it is missed any more. */
  forgetEngine(): void {
    this.#memory.forget()
    this.#failing.clear()
    this.#cutOff('the configuration was closed')
    this.session.noteEngine(null)
  }

  /** The console ends by a stop: what is open ends here, and everything is written. */
  async close(): Promise<void> {
    this.#cutOff('the console was stopped')
    this.incidents.stop()
    this.#retention.stop()
    this.#rollUp.flush()
    this.session.end()
    await this.store.close()
  }

  #cutOff(reason: string): void {
    const open = this.incidents.lasting
    if (!open) return this.incidents.cutOff()
    const text = `Incident ${open.id} (${open.title}) is closed because ${reason}; what comes after is not watched.`
    this.events.append({ kind: 'console', severity: 'notice', actor: 'console', text })
    this.incidents.cutOff()
  }

  #appendTrouble({ message: text }: HistoryTrouble): void {
    this.events.append({
      ...{ kind: 'console', severity: 'warning', actor: 'console', text },
      code: 'HISTORY_UNUSABLE'
    })
  }

  async #tellLastEnd(): Promise<void> {
    const { crashedAtMs } = this.session
    if (crashedAtMs === null) return
    const closed = this.incidents.closeLeftOpen(crashedAtMs)
    const lastEnd = await this.session.investigate()
    this.#appendEnd(lastEnd?.sentence ?? '')
    for (const { id, title } of closed) {
      this.#appendEnd(`Incident ${id} (${title}) was open then; how it ended was not watched.`)
    }
    this.session.onLastEnd(({ sentence }) => this.#appendEnd(sentence))
  }

  #appendEnd(text: string): void {
    this.events.append({ kind: 'console', severity: 'warning', actor: 'console', text })
  }
}
