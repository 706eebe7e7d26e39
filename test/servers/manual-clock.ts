/**
 * A clock that moves only when the test says so. Timers fire in the order of their due
 * time, equal ones in the order in which they were set; during a callback `now()` is the
 * timer's due time, so that what it schedules is exact.
 */
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'

interface PendingTimer {
  readonly id: number
  readonly callback: () => void
  /** null: fires once. */
  readonly periodMs: number | null
  dueMs: number
}

/** More firings than this in one advance means that a callback reschedules itself at once. */
const FIRINGS_PER_ADVANCE = 1_000_000

/** 2026-01-01T00:00:00Z. */
const WALL_EPOCH_MS = 1_767_225_600_000

export class ManualClock implements Clock {
  readonly #wallOffsetMs: number
  #nowMs: number
  #lastId = 0
  readonly #pending = new Map<number, PendingTimer>()

  constructor(options: { readonly nowMs?: number; readonly wallMs?: number } = {}) {
    this.#nowMs = options.nowMs ?? 0
    this.#wallOffsetMs = (options.wallMs ?? WALL_EPOCH_MS) - this.#nowMs
  }

  now(): number {
    return this.#nowMs
  }

  wallNow(): number {
    return this.#wallOffsetMs + this.#nowMs
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    return this.#add(callback, Math.max(0, delayMs), null)
  }

  /** A period under 1 ms counts as 1 ms, as in Node. */
  setInterval(callback: () => void, periodMs: number): Timer {
    const period = Math.max(1, periodMs)
    return this.#add(callback, period, period)
  }

  /** Timers that have neither fired for the last time nor been cancelled: 0 when nothing leaks. */
  get pendingCount(): number {
    return this.#pending.size
  }

  /** Milliseconds until the next timer is due, or null when none is set. */
  get nextDueInMs(): number | null {
    const next = this.#nextDue(Infinity)
    return next === null ? null : Math.max(0, next.dueMs - this.#nowMs)
  }

  /** Moves time on and fires, in order, everything that is due by then, also timers set on the way. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms
    for (let fired = 0; this.#fireNext(targetMs); fired += 1) this.#guard(fired)
    this.#nowMs = targetMs
  }

  /**
   * As `advance`, and after each timer lets promises, ticks and one round of finished I/O
   * run, so that code which awaits between timers keeps its order.
   */
  async advanceAsync(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms
    await ManualClock.flush()
    for (let fired = 0; this.#fireNext(targetMs); fired += 1) {
      this.#guard(fired)
      await ManualClock.flush()
    }
    this.#nowMs = targetMs
  }

  /** Resolves after everything that is already queued has run: ticks, promises, ready I/O. */
  static async flush(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  #add(callback: () => void, delayMs: number, periodMs: number | null): Timer {
    this.#lastId += 1
    const id = this.#lastId
    this.#pending.set(id, { id, callback, periodMs, dueMs: this.#nowMs + delayMs })
    return { cancel: () => void this.#pending.delete(id) }
  }

  /** Map order is the order of setting, so a strict comparison keeps the earlier of two equals. */
  #nextDue(untilMs: number): PendingTimer | null {
    let next: PendingTimer | null = null
    for (const timer of this.#pending.values()) {
      if (timer.dueMs <= untilMs && (next === null || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }

  #fireNext(untilMs: number): boolean {
    const timer = this.#nextDue(untilMs)
    if (timer === null) return false
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs)
    if (timer.periodMs === null) this.#pending.delete(timer.id)
    else timer.dueMs += timer.periodMs
    timer.callback()
    return true
  }

  #guard(fired: number): void {
    if (fired < FIRINGS_PER_ADVANCE) return
    throw new Error(`More than ${FIRINGS_PER_ADVANCE} timers fired in one advance of the clock.`)
  }
}
