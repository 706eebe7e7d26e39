/**
 * The live state of one backend. The configuration object (`BackendSettings`) is a
 * different type and may be replaced by a reload while this object lives on.
 */
import type { BalanceTarget } from '../balance/balancer.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { EventSink } from '../model/engine-event.ts'
import { PROBE_HISTORY, type ProbeRecord } from '../model/probe-record.ts'
import type { CircuitState } from '../model/failover-state.ts'
import type { JudgedBackend } from '../passive/judged-backend.ts'
import type { TrafficJudge } from '../passive/traffic-judge.ts'
import type { BackendSettings } from '../model/settings.ts'
import { isEligible, keepsSessions, type AdminState, type HealthState } from '../model/states.ts'
import { formatDuration } from '../model/units.ts'
import type { Clock } from '../time/clock.ts'
import type { ConnectionPool } from '../upstream/connection-pool.ts'
import { MIN_WARMTH, warmSlots, warmthAt } from './warmth.ts'

export interface BackendContext {
  readonly pool: string
  readonly clock: Clock
  readonly emit: EventSink
  /** The backend's place in the rotation may have changed. */
  readonly changed: (backend: Backend) => void
}

export interface BackendFailure {
  /** Wall-clock milliseconds. */
  readonly atMs: number
  readonly reason: string
}

/** Taken out of the rotation by what was observed of its answers. */
export interface Ejection {
  /** Wall-clock milliseconds. */
  readonly untilMs: number
  readonly reason: string
}

export class Backend implements BalanceTarget, JudgedBackend {
  readonly address: string
  readonly counters = new TrafficCounters()
  settings: BackendSettings
  /** Requests in flight and queued on this backend. Owned by the data path. */
  load = 0
  /** How the backend is reached; set by its pool. */
  connections: ConnectionPool | null = null
  /** What judges it by its answers; null where the pool wants no such thing. Set by its pool. */
  judge: TrafficJudge | null = null
  /** Its share among those that serve now; set by its rotation, see `scaledWeights`. */
  effectiveWeight: number
  /** Eligible, but backends of the region that its pool prefers serve; set by its rotation. */
  isPassedOver = false
  /** Why the last attempt on this backend failed: for operators, never for clients. */
  lastFailure: BackendFailure | null = null
  /** Grows with every change of a state, a reason, the weight or the settings. */
  stateRevision = 0

  #adminState: AdminState = 'ready'
  #health: HealthState
  #weight: number
  #isWeightOverridden = false
  #probes: ProbeRecord[] = []
  #adminReason = 'configured'
  #healthReason: string
  /** Wall-clock time of the last change of either state. */
  #changedAtMs: number
  #ejection: Ejection | null = null
  #circuit: CircuitState = 'closed'
  #configuredSlots = 0
  #adaptiveSlots = 0
  readonly #context: BackendContext
  #slotLimit = 0
  #openSlots = 0
  #warmth = 1
  /** Monotonic time at which slow start began. */
  #warmSinceMs = 0

  constructor(settings: BackendSettings, context: BackendContext) {
    this.settings = settings
    this.address = settings.address
    this.#context = context
    this.#weight = this.effectiveWeight = settings.weight
    this.#health = settings.healthCheck ? 'unknown' : 'up'
    this.#healthReason = settings.healthCheck ? 'not probed yet' : 'no health check configured'
    this.#changedAtMs = context.clock.wallNow()
  }

