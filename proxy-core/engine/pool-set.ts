/**
 * The pools of the running configuration, each with its supervisor. A new configuration is
 * prepared first (names resolved, backends probed) and takes over only when all of it can, so
 * that a bad one changes nothing.
 */
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { EngineSettings } from '../model/settings.ts'
import type { Backend } from '../pool/backend.ts'
import type { Pool } from '../pool/pool.ts'
import type { BackendWatch } from './engine-view.ts'
import { PoolSupervisor, type PreparedStaff, type SupervisorServices } from './pool-supervisor.ts'

export type Supervisors = ReadonlyMap<string, PoolSupervisor>

export class PoolSet {
  readonly #services: SupervisorServices
  #supervisors: Supervisors = new Map()

  constructor(services: SupervisorServices) {
    this.#services = services
  }

  get all(): readonly Pool[] {
    return [...this.#supervisors.values()].map((supervisor) => supervisor.pool)
  }
  /** By the name of the pool. */
  get supervisors(): Supervisors {
    return this.#supervisors
  }

  /** The first pools, staffed; they serve from `start` on. Rejects with CERTIFICATE_INVALID. */
  open(settings: EngineSettings): Promise<void> {
    return this.#staff(settings, null)
  }

  start(): void {
    for (const pool of this.all) pool.start()
  }

  /**
   * Brings the running pools to `settings`. `routeTo` leads traffic to the new ones, when they
   * are ready and before they take over; if it rejects, so does this, with nothing changed.
   */
  replace(settings: EngineSettings, routeTo: (next: Supervisors) => Promise<void>): Promise<void> {
    return this.#staff(settings, routeTo)
  }

  /** Throws POOL_UNKNOWN. */
  supervisorOf(pool: string): PoolSupervisor {
    const supervisor = this.#supervisors.get(pool)
    if (supervisor !== undefined) return supervisor
    throw new SwitchyardError('POOL_UNKNOWN', `There is no pool named ${pool}.`, { pool })
  }

  /** Throws POOL_UNKNOWN. */
  poolOf(name: string): Pool {
    return this.supervisorOf(name).pool
  }

  /** Throws POOL_UNKNOWN or BACKEND_UNKNOWN. */
  backendOf(pool: string, address: string): Backend {
    return this.supervisorOf(pool).backend(address) ?? unknownBackend(pool, address)
  }

  /** Throws POOL_UNKNOWN or BACKEND_UNKNOWN. */
  watchOf(pool: string, address: string): BackendWatch {
    return this.supervisorOf(pool).watchOf(address) ?? unknownBackend(pool, address)
  }

  destroy(): void {
    for (const supervisor of this.#supervisors.values()) supervisor.destroy()
  }

  /** `routeTo`: null at the start, where the pools are not started yet. */
  async #staff(
    settings: EngineSettings,
    routeTo: ((next: Supervisors) => Promise<void>) | null
  ): Promise<void> {
    const isStart = routeTo === null
    const next = this.#next(settings)
    const prepared = await Promise.allSettled(
      settings.pools.map((pool) =>
        next.get(pool.name)!.prepare(pool, isStart, settings.drainTimeoutMs)
      )
    )
    const staffs = prepared.filter((one) => one.status === 'fulfilled').map((one) => one.value)
    try {
      const failed = prepared.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      if (!isStart) await routeTo(next)
    } catch (error) {
      for (const staff of staffs) staff.discard()
      throw error
    }
    this.#takeOver(settings, next, staffs, isStart)
  }

  #next(settings: EngineSettings): Supervisors {
    const next = new Map<string, PoolSupervisor>()
    for (const pool of settings.pools) {
      const kept = this.#supervisors.get(pool.name)
      next.set(pool.name, kept ?? new PoolSupervisor(pool, this.#services))
    }
    return next
  }

  /** `staffs`: in the order of the pools in `settings`. */
  #takeOver(
    settings: EngineSettings,
    next: Supervisors,
    staffs: readonly PreparedStaff[],
    isStart: boolean
  ): void {
    const current = this.#supervisors
    // A pool that takes over may let go of who waits in it: its fallback has to serve by then.
    for (const { name, fallback } of settings.pools) next.get(name)!.pool.fallBackTo(fallback, next)
    const isNew = settings.pools.map(({ name }) => !current.has(name))
    for (const staff of staffs.filter((_, place) => isNew[place])) staff.takeOver()
    const added = [...next.values()].filter((one) => !current.has(one.pool.name))
    if (!isStart) for (const supervisor of added) supervisor.pool.start()
    for (const staff of staffs.filter((_, place) => !isNew[place])) staff.takeOver()
    this.#supervisors = next
    const gone = [...current.values()].filter((one) => !next.has(one.pool.name))
    for (const supervisor of gone) supervisor.retire(settings.drainTimeoutMs)
  }
}

function unknownBackend(pool: string, backend: string): never {
  throw new SwitchyardError('BACKEND_UNKNOWN', `Pool ${pool} has no backend ${backend}.`, {
    pool,
    backend
  })
}
