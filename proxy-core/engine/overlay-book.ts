/**
 * What the operator said about single backends, by pool and address, and about the failover of
 * pools. It outlives reloads, also those that take a backend or a pool away and bring it back.
 */
import type { Latch } from '../failover/latch.ts'
import type { Backend } from '../pool/backend.ts'
import type { BackendOverlay, EngineOverlay, FailoverLatch } from './engine-view.ts'

export class OverlayBook {
  readonly #backends = new Map<string, BackendOverlay>()
  readonly #latches = new Map<string, FailoverLatch>()

  load({ backends, latches }: EngineOverlay): void {
    for (const entry of backends) this.#backends.set(keyOf(entry.pool, entry.backend), entry)
    for (const latch of latches) this.#latches.set(latch.pool, latch)
  }

  /** Brings a backend that has just been created to the state that was last said of it. */
  applyTo(backend: Backend): void {
    const entry = this.#backends.get(keyOf(backend.pool, backend.address))
    if (entry === undefined) return
    backend.setAdminState(entry.adminState, entry.reason)
    if (entry.weight !== null) backend.setWeight(entry.weight, entry.reason)
  }

  /** Remembers the backend's present state; `ready` at the configured weight is nothing to keep. */
  record(backend: Backend, reason: string): void {
    const key = keyOf(backend.pool, backend.address)
    const weight = backend.isWeightOverridden ? backend.weight : null
    if (backend.adminState === 'ready' && weight === null) {
      this.#backends.delete(key)
      return
    }
    this.#backends.set(key, {
      pool: backend.pool,
      backend: backend.address,
      adminState: backend.adminState,
      weight,
      reason
    })
  }

  /** null: nobody has activated the failover of the pool. */
  latchOf(pool: string): Latch | null {
    return this.#latches.get(pool) ?? null
  }

  recordLatch(pool: string, latch: Latch | null): void {
    if (latch === null) this.#latches.delete(pool)
    else this.#latches.set(pool, { pool, ...latch })
  }

  entries(): EngineOverlay {
    return { backends: [...this.#backends.values()], latches: [...this.#latches.values()] }
  }
}

function keyOf(pool: string, backend: string): string {
  return JSON.stringify([pool, backend])
}
