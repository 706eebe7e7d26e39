/**
 * How long a client's connection waits, and for whom. Each wait is bounded by one deadline:
 * the client's head, body or next request, the client or the backend that takes octets more
 * slowly than they come, and above all of them the exchange's total.
 */
import type { Exchange } from '../exchange/exchange.ts'
import { Deadlined } from '../time/deadline-wheel.ts'
import type { Transport } from '../transport/transport.ts'
import { ClientPhase } from './client-phase.ts'
import type { Listener } from './listener.ts'

/** How long a client may take to close after it has got the last answer. */
export const LINGER_MS = 2000

export abstract class ClientDeadlines extends Deadlined {
  readonly listener: Listener
  transport!: Transport
  phase: number = ClientPhase.IDLE
  exchange: Exchange | null = null
  /** How long a side may take nothing: the `idle` of the route that was used last. */
  protected idleMs = LINGER_MS
  /** Waits for the client to take what was written. */
  #isStalled = false
  /** Octets that the side which is waited for had not taken when it was last looked at. */
  #unsentBytes = 0

  constructor(listener: Listener) {
    super()
    this.listener = listener
  }

  get isUpstreamBlocked(): boolean {
    const upstream = this.exchange?.upstream
    return upstream != null && upstream.transport.isBlocked
  }

  /** `periodMs` from now, or the exchange's total deadline when that comes first; 0: only that. */
  setDeadline(periodMs: number): void {
    const { nowMs, wheel } = this.listener.context
    const total = this.exchange === null ? Infinity : this.exchange.totalDeadlineMs
    const stage = periodMs > 0 ? nowMs + periodMs : Infinity
    wheel.set(this, stage < total ? stage : total)
  }

  /** The client reads more slowly than it is written to. */
  writeStalled(): void {
    this.#isStalled = true
    this.#unsentBytes = this.transport.unsentBytes
    this.setDeadline(this.idleMs)
  }

  /** The backend takes the request more slowly than the client sends it. */
  uploadStalled(): void {
    this.transport.pause()
    this.#unsentBytes = this.exchange!.upstream!.transport.unsentBytes
  }

  override deadlineReached(): void {
    const { exchange } = this
    const isTotal = exchange !== null && this.listener.context.nowMs >= exchange.totalDeadlineMs
    if (!isTotal && this.#isAdvancing()) this.setDeadline(this.idleMs)
    else if (exchange === null) this.requestTimedOut()
    else this.exchangeTimedOut(exchange, isTotal)
  }

  /** No exchange is running: the next head, or the end of the connection, did not come. */
  protected abstract requestTimedOut(): void

  protected abstract exchangeTimedOut(exchange: Exchange, isTotal: boolean): void

  /** Puts the wait for the client's reading to an end. Returns false when there was none. */
  protected endStall(): boolean {
    const wasStalled = this.#isStalled
    this.#isStalled = false
    return wasStalled
  }

  /**
   * Whether the side that is waited for has taken something since it was last looked at: a
   * slow one is not an idle one, however long a single write takes it.
   */
  #isAdvancing(): boolean {
    const slow = this.#slowSide()
    if (slow === null || !slow.hasPendingWrites) return false
    const unsent = slow.unsentBytes
    const isAdvancing = unsent !== this.#unsentBytes
    this.#unsentBytes = unsent
    return isAdvancing
  }

  #slowSide(): Transport | null {
    const { exchange } = this
    if (exchange === null) return this.phase === ClientPhase.HEAD ? null : this.transport
    if (exchange.hasResponseStarted && this.transport.hasPendingWrites) return this.transport
    return this.isUpstreamBlocked ? exchange.upstream!.transport : null
  }
}
