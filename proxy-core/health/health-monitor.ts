/**
 * Watches one backend: probes it one probe at a time, counts the results, and tells the
 * backend when they change its health. docs/reference/health.md has the timing.
 */
import { connect as connectTcp } from 'node:net'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { HealthProgress } from '../model/engine-telemetry.ts'
import type { ProbeRecord } from '../model/probe-record.ts'
import type { HealthCheckSettings } from '../model/settings.ts'
import type { Backend } from '../pool/backend.ts'
import type { Clock, Random, Timer } from '../time/clock.ts'
import { probeRound, type ProbeRoundResult } from './probe-round.ts'
import { nextProbeDelayMs, secondProbeDelayMs } from './probe-schedule.ts'
import type { ProbeConnect } from './probe.ts'
import { PROBES, type ProbeRegistry } from './registry.ts'
import {
  afterResult,
  healthFraction,
  healthProgress,
  unknownState,
  type InitialRule,
  type RiseFallState,
  type RiseFallThresholds
} from './rise-fall.ts'
import { messageOf } from './socket-failure.ts'

export interface HealthMonitorDependencies {
  readonly clock: Clock
  readonly random: Random
  /** The backend's addresses now; empty while its name does not resolve. */
  readonly addresses: () => readonly string[]
  /** Settles when the name has resolved or failed to: no probe is sent before. */
  readonly firstResolution: Promise<void>
  readonly initial: InitialRule
  /** Something on this side keeps probes from saying anything; not repeated while it lasts. */
  readonly reportFault: (reason: string) => void
  /** Default: `PROBES`. */
  readonly probes?: ProbeRegistry
  /** Default: a TCP connection. */
  readonly connect?: ProbeConnect
}

type Phase = 'new' | 'running' | 'suspended' | 'stopped'

interface ProbeInFlight {
  readonly done: Promise<ProbeRecord>
  readonly abort: AbortController
}

export class HealthMonitor {
  /** Settles when the first probe has answered or timed out, or when there will be none. */
  readonly firstResult: Promise<void>

  readonly #backend: Backend
  readonly #deps: HealthMonitorDependencies
  readonly #hadFirstResult: () => void
  #settings: HealthCheckSettings
  #state: RiseFallState
  #phase: Phase = 'new'
  #isStarted = false
  #timer: Timer | null = null
  #inFlight: ProbeInFlight | null = null
  #isFirstProbe = true
  #isFaultReported = false
  /** Where the next probe begins among several addresses. */
  #preferredAddress: string | null = null

  /** Throws INTERNAL when the backend has no health check. */
  constructor(backend: Backend, deps: HealthMonitorDependencies) {
    const settings = backend.settings.healthCheck
    if (settings === null) {
      throw new SwitchyardError('INTERNAL', `${backend.address} has no health check to run.`)
    }
    const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers()
    this.firstResult = promise
    this.#hadFirstResult = resolve
    this.#backend = backend
    this.#deps = deps
    this.#settings = settings
    this.#state = unknownState(deps.initial)
  }

