/**
 * Counts what the answers of one backend say and tells when they are reason enough to eject it:
 * linkerd's unified model, consecutive failures or the rate within a window, whichever comes
 * first. Without timers and without knowledge of other backends.
 */
import type { OutlierSettings } from '../model/settings.ts'
import { formatDuration, formatPercentage } from '../model/units.ts'
import { isFailure, type AnswerKind } from './answer-kind.ts'
import { FailureWindow } from './failure-window.ts'

export class FailureTally {
  readonly #settings: OutlierSettings
  readonly #window: FailureWindow | null
  #inARow = 0
  #gatewayInARow = 0

  constructor(settings: OutlierSettings, nowMs: number) {
    this.#settings = settings
    this.#window = settings.failureRate > 0 ? new FailureWindow(settings.windowMs, nowMs) : null
  }

  /** Failures in a row, for those who look. */
  get inARow(): number {
    return this.#inARow
  }

  /** Returns why the backend should be ejected, or null. */
  note(kind: AnswerKind, nowMs: number): string | null {
    this.#window?.note(kind !== 'success', nowMs)
    // Too many requests is no reason by itself, and no sign of health either.
    if (kind === 'throttled') return this.#rateReason(nowMs)
    this.#inARow = isFailure(kind) ? this.#inARow + 1 : 0
    this.#gatewayInARow = kind === 'gateway_failure' ? this.#gatewayInARow + 1 : 0
    if (kind === 'success') return null
    return this.#rowReason() ?? this.#rateReason(nowMs)
  }

  /** After an ejection the backend begins anew. */
  clear(): void {
    this.#inARow = this.#gatewayInARow = 0
    this.#window?.clear()
  }

  #rowReason(): string | null {
    const { consecutiveFailures, consecutiveGatewayFailures } = this.#settings
    if (consecutiveFailures > 0 && this.#inARow >= consecutiveFailures) {
      return `${String(this.#inARow)} requests in a row failed`
    }
    if (consecutiveGatewayFailures > 0 && this.#gatewayInARow >= consecutiveGatewayFailures) {
      return `${String(this.#gatewayInARow)} requests in a row got no answer or 502, 503, 504`
    }
    return null
  }

  #rateReason(nowMs: number): string | null {
    if (this.#window === null) return null
    const { failureRate, minRequests, windowMs } = this.#settings
    const { answers, failures } = this.#window.counts(nowMs)
    if (answers < minRequests || failures < failureRate * answers) return null
    const share = formatPercentage(Math.round((failures / answers) * 100) / 100)
    return `${share} of ${String(answers)} requests failed within ${formatDuration(windowMs)}`
  }
}
