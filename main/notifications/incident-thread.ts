/**
 * What one channel is told about one pool, or about the engine: when a message begins, what joins
 * it, when it is over. Its table is in docs/reference/notifications.md, and a test walks it.
 */
import type { EventSeverity } from '../../preload/contract/console-event.ts'
import type { Occasion } from '../../proxy-core/model/notification-settings.ts'
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'
import { NO_LINES, withLine, type LineList } from './line-list.ts'
import {
  isWorse,
  worse,
  type MessageIncident,
  type MessageLine,
  type NotificationMessage
} from './message.ts'
import type { Occurrence } from './occurrence.ts'

/**
 * `calm`: nothing is told. `gathering`: the first message is being collected. `told`: it was sent,
 * and something is wrong. `following`: a further message is being collected. `quieting`: nothing
 * is wrong any more, and that has to last.
 */
export const THREAD_PHASES = ['calm', 'gathering', 'told', 'following', 'quieting'] as const

export type ThreadPhase = (typeof THREAD_PHASES)[number]

/** What happened to a pool just before anybody is told of it belongs to the story. */
const LEAD_UP_MS = 60_000
const LEAD_UP_LINES = 5

export interface ThreadSettings {
  readonly on: readonly Occasion[]
  readonly groupWindowMs: number
  readonly quietPeriodMs: number
  readonly minIntervalMs: number
}

export interface ThreadParts {
  readonly clock: Clock
  readonly pool: string | null
  /** Read anew every time: a reload may have changed them. */
  settings(): ThreadSettings
  newIncidentId(): string
  emit(message: NotificationMessage): void
}

interface Ongoing {
  readonly id: string
  readonly openedAtMs: number
  /** Keys of what is wrong and was told of. */
  readonly wrong: Set<string>
  wasWrong: boolean
  isTold: boolean
  /** Wall-clock time at which nothing was wrong any more. */
  wellAtMs: number | null
  worst: { severity: EventSeverity; headline: string }
  /** Of what was not sent yet. */
  news: { severity: EventSeverity; headline: string } | null
  lines: LineList<MessageLine>
  toldSeverity: EventSeverity
  /** Monotonic. */
  toldAtMs: number
}

export class IncidentThread {
  readonly #parts: ThreadParts
  #phase: ThreadPhase = 'calm'
  #leadUp: readonly Occurrence[] = []
  #ongoing: Ongoing | null = null
  #timer: Timer | null = null
  /** Monotonic; of the timer that runs. */
  #dueAtMs = 0

  constructor(parts: ThreadParts) {
    this.#parts = parts
  }

  get phase(): ThreadPhase {
    return this.#phase
  }

  /** Nothing is kept that would be lost with it. */
  get isForgettable(): boolean {
    return this.#phase === 'calm' && this.#leadUp.length === 0
  }

