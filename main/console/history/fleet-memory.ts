/**
 * What is known of every backend between two reports of the engine: enough to tell whether a
 * loss was the world's doing or the operator's, and what is news.
 */
import type { Fleet } from '../../../proxy-core/model/engine-telemetry.ts'
import { isEligible, type AdminState, type HealthState } from '../../../proxy-core/model/states.ts'
import type { Capacity } from './capacity.ts'

export interface RememberedBackend {
  readonly admin: AdminState
  readonly health: HealthState
  /** 0 = primary. */
  readonly level: number
  readonly weight: number
  /** It was reported as down or taken out, and not as serving since. */
  readonly isMissed: boolean
}

const UNSEEN: RememberedBackend = {
  admin: 'ready',
  health: 'unknown',
  level: 0,
  weight: 1,
  isMissed: false
}

type Backends = ReadonlyMap<string, RememberedBackend>

export class FleetMemory {
  #pools = new Map<string, Map<string, RememberedBackend>>()
  /** null until a fleet was reported. */
  #activeLevels: ReadonlyMap<string, number> | null = null

  backend(pool: string, backend: string): RememberedBackend {
    return this.#pools.get(pool)?.get(backend) ?? UNSEEN
  }

  note(pool: string, backend: string, news: Partial<RememberedBackend>): void {
    const backends = this.#pools.get(pool) ?? new Map<string, RememberedBackend>()
    this.#pools.set(pool, backends)
    backends.set(backend, { ...this.backend(pool, backend), ...news })
  }

  /** The whole truth of this moment: what is not in it is gone. */
  take({ pools }: Fleet): void {
    const next = pools.map(({ name, backends }) => {
      const its = backends.map((one): [string, RememberedBackend] => {
        const { adminState: admin, health, level, weight } = one
        const { isMissed } = this.backend(name, one.address)
        return [one.address, { admin, health, level, weight, isMissed }]
      })
      return [name, new Map(its)] as const
    })
    this.#pools = new Map(next)
    this.#activeLevels = new Map(pools.map(({ name, activeLevel }) => [name, activeLevel]))
  }

  /** The engine ended; what its successor finds is not known. The operator's word lasts. */
  forgetHealth(): void {
    this.#activeLevels = null
    for (const [pool, backends] of this.#pools) {
      for (const backend of backends.keys()) this.note(pool, backend, { health: 'unknown' })
    }
  }

  forget(): void {
    this.#pools.clear()
    this.#activeLevels = null
  }

  /**
   * Whether a backend below `level` (default: any) is missed although nobody took it out. If
   * none is, the pool lost its backends to drain, maintenance, weight 0 or a configuration.
   */
  isWorldsDoing(pool: string, level = Infinity): boolean {
    const backends: Backends = this.#pools.get(pool) ?? new Map()
    return [...backends.values()].some(
      (one) => one.level < level && one.admin === 'ready' && !isEligible('ready', one.health)
    )
  }

  /** null: no fleet has been reported, so nobody can say. */
  isStillLost(capacity: Capacity): boolean | null {
    if (this.#activeLevels === null) return null
    switch (capacity.kind) {
      case 'backend':
        return this.#isBackendLost(capacity.pool, capacity.backend)
      case 'pool':
        return this.#activeLevels.get(capacity.pool) === -1
      case 'primaries':
        return (this.#activeLevels.get(capacity.pool) ?? 0) !== 0
      case 'answers':
        return capacity.pool === null || this.#activeLevels.has(capacity.pool)
      case 'engine':
        return null
    }
  }

  #isBackendLost(pool: string, address: string): boolean {
    const backend = this.#pools.get(pool)?.get(address)
    return backend?.admin === 'ready' && !isEligible('ready', backend.health)
  }
}
