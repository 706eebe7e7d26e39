/**
 * What the operator said about single backends, by pool and address. It outlives reloads,
 * also those that take a backend away and bring it back.
 */
import type { Backend } from '../pool/backend.ts'
import type { BackendOverlay } from './engine-view.ts'

export class OverlayBook {
  readonly #entries = new Map<string, BackendOverlay>()

  load(entries: readonly BackendOverlay[]): void {
    for (const entry of entries) this.#entries.set(keyOf(entry.pool, entry.backend), entry)
  }

  /** Brings a backend that has just been created to the state that was last said of it. */
  applyTo(backend: Backend): void {
    const entry = this.#entries.get(keyOf(backend.pool, backend.address))
    if (entry === undefined) return
    backend.setAdminState(entry.adminState, entry.reason)
    if (entry.weight !== null) backend.setWeight(entry.weight, entry.reason)
  }

  /** Remembers the backend's present state; `ready` at the configured weight is nothing to keep. */
  record(backend: Backend, reason: string): void {
    const key = keyOf(backend.pool, backend.address)
    const weight = backend.isWeightOverridden ? backend.weight : null
    if (backend.adminState === 'ready' && weight === null) {
      this.#entries.delete(key)
      return
    }
    this.#entries.set(key, {
      pool: backend.pool,
      backend: backend.address,
      adminState: backend.adminState,
      weight,
      reason
    })
  }

  entries(): readonly BackendOverlay[] {
    return [...this.#entries.values()]
  }
}

function keyOf(pool: string, backend: string): string {
  return JSON.stringify([pool, backend])
}