  take(occurrence: Occurrence): void {
    const isWanted = this.#parts.settings().on.includes(occurrence.occasion)
    if (this.#ongoing === null && !isWanted) return this.#remember(occurrence)
    const ongoing = (this.#ongoing ??= this.#begin(occurrence))
    this.#join(ongoing, occurrence, isWanted)
    this.#move(ongoing, occurrence, isWanted)
  }

  /** Tells at once what is being collected; nothing runs afterwards. */
  flush(): void {
    const ongoing = this.#ongoing
    this.#timer?.cancel()
    this.#timer = null
    if (ongoing === null || this.#phase === 'told') return
    if (this.#phase === 'quieting') return this.#close(ongoing)
    this.#tell(ongoing)
  }

  /** Whoever listened does not any more. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#ongoing = null
    this.#leadUp = []
    this.#phase = 'calm'
  }

  #remember(occurrence: Occurrence): void {
    const { atMs } = occurrence
    const recent = this.#leadUp.filter((one) => atMs - one.atMs <= LEAD_UP_MS)
    this.#leadUp = [...recent, occurrence].slice(-LEAD_UP_LINES)
  }

  #begin({ atMs, severity, headline }: Occurrence): Ongoing {
    const before = this.#leadUp.filter((one) => atMs - one.atMs <= LEAD_UP_MS)
    this.#leadUp = []
    return {
      ...{ id: this.#parts.newIncidentId(), openedAtMs: atMs, wrong: new Set() },
      ...{ wasWrong: false, isTold: false, wellAtMs: null },
      ...{ worst: { severity, headline }, news: null },
      lines: before.reduce<LineList<MessageLine>>((lines, one) => withLine(lines, one), NO_LINES),
      ...{ toldSeverity: 'info', toldAtMs: -Infinity }
    }
  }

  #join(ongoing: Ongoing, occurrence: Occurrence, isWanted: boolean): void {
    const { begins, ends, severity, headline } = occurrence
    ongoing.lines = withLine(ongoing.lines, occurrence)
    for (const key of ends) ongoing.wrong.delete(key)
    if (begins !== null && this.#parts.settings().on.includes(begins.occasion)) {
      ongoing.wrong.add(begins.key)
      ongoing.wasWrong = true
    }
    if (!isWanted) return
    const { news, worst } = ongoing
    if (news === null || !isWorse(news.severity, severity)) ongoing.news = { severity, headline }
    if (isWorse(severity, worst.severity)) ongoing.worst = { severity, headline }
  }

  #move(ongoing: Ongoing, { atMs }: Occurrence, isWanted: boolean): void {
    const { groupWindowMs, quietPeriodMs } = this.#parts.settings()
    if (ongoing.wasWrong && ongoing.wrong.size === 0) {
      if (this.#phase === 'quieting') return
      ongoing.wellAtMs = atMs
      return this.#become('quieting', quietPeriodMs)
    }
    if (!ongoing.isTold) {
      if (this.#phase !== 'gathering') this.#become('gathering', groupWindowMs)
      return
    }
    if (this.#phase === 'told' && !isWanted) return
    const delayMs = this.#followUpDelayMs(ongoing)
    const isSooner = this.#parts.clock.now() + delayMs < this.#dueAtMs
    if (this.#phase !== 'following' || isSooner) this.#become('following', delayMs)
  }

  /** What is worse than all that was told waits for nothing but its own group. */
  #followUpDelayMs({ news, toldSeverity, toldAtMs }: Ongoing): number {
    const { groupWindowMs, minIntervalMs } = this.#parts.settings()
    if (news !== null && isWorse(news.severity, toldSeverity)) return groupWindowMs
    return Math.max(groupWindowMs, toldAtMs + minIntervalMs - this.#parts.clock.now())
  }

  #become(phase: ThreadPhase, delayMs: number): void {
    this.#phase = phase
    this.#timer?.cancel()
    this.#dueAtMs = this.#parts.clock.now() + delayMs
    this.#timer = this.#parts.clock.setTimeout(() => this.#fire(), delayMs)
  }

  #fire(): void {
    this.#timer = null
    const ongoing = this.#ongoing
    if (ongoing === null) return
    if (this.#phase === 'quieting') this.#close(ongoing)
    else this.#tell(ongoing)
  }

  #tell(ongoing: Ongoing): void {
    const { news, worst, isTold, wasWrong } = ongoing
    const kind = !wasWrong ? 'notice' : isTold ? 'updated' : 'opened'
    this.#emit(ongoing, { kind, headline: (news ?? worst).headline, closedAtMs: null })
    if (!wasWrong) return this.#end()
    ongoing.isTold = true
    ongoing.toldSeverity = worse(ongoing.toldSeverity, worst.severity)
    ongoing.toldAtMs = this.#parts.clock.now()
    ongoing.news = null
    ongoing.lines = NO_LINES
    this.#phase = 'told'
  }

  #close(ongoing: Ongoing): void {
    const { headline } = ongoing.worst
    this.#emit(ongoing, { kind: 'closed', headline, closedAtMs: ongoing.wellAtMs })
    this.#end()
  }

  #end(): void {
    this.#ongoing = null
    this.#phase = 'calm'
  }

  #emit(
    { id, openedAtMs, worst, lines }: Ongoing,
    word: Pick<MessageIncident, 'kind' | 'headline' | 'closedAtMs'>
  ): void {
    const { pool } = this.#parts
    const incident = { id, pool, severity: worst.severity, openedAtMs, ...word }
    this.#parts.emit({ incidents: [incident], lines, heldBack: 0, dropped: 0 })
  }
}