  /** "UP 2/3", "DOWN 1/2": see `healthFraction`. */
  get fraction(): string {
    return healthFraction(this.#state, this.#thresholds)
  }

  get progress(): HealthProgress {
    return healthProgress(this.#state, this.#thresholds)
  }

  /** Probes at once, or as soon as the name has resolved; not while suspended. */
  start(): void {
    if (this.#isStarted || this.#phase === 'stopped') return
    this.#isStarted = true
    if (this.#phase === 'new') this.#run()
  }

  /** `maint`: no probes, the health shown stays. Idempotent. */
  suspend(): void {
    if (this.#phase === 'stopped') return
    this.#phase = 'suspended'
    this.#halt()
    // Nobody should wait for a probe that may never come.
    this.#hadFirstResult()
  }

  /**
   * Back from `maint`: one probe has to pass before traffic, so health is unknown at once.
   * Call it before the backend becomes `ready`, or set its health to unknown before.
   */
  resume(): void {
    if (this.#phase !== 'suspended') return
    this.#state = unknownState('needs_pass')
    this.#backend.setHealth('unknown', 'back from maintenance, not probed yet', 0)
    this.#phase = 'new'
    if (this.#isStarted) this.#run()
  }

  /** The counters stay; the wait that is running starts anew with the new intervals. */
  reconfigure(settings: HealthCheckSettings): void {
    this.#settings = settings
    if (this.#phase === 'running' && this.#timer !== null) this.#schedule()
  }

  /** Final. Releases the timer and the socket. Idempotent. */
  stop(): void {
    this.#phase = 'stopped'
    this.#halt()
    this.#hadFirstResult()
  }

  /**
   * Probes now and counts the result like any other; joins a probe that is under way. While
   * suspended the result is kept as evidence and decides nothing. Rejects with INTERNAL
   * after `stop`.
   */
  probeNow(): Promise<ProbeRecord> {
    if (this.#phase === 'stopped') {
      const reason = `Nobody watches ${this.#backend.address} any more: it was removed.`
      return Promise.reject(new SwitchyardError('INTERNAL', reason))
    }
    return this.#inFlight?.done ?? this.#probe()
  }

  get #thresholds(): RiseFallThresholds {
    const { healthyThreshold: rise, unhealthyThreshold: fall } = this.#settings
    return { rise, fall }
  }

  get #isRunning(): boolean {
    return this.#phase === 'running'
  }

  #run(): void {
    this.#phase = 'running'
    if (this.#deps.addresses().length > 0) return void this.#probe()
    void this.#deps.firstResolution.then(() => {
      const isIdle = this.#inFlight === null && this.#timer === null
      if (this.#isRunning && isIdle) void this.#probe()
    })
  }

  #halt(): void {
    this.#timer?.cancel()
    this.#timer = null
    const inFlight = this.#inFlight
    this.#inFlight = null
    inFlight?.abort.abort()
  }

  #probe(): Promise<ProbeRecord> {
    this.#timer?.cancel()
    this.#timer = null
    const abort = new AbortController()
    const round = probeRound({
      backend: this.#backend.settings,
      settings: this.#settings,
      addresses: startingAt(this.#preferredAddress, this.#deps.addresses()),
      probes: this.#deps.probes ?? PROBES,
      connect: this.#deps.connect ?? connectPlainly,
      clock: this.#deps.clock,
      signal: abort.signal
    })
    const inFlight: ProbeInFlight = {
      abort,
      done: round.then((result) => {
        // A probe that was halted on the way no longer speaks for the backend.
        if (this.#inFlight === inFlight) this.#finished(result)
        return result.record
      })
    }
    this.#inFlight = inFlight
    return inFlight.done
  }

  #finished(result: ProbeRoundResult): void {
    this.#inFlight = null
    this.#backend.recordProbe(result.record)
    if (this.#phase !== 'running') return
    try {
      if (result.isConclusive) this.#count(result)
      else this.#reportFault(result.record)
    } catch (error) {
      // Whoever listens to changes may fail; the backend is watched all the same.
      this.#deps.reportFault(`A change of ${this.#backend.address} failed: ${messageOf(error)}`)
    }
    this.#hadFirstResult()
    // A listener may have halted this monitor, or halted and resumed it.
    const isIdle = this.#inFlight === null && this.#timer === null
    if (this.#isRunning && isIdle) this.#schedule()
  }

  #count(result: ProbeRoundResult): void {
    const { record, address } = result
    this.#isFaultReported = false
    this.#preferredAddress = record.hasPassed
      ? address
      : (startingAt(address, this.#deps.addresses())[1] ?? null)
    const before = this.#state
    const { state, evidenceCount } = afterResult(before, record.hasPassed, this.#thresholds)
    this.#state = state
    if (evidenceCount > 0) {
      const reason = reasonFor(before, record, evidenceCount)
      if (state.health === 'up' && wasAway(before)) this.#backend.comeBack(reason, evidenceCount)
      else this.#backend.setHealth(state.health, reason, evidenceCount)
    } else if (state.health === 'unknown') {
      this.#backend.setHealth('unknown', `no probe has passed yet: ${record.detail}`, 0)
    }
  }

  #reportFault(record: ProbeRecord): void {
    if (this.#isFaultReported) return
    this.#isFaultReported = true
    this.#deps.reportFault(
      `The health of ${this.#backend.address} in pool ${this.#backend.pool} ` +
        `cannot be probed and stays ${this.#backend.health}: ${record.detail}`
    )
  }

  #schedule(): void {
    const delayOf = this.#isFirstProbe ? secondProbeDelayMs : nextProbeDelayMs
    this.#isFirstProbe = false
    const delayMs = delayOf(this.#settings, this.#state, this.#deps.random)
    this.#timer?.cancel()
    this.#timer = this.#deps.clock.setTimeout(() => void this.#probe(), delayMs)
  }
}

/** What was there when the engine started has its share at once, as in HAProxy. */
function wasAway(before: RiseFallState): boolean {
  return before.health !== 'unknown' || before.rule === 'needs_pass'
}

function reasonFor(before: RiseFallState, record: ProbeRecord, count: number): string {
  const verb = record.hasPassed ? 'passed' : 'failed'
  const probes = count === 1 ? `a probe ${verb}` : `${count} probes in a row ${verb}`
  const first = before.health === 'unknown' && count === 1 ? `the first probe ${verb}` : probes
  return `${first}, ${record.code}: ${record.detail}`
}

/** The list turned so that it begins with `first`, or as it is when that is not in it. */
function startingAt(first: string | null, addresses: readonly string[]): readonly string[] {
  const at = first === null ? -1 : addresses.indexOf(first)
  return at <= 0 ? addresses : [...addresses.slice(at), ...addresses.slice(0, at)]
}

const connectPlainly: ProbeConnect = (address, port) => connectTcp({ host: address, port })
