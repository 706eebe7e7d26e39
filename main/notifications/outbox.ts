/**
 * The messages of one channel on their way out: in order, one at a time, as many as the rate
 * allows, again where an attempt failed. What waits grows together by incident, and into one
 * digest where more waits than may leave. The queue is bounded; nothing waits for it.
 */
import type { DeliverySettings } from '../../proxy-core/model/notification-settings.ts'
import type { Clock, Random, Timer } from '../../proxy-core/time/clock.ts'
import { DeliveryFailure, noAnswerWithin } from './delivery-failure.ts'
import { MessageAllowance } from './message-allowance.ts'
import { combined, type NotificationMessage } from './message.ts'
import { MAX_ATTEMPTS, retryWaitMs } from './retry-schedule.ts'

/** Incidents that wait in one channel. */
export const MAX_WAITING = 50

export type OutboxNews =
  /** The first failed attempt after a success. */
  | { readonly kind: 'failing'; readonly reason: string; readonly isGivenUp: boolean }
  | { readonly kind: 'delivering_again'; readonly attempts: number; readonly givenUp: number }
  /** The queue was full: told once until a message has arrived. */
  | { readonly kind: 'overflowing' }
  | { readonly kind: 'left_behind'; readonly count: number }

export interface OutboxParts {
  readonly clock: Clock
  readonly random: Random
  readonly settings: Pick<DeliverySettings, 'rateLimit' | 'timeoutMs'>
  /** `signal` aborts at the timeout, and when the channel ends. */
  deliver(message: NotificationMessage, signal: AbortSignal): Promise<string>
  tell(news: OutboxNews): void
  /** A count has changed. */
  onChange(): void
}

export interface OutboxCounts {
  delivered: number
  failed: number
  retried: number
  heldBack: number
  dropped: number
  lastDeliveryMs: number | null
  /** Of the last attempt; null: it arrived, or there was none. */
  lastFailure: { readonly atMs: number; readonly reason: string } | null
}

interface Entry {
  message: NotificationMessage
  /** Of this content: what joins it deserves attempts of its own. */
  attempts: number
  /** The rate has let it pass already. */
  isAdmitted: boolean
}

