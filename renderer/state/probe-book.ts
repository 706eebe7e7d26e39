/** The newest probes of every backend, from the fleet and from the ticks between two fleets. */
import type { LiveFleet } from '../../preload/contract/live-state.ts'
import type { ProbedBackend } from '../../proxy-core/model/engine-telemetry.ts'

export class ProbeBook {
  readonly #newest = new Map<string, ProbedBackend>()

  /** null where a backend has no checks, or none was made. */
  of(pool: string, backend: string): ProbedBackend | null {
    return this.#newest.get(keyOf(pool, backend)) ?? null
  }

  take(probed: readonly ProbedBackend[]): void {
    for (const one of probed) this.#newest.set(keyOf(one.pool, one.backend), one)
  }

  /** Takes what the fleet knows and forgets backends that it does not have. */
  takeFleet(fleet: LiveFleet): void {
    this.take(fleet.probes)
    const present = new Set(
      fleet.pools.flatMap(({ name, backends }) =>
        backends.map(({ address }) => keyOf(name, address))
      )
    )
    for (const key of this.#newest.keys()) if (!present.has(key)) this.#newest.delete(key)
  }
}

/** Neither name can hold a line feed. */
function keyOf(pool: string, backend: string): string {
  return `${pool}\n${backend}`
}
