/**
 * Judges one backend by its answers to real requests: ejects it, opens and closes its circuit,
 * moves its limit of requests in flight. Owns the timers that end an ejection and an open
 * circuit. A pool without these options has no judge, and its requests do without all of this.
 */
import type {
  AdaptiveConcurrencySettings,
  CircuitBreakerSettings,
  OutlierSettings
} from '../model/settings.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { answerKind, isFailure, type AnswerKind } from './answer-kind.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { ConcurrencyLimit } from './concurrency-limit.ts'
import { FailureTally } from './failure-tally.ts'
import type { JudgedBackend } from './judged-backend.ts'

export interface JudgeSettings {
  readonly outlier: OutlierSettings | null
  readonly circuitBreaker: CircuitBreakerSettings | null
  readonly adaptiveConcurrency: AdaptiveConcurrencySettings | null
}

export interface JudgeServices {
  readonly clock: Clock
  /** Whether the pool can spare one more backend now. */
  readonly mayEject: () => boolean
}

export class TrafficJudge {
  readonly settings: JudgeSettings
  readonly #backend: JudgedBackend
  readonly #services: JudgeServices
  readonly #tally: FailureTally | null
  readonly #limit: ConcurrencyLimit | null
  readonly breaker: CircuitBreaker | null
  #ejectionTimer: Timer | null = null
  #circuitTimer: Timer | null = null
  /** Ejections in a row; calm time takes them back. */
  #ejections = 0
  #readmittedMs = 0

  constructor(backend: JudgedBackend, settings: JudgeSettings, services: JudgeServices) {
    this.settings = settings
    this.#backend = backend
    this.#services = services
    const { outlier, circuitBreaker, adaptiveConcurrency } = settings
    const nowMs = services.clock.now()
    this.#tally = outlier === null ? null : new FailureTally(outlier, nowMs)
    this.breaker = circuitBreaker === null ? null : new CircuitBreaker(circuitBreaker)
    this.#limit =
      adaptiveConcurrency === null ? null : new ConcurrencyLimit(adaptiveConcurrency, nowMs)
    backend.adaptSlots(this.#limit?.value ?? 0)
  }

  /** A request goes to the backend. Returns the number of its trial of a half-open circuit, or 0. */
  began(): number {
    const { breaker } = this
    const trial = breaker === null ? 0 : breaker.begin()
    if (trial > 0 && !breaker!.admits) this.#backend.circuitChanged()
    return trial
  }

  trialEnded(trial: number): void {
    const { breaker } = this
    if (breaker === null) return
    const didAdmit = breaker.admits
    breaker.trialEnded(trial)
    if (breaker.admits !== didAdmit) this.#backend.circuitChanged()
  }

  /** The head of a response is there. */
  answered(status: number, latencyMs: number, retryAfterMs: number, trial: number): void {
    const nowMs = this.#services.clock.now()
    const kind = answerKind(status)
    if (this.#limit?.answered(latencyMs, this.#backend.load, nowMs) === true) this.#adapt()
    this.#judge(kind, nowMs, trial)
    const { outlier } = this.settings
    if (status === 503 && retryAfterMs > 0 && outlier?.honoursRetryAfter === true) {
      this.#eject(
        Math.min(retryAfterMs, outlier.maxEjectionMs),
        'it asked for a pause (503 with Retry-After)'
      )
    }
  }

  /** No response, or half of one. */
  failed(isTimeout: boolean, trial: number): void {
    const nowMs = this.#services.clock.now()
    if (isTimeout && this.#limit?.timedOut(this.#backend.load, nowMs) === true) this.#adapt()
    this.#judge('gateway_failure', nowMs, trial)
  }

  /** Nobody else is left: better a doubtful backend than none. */
  pardon(reason: string): void {
    if (this.#ejectionTimer === null) return
    this.#ejectionTimer.cancel()
    this.#readmit(reason)
  }

  /** The backend is no longer watched. Idempotent. */
  stop(): void {
    this.#ejectionTimer?.cancel()
    this.#circuitTimer?.cancel()
    this.#ejectionTimer = this.#circuitTimer = null
    this.#backend.adaptSlots(0)
  }

  #adapt(): void {
    this.#backend.adaptSlots(this.#limit!.value)
  }

  #judge(kind: AnswerKind, nowMs: number, trial: number): void {
    if (this.breaker !== null && kind !== 'throttled') this.#feedBreaker(kind, trial)
    const reason = this.#tally?.note(kind, nowMs) ?? null
    if (reason !== null) this.#ejectLonger(reason, nowMs)
  }

  #feedBreaker(kind: AnswerKind, trial: number): void {
    const breaker = this.breaker!
    const { state, failures } = breaker
    if (isFailure(kind)) breaker.failed(trial)
    else breaker.succeeded(trial)
    if (breaker.state === state) return
    const reason =
      breaker.state === 'closed'
        ? 'the requests that tried it succeeded'
        : state === 'half_open'
          ? 'a request that tried it failed'
          : `${String(failures + 1)} requests in a row failed`
    if (breaker.state === 'open') this.#scheduleTrial()
    this.#backend.setCircuit(breaker.state, reason)
  }

  #scheduleTrial(): void {
    this.#circuitTimer?.cancel()
    this.#circuitTimer = this.#services.clock.setTimeout(() => {
      this.#circuitTimer = null
      this.breaker!.recover()
      this.#backend.setCircuit('half_open', 'its recovery timeout is over')
    }, this.breaker!.settings.recoveryTimeoutMs)
  }

  /** Envoy's rule: each ejection in a row lasts one base time longer than the one before. */
  #ejectLonger(reason: string, nowMs: number): void {
    const { baseEjectionMs, maxEjectionMs } = this.settings.outlier!
    const calm = Math.floor((nowMs - this.#readmittedMs) / baseEjectionMs)
    const ejections = Math.max(0, this.#ejections - calm) + 1
    if (this.#eject(Math.min(baseEjectionMs * ejections, maxEjectionMs), reason)) {
      this.#ejections = ejections
    }
  }

  #eject(durationMs: number, reason: string): boolean {
    if (this.#ejectionTimer !== null || !this.#backend.isEligible) return false
    if (!this.#services.mayEject()) return false
    this.#ejectionTimer = this.#services.clock.setTimeout(
      () => this.#readmit('its ejection is over'),
      durationMs
    )
    this.#tally?.clear()
    this.#backend.eject(durationMs, reason)
    return true
  }

  #readmit(reason: string): void {
    this.#ejectionTimer = null
    this.#readmittedMs = this.#services.clock.now()
    this.#backend.readmit(reason)
  }
}