export class Outbox {
  readonly counts: OutboxCounts = {
    ...{ delivered: 0, failed: 0, retried: 0, heldBack: 0, dropped: 0 },
    ...{ lastDeliveryMs: null, lastFailure: null }
  }
  readonly #parts: OutboxParts
  readonly #allowance: MessageAllowance
  #settings: OutboxParts['settings']
  #waiting: Entry[] = []
  #inFlight: { readonly abort: AbortController; readonly done: Promise<void> } | null = null
  /** Until when the rate, or the wait after a failure, holds everything. */
  #pause: Timer | null = null
  /** Failed attempts and given-up messages since the last success; null: the last one succeeded. */
  #streak: { attempts: number; givenUp: number } | null = null
  /** Thrown away and not told of yet. */
  #untoldDrops = 0
  /** Until a message has arrived. */
  #isOverflowTold = false
  #isStopped = false
  #hasEnded = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#settings = parts.settings
    this.#allowance = new MessageAllowance(parts.clock, parts.settings.rateLimit)
  }

  get waiting(): number {
    return this.#waiting.length + (this.#inFlight === null ? 0 : 1)
  }

  /** What waits is tried at once: the change may have mended it. */
  reconfigure(settings: OutboxParts['settings']): void {
    this.#settings = settings
    this.#allowance.become(settings.rateLimit)
    for (const entry of this.#waiting) entry.attempts = 0
    this.#pause?.cancel()
    this.#pause = null
    this.#pump()
  }

  add(message: NotificationMessage): void {
    if (this.#isStopped) return
    const same = this.#waiting.find((entry) => sharesIncident(entry.message, message))
    if (same) {
      same.message = combined(same.message, message)
      same.attempts = 0
      this.counts.heldBack += 1
    } else {
      this.#makeRoom()
      this.#waiting.push(entryOf(message))
    }
    this.#pump()
    this.#parts.onChange()
  }

  /**
   * One last attempt for what waits, all in one message; what has not left after `withinMs` is
   * given up. Never rejects.
   */
  async stop(withinMs: number): Promise<void> {
    this.#isStopped = true
    this.#pause?.cancel()
    this.#pause = null
    const { promise: isLate, resolve } = Promise.withResolvers<void>()
    const timer = this.#parts.clock.setTimeout(() => resolve(), withinMs)
    await Promise.race([this.#sendTheRest(), isLate])
    timer.cancel()
    this.#hasEnded = true
    this.#inFlight?.abort.abort()
    const count = this.waiting
    if (count === 0) return
    this.counts.dropped += count
    this.#waiting = []
    this.#parts.tell({ kind: 'left_behind', count })
  }

  async #sendTheRest(): Promise<void> {
    await this.#inFlight?.done
    const [first, ...others] = this.#waiting.map(({ message }) => message)
    if (first === undefined) return
    this.#waiting = [entryOf(others.reduce(combined, first))]
    this.#send()
    await this.#inFlight?.done
  }

  #makeRoom(): void {
    if (this.#waiting.length < MAX_WAITING) return
    const evicted = this.#waiting.shift()!
    if (!this.#isOverflowTold) this.#parts.tell({ kind: 'overflowing' })
    this.#isOverflowTold = true
    // What was put back has been told of those before it, and takes that along.
    this.#untoldDrops += 1 + evicted.message.dropped
    this.counts.dropped += 1
  }

  #pump(): void {
    if (this.#isStopped || this.#inFlight || this.#pause || this.#waiting.length === 0) return
    if (!this.#waiting[0]!.isAdmitted) {
      const { available, nextInMs } = this.#allowance
      if (available === 0) return this.#pauseFor(nextInMs)
      if (this.#waiting.length > available) this.#makeDigest()
      this.#allowance.take()
      this.#waiting[0]!.isAdmitted = true
    }
    this.#send()
  }

  #makeDigest(): void {
    const [first, ...others] = this.#waiting.map(({ message }) => message)
    this.counts.heldBack += others.length
    this.#waiting = [entryOf(others.reduce(combined, first!))]
  }

  #send(): void {
    const entry = this.#waiting.shift()!
    const dropped = this.#untoldDrops
    this.#untoldDrops = 0
    entry.message = { ...entry.message, dropped: entry.message.dropped + dropped }
    entry.attempts += 1
    const abort = new AbortController()
    const { timeoutMs } = this.#settings
    const timer = this.#parts.clock.setTimeout(
      () => abort.abort(noAnswerWithin(timeoutMs)),
      timeoutMs
    )
    const done = this.#attempt(entry, abort.signal).finally(() => {
      timer.cancel()
      this.#inFlight = null
      this.#parts.onChange()
      this.#pump()
    })
    this.#inFlight = { abort, done }
  }

  async #attempt(entry: Entry, signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.deliver(entry.message, signal)
      this.#succeed()
    } catch (error) {
      this.#fail(entry, failureFrom(signal.aborted ? signal.reason : error))
    }
  }

  #succeed(): void {
    this.counts.delivered += 1
    this.counts.lastDeliveryMs = this.#parts.clock.wallNow()
    this.counts.lastFailure = null
    this.#isOverflowTold = false
    const streak = this.#streak
    this.#streak = null
    if (streak) this.#parts.tell({ kind: 'delivering_again', ...streak })
  }

  #fail(entry: Entry, failure: DeliveryFailure): void {
    if (this.#hasEnded) return
    const { clock, random } = this.#parts
    const isGivenUp = failure.isPermanent || entry.attempts >= MAX_ATTEMPTS
    this.counts.lastFailure = { atMs: clock.wallNow(), reason: failure.message }
    const streak = (this.#streak ??= { attempts: 0, givenUp: 0 })
    streak.attempts += 1
    if (streak.attempts === 1) {
      this.#parts.tell({ kind: 'failing', reason: failure.message, isGivenUp })
    }
    if (isGivenUp) {
      streak.givenUp += 1
      this.counts.failed += 1
      this.#untoldDrops += 1 + entry.message.dropped
      return
    }
    this.#putBack(entry)
    if (this.#isStopped) return
    this.counts.retried += 1
    this.#pauseFor(retryWaitMs(streak.attempts, random, failure.retryAfterMs))
  }

  /** To the front; what came about the same incident meanwhile joins it. */
  #putBack(entry: Entry): void {
    const isSame = ({ message }: Entry): boolean => sharesIncident(message, entry.message)
    const joined = this.#waiting.filter(isSame)
    const message = joined.reduce((all, one) => combined(all, one.message), entry.message)
    const attempts = joined.length > 0 ? 0 : entry.attempts
    this.counts.heldBack += joined.length
    this.#waiting = [
      { message, attempts, isAdmitted: true },
      ...this.#waiting.filter((one) => !isSame(one))
    ]
  }

  #pauseFor(delayMs: number): void {
    this.#pause = this.#parts.clock.setTimeout(() => {
      this.#pause = null
      this.#pump()
    }, delayMs)
  }
}

function entryOf(message: NotificationMessage): Entry {
  return { message, attempts: 0, isAdmitted: false }
}

function sharesIncident(one: NotificationMessage, other: NotificationMessage): boolean {
  return one.incidents.some(({ id }) => other.incidents.some((incident) => incident.id === id))
}

function failureFrom(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryFailure) return error
  return new DeliveryFailure(error instanceof Error ? error.message : String(error))
}
