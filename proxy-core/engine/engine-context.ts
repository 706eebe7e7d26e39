/** What every part of the data path shares: time, deadlines, randomness, events. */
import { randomBytes } from 'node:crypto'
import type { TrafficWatch } from '../exchange/traffic-watch.ts'
import type { EventSink } from '../model/engine-event.ts'
import type { Clock, Random } from '../time/clock.ts'
import { DeadlineWheel } from '../time/deadline-wheel.ts'

/** A shortage of descriptors shows up thousands of times a second: one event per this time. */
const SHORTAGE_EVENT_MS = 10_000

export class EngineContext {
  readonly clock: Clock
  readonly wheel: DeadlineWheel
  readonly random: Random
  readonly emit: EventSink
  /** Signs what this engine alone has to know again. */
  readonly processKey = randomBytes(32).toString('base64')
  /**
   * The time at which the event that is being handled began, in `Clock.now` milliseconds.
   * Reading the clock costs as much as parsing a field, so the data path reads it once per
   * event (`tick`) and everything below uses this. The wheel keeps it fresh between events.
   */
  nowMs: number
  /** null: nobody looks at single exchanges, and nothing is noted for it. */
  traffic: TrafficWatch | null = null
  #shortageReportedMs = -Infinity

  constructor(clock: Clock, random: Random, emit: EventSink) {
    this.clock = clock
    this.random = random
    this.emit = emit
    this.nowMs = clock.now()
    this.wheel = new DeadlineWheel(clock, (nowMs) => (this.nowMs = nowMs))
  }

  /** Whether the error says that the process has no file descriptors left; then it is reported. */
  reportShortage(error: NodeJS.ErrnoException, what: string): boolean {
    if (error.code !== 'EMFILE' && error.code !== 'ENFILE') return false
    if (this.nowMs - this.#shortageReportedMs >= SHORTAGE_EVENT_MS) {
      this.#shortageReportedMs = this.nowMs
      const reason = `${what}: the process has no file descriptors left.`
      this.emit({ kind: 'fault', code: 'FILE_DESCRIPTORS_EXHAUSTED', reason })
    }
    return true
  }

  tick(): void {
    this.nowMs = this.clock.now()
  }
}