  get pool(): string {
    return this.#context.pool
  }
  get level(): number {
    return this.settings.level
  }
  get adminState(): AdminState {
    return this.#adminState
  }
  get adminReason(): string {
    return this.#adminReason
  }
  get health(): HealthState {
    return this.#health
  }
  get healthReason(): string {
    return this.#healthReason
  }
  get weight(): number {
    return this.#weight
  }
  /** Whether an operator's live weight stands in for the configured one. */
  get isWeightOverridden(): boolean {
    return this.#isWeightOverridden
  }
  get isEligible(): boolean {
    return this.isHealthy && this.#isTrusted
  }
  /**
   * Eligible, or only because the trial slots of its half-open circuit are taken at this moment:
   * a level must not be lost and won with every trial.
   */
  get countsForLevel(): boolean {
    return this.isHealthy && this.#ejection === null && this.#circuit !== 'open'
  }
  /** Eligible but for what its answers say. */
  get isHealthy(): boolean {
    return isEligible(this.#adminState, this.#health)
  }
  /** Nothing that its answers said keeps requests away. */
  get #isTrusted(): boolean {
    if (this.#ejection !== null) return false
    return this.judge === null || this.judge.breaker === null || this.judge.breaker.admits
  }
  /** In the rotation for new sessions, or kept out of it by nothing but drain. */
  get keepsSessions(): boolean {
    return keepsSessions(this.#adminState, this.#health) && this.#isTrusted
  }
  /** For the sentence that says why a pool changed: "ready and down", "ready, up and ejected". */
  get stateWords(): string {
    const states: string[] = [this.#adminState, this.#health]
    if (this.#ejection !== null) states.push('ejected')
    if (this.#circuit !== 'closed')
      states.push(`cut off by its ${this.#circuit.replace('_', ' ')} circuit`)
    return new Intl.ListFormat('en-GB').format(states)
  }
  get ejection(): Ejection | null {
    return this.#ejection
  }
  get circuit(): CircuitState {
    return this.#circuit
  }
  /** Requests in flight at one time: what settings and latency allow; 0 = unlimited. */
  get slotLimit(): number {
    return this.#slotLimit
  }
  /** What of `slotLimit` may be used now: less during slow start, but never nothing. */
  get openSlots(): number {
    return this.#openSlots
  }
  /** All slots that it has now are taken. */
  get isFull(): boolean {
    return this.#openSlots > 0 && this.load >= this.#openSlots
  }
  /** Share of its weight and of its slots that a backend has: 0.1 to 1 during slow start, else 1. */
  get warmth(): number {
    return this.#warmth
  }
  /** Wall-clock milliseconds of the last change of state. */
  get changedAtMs(): number {
    return this.#changedAtMs
  }
  /** The last 50 probes, oldest first. */
  get probes(): readonly ProbeRecord[] {
    return this.#probes
  }

  /** From the backend's or the pool's settings; 0 = unlimited. */
  limitSlots(limit: number): void {
    this.#configuredSlots = limit
    this.#openUp()
  }

  adaptSlots(limit: number): void {
    this.#adaptiveSlots = limit
    this.#openUp()
  }

  #openUp(): void {
    this.#slotLimit = smallerLimit(this.#configuredSlots, this.#adaptiveSlots)
    this.#openSlots = warmSlots(this.#slotLimit, this.#warmth)
  }

  eject(durationMs: number, reason: string): void {
    this.#ejection = { untilMs: this.#context.clock.wallNow() + durationMs, reason }
    this.counters.ejections++
    this.#emitEjection(true, durationMs, reason)
  }

  readmit(reason: string): void {
    if (this.#ejection === null) return
    this.#ejection = null
    this.#emitEjection(false, 0, reason)
  }

  setCircuit(to: CircuitState, reason: string): void {
    const from = this.#circuit
    if (from === to) return
    this.#circuit = to
    if (to === 'open') this.counters.circuitOpenings++
    this.stateRevision++
    this.#changedAtMs = this.#context.clock.wallNow()
    const { pool, address: backend } = this
    this.#context.emit({ kind: 'backend_circuit', pool, backend, from, to, reason })
    this.#context.changed(this)
  }

  circuitChanged(): void {
    this.#context.changed(this)
  }

  #emitEjection(isEjected: boolean, durationMs: number, reason: string): void {
    this.stateRevision++
    this.#changedAtMs = this.#context.clock.wallNow()
    const { pool, address: backend } = this
    this.#context.emit({ kind: 'backend_ejection', pool, backend, isEjected, durationMs, reason })
    this.#context.changed(this)
  }

  noteFailure(reason: string): void {
    this.lastFailure = { atMs: this.#context.clock.wallNow(), reason }
  }

  recordProbe(record: ProbeRecord): void {
    if (record.hasPassed) this.counters.probesPassed++
    else this.counters.probesFailed++
    this.#probes.push(record)
    if (this.#probes.length > PROBE_HISTORY) this.#probes.shift()
  }

  setHealth(to: HealthState, reason: string, evidenceCount = 1): void {
    const from = this.#health
    if (from !== to || reason !== this.#healthReason) this.stateRevision++
    this.#healthReason = reason
    if (from === to) return
    this.#health = to
    this.#warmSinceMs = this.#context.clock.now()
    this.#setWarmth(to === 'slow_start' ? MIN_WARMTH : 1)
    if (to === 'down' && from !== 'unknown') this.counters.timesDown++
    this.#changedAtMs = this.#context.clock.wallNow()
    this.#context.emit({
      kind: 'backend_health',
      pool: this.pool,
      backend: this.address,
      from,
      to,
      reason,
      evidence: evidenceCount > 0 ? this.#probes.slice(-evidenceCount) : []
    })
    this.#context.changed(this)
  }

  /** Up again after it was down or away: with `slow_start` its share grows back step by step. */
  comeBack(reason: string, evidenceCount: number): void {
    const { slowStartMs } = this.settings
    if (slowStartMs === 0) return this.setHealth('up', reason, evidenceCount)
    const words = `${reason.replace(/\.$/, '')}; its share grows for ${formatDuration(slowStartMs)}`
    this.setHealth('slow_start', words, evidenceCount)
  }

  /**
   * During slow start: takes the share that is due by now, which its rotation has to learn.
   * Returns the milliseconds to the next step; 0 when it is up, or was not in slow start.
   */
  warmUp(): number {
    if (this.#health !== 'slow_start') return 0
    const { slowStartMs } = this.settings
    const { warmth, nextStepMs } = warmthAt(
      this.#context.clock.now() - this.#warmSinceMs,
      slowStartMs
    )
    if (nextStepMs === 0) {
      const over = `its slow start of ${formatDuration(slowStartMs)} is over`
      this.setHealth('up', slowStartMs === 0 ? 'slow start was switched off' : over, 0)
    } else if (warmth !== this.#warmth) {
      this.#setWarmth(warmth)
      this.stateRevision++
    }
    return nextStepMs
  }

  #setWarmth(warmth: number): void {
    this.#warmth = warmth
    this.#openUp()
  }

  setAdminState(to: AdminState, reason: string): void {
    const from = this.#adminState
    this.stateRevision++
    this.#adminReason = reason
    if (from === to) return
    this.#adminState = to
    this.#changedAtMs = this.#context.clock.wallNow()
    this.#context.emit({
      kind: 'backend_admin',
      pool: this.pool,
      backend: this.address,
      from,
      to,
      reason
    })
    this.#context.changed(this)
  }

  /** `null` goes back to the configured weight. */
  setWeight(weight: number | null, reason: string): void {
    const from = this.#weight
    this.stateRevision++
    this.#isWeightOverridden = weight !== null
    this.#weight = weight ?? this.settings.weight
    if (from === this.#weight) return
    this.#context.emit({
      kind: 'backend_weight',
      pool: this.pool,
      backend: this.address,
      from,
      to: this.#weight,
      reason
    })
    this.#context.changed(this)
  }

  /**
   * Takes a reloaded configuration; live state stays. Not told as a change: the pool takes all of
   * its backends at once, or a weight that moves from one to another would look like a loss.
   */
  configure(settings: BackendSettings): void {
    this.settings = settings
    this.stateRevision++
    if (!this.#isWeightOverridden) this.#weight = settings.weight
  }
}

/** 0 = unlimited. */
function smallerLimit(one: number, other: number): number {
  if (one === 0 || other === 0) return one + other
  return Math.min(one, other)
}
