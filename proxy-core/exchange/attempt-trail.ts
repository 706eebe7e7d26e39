/**
 * What preceded the current attempt of one exchange: the wait for a slot, the dial, the
 * attempts that failed. Made only where one of these happens while somebody watches the
 * traffic, so an exchange that goes straight over an open connection has none.
 */
import type { Attempt } from '../model/traffic-sample.ts'
import type { Exchange } from './exchange.ts'

/** With the last attempt that is the most a sample shows. */
const MAX_FAILED = 15
const NOT_BEGUN = -1

export class AttemptTrail {
  readonly failed: Attempt[] = []
  /** Of the current attempt, in ms. */
  queueMs = 0
  connectMs = 0
  /** The attempt that failed last, by `Exchange.attempts`; 0 when the current one is another. */
  failedAttempt = 0
  /** Monotonic milliseconds, as all of the following. */
  beganMs: number
  #queuedMs = NOT_BEGUN
  #dialledMs = NOT_BEGUN

  constructor(beganMs: number) {
    this.beganMs = beganMs
  }

  enterQueue(nowMs: number): void {
    this.#queuedMs = nowMs
  }

  leaveQueue(nowMs: number): void {
    if (this.#queuedMs !== NOT_BEGUN) this.queueMs += nowMs - this.#queuedMs
    this.#queuedMs = NOT_BEGUN
  }

  dial(nowMs: number): void {
    this.#dialledMs = nowMs
  }

  connected(nowMs: number): void {
    if (this.#dialledMs !== NOT_BEGUN) this.connectMs += nowMs - this.#dialledMs
    this.#dialledMs = NOT_BEGUN
  }

  /** Another address of the same backend is tried: that is an attempt of its own here. */
  reopen(): void {
    this.failedAttempt = 0
  }

  fail(exchange: Exchange, backend: string, reason: string, nowMs: number): void {
    this.connected(nowMs)
    const hasHead = exchange.responseHeadMs >= 0
    if (this.failed.length < MAX_FAILED) {
      this.failed.push({
        backend,
        startedMs: this.beganMs - exchange.startedMs,
        queueMs: this.queueMs,
        connectMs: this.connectMs,
        firstByteMs: exchange.responseHeadMs,
        transferMs: -1,
        status: hasHead ? exchange.status : null,
        failure: halfSentence(reason)
      })
    }
    this.beganMs = nowMs
    this.queueMs = this.connectMs = 0
    this.failedAttempt = exchange.attempts
  }
}

export function trailOf(exchange: Exchange): AttemptTrail {
  return (exchange.trail ??= new AttemptTrail(exchange.startedMs))
}

export function noteFailedAttempt(
  exchange: Exchange,
  backend: string,
  reason: string,
  nowMs: number
): void {
  trailOf(exchange).fail(exchange, backend, reason, nowMs)
}

/** "The backend did not answer." -> "the backend did not answer". */
function halfSentence(reason: string): string {
  const isName = /^[A-Z]{2}/.test(reason)
  const start = isName ? reason.charAt(0) : reason.charAt(0).toLowerCase()
  return start + reason.slice(1).replace(/\.$/, '')
}
