/**
 * The circuit of one backend (Nygard, "Release It!"): a machine of three states without clock and
 * timers. docs/reference/passive-health.md has the table, and its test walks it.
 *
 *   closed --failureThreshold failures in a row--> open
 *   open --recoveryTimeoutMs over--> half_open
 *   half_open --halfOpenRequests successes in a row--> closed
 *   half_open --one failure--> open
 */
import type { CircuitState } from '../model/failover-state.ts'
import type { CircuitBreakerSettings } from '../model/settings.ts'

export class CircuitBreaker {
  readonly settings: CircuitBreakerSettings
  #state: CircuitState = 'closed'
  #failures = 0
  #successes = 0
  #trials = 0
  /** Of each half-open phase another number: a trial of an earlier one counts no more. */
  #epoch = 0

  constructor(settings: CircuitBreakerSettings) {
    this.settings = settings
  }

  get state(): CircuitState {
    return this.#state
  }
  /** Failures in a row while closed. */
  get failures(): number {
    return this.#failures
  }
  /** Requests may go to the backend: a half-open circuit has so many places. */
  get admits(): boolean {
    if (this.#state === 'half_open') return this.#trials < this.settings.halfOpenRequests
    return this.#state === 'closed'
  }

  /** A request goes to the backend. Returns the number of its trial, or 0 when it is none. */
  begin(): number {
    if (this.#state !== 'half_open') return 0
    this.#trials++
    return this.#epoch
  }

  /** A trial is over, whatever came of it. */
  trialEnded(trial: number): void {
    if (this.#isCurrent(trial)) this.#trials--
  }

  /** Requests that began before the circuit opened say nothing about a half-open one. */
  succeeded(trial: number): void {
    if (this.#state === 'closed') this.#failures = 0
    else if (this.#isCurrent(trial)) this.#trialSucceeded()
  }

  failed(trial: number): void {
    if (this.#state === 'closed') {
      if (++this.#failures >= this.settings.failureThreshold) this.#enter('open')
    } else if (this.#isCurrent(trial)) {
      this.#enter('open')
    }
  }

  /** The recovery timeout is over. */
  recover(): void {
    if (this.#state === 'open') this.#enter('half_open')
  }

  #isCurrent(trial: number): boolean {
    return this.#state === 'half_open' && trial === this.#epoch
  }

  #trialSucceeded(): void {
    if (++this.#successes >= this.settings.halfOpenRequests) this.#enter('closed')
  }

  #enter(state: CircuitState): void {
    this.#state = state
    if (state === 'half_open') this.#epoch++
    this.#failures = this.#successes = this.#trials = 0
  }
}
