/**
 * The live state of one backend. The configuration object (`BackendSettings`) is a
 * different type and may be replaced by a reload while this object lives on.
 */
import type { BalanceTarget } from '../balance/balancer.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { EventSink } from '../model/engine-event.ts'
import { PROBE_HISTORY, type ProbeRecord } from '../model/probe-record.ts'
import type { BackendSettings } from '../model/settings.ts'
import { isEligible, type AdminState, type HealthState } from '../model/states.ts'
import type { Clock } from '../time/clock.ts'
import type { ConnectionPool } from '../upstream/connection-pool.ts'

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

export class Backend implements BalanceTarget {
  readonly address: string
  readonly counters = new TrafficCounters()
  settings: BackendSettings
  /** Requests in flight and queued on this backend. Owned by the data path. */
  load = 0
  /** How the backend is reached; set by its pool. */
  connections: ConnectionPool | null = null
  /** Requests in flight at one time, from the backend's or the pool's settings; 0 = unlimited. */
  slotLimit = 0
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
  readonly #context: BackendContext

  constructor(settings: BackendSettings, context: BackendContext) {
    this.settings = settings
    this.address = settings.address
    this.#context = context
    this.#weight = settings.weight
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
  get effectiveWeight(): number {
    return this.#weight
  }
  get isEligible(): boolean {
    return isEligible(this.#adminState, this.#health)
  }
  /** Wall-clock milliseconds of the last change of state. */
  get changedAtMs(): number {
    return this.#changedAtMs
  }
  /** The last 50 probes, oldest first. */
  get probes(): readonly ProbeRecord[] {
    return this.#probes
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

  /** Takes a reloaded configuration; live state stays. */
  configure(settings: BackendSettings): void {
    const before = `${this.#weight} ${this.level}`
    this.settings = settings
    this.stateRevision++
    if (!this.#isWeightOverridden) this.#weight = settings.weight
    if (before !== `${this.#weight} ${this.level}`) this.#context.changed(this)
  }
}
