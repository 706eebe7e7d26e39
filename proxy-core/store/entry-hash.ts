/**
 * Short names of keys and routes for the index. SHA-256 with the store's id before it, so that
 * nobody can choose keys that collide with somebody else's and wait behind them.
 */
import { hash } from 'node:crypto'

const KEY_BYTES = 6
/** A key has several entries, else it would need no order; those of late are likely to come again. */
const MAX_KEYS = 4096
const MAX_KEPT_LENGTH = 128

/** 48 bits, 0 only for the empty key. `storeId`: hexadecimal. */
export function keyHashOf(storeId: string, key: string): number {
  if (key === '') return 0
  return hash('sha256', `${storeId}\n${key}`, 'buffer').readUIntLE(0, KEY_BYTES) || 1
}

/** keyHashOf() one store, with those of late at hand. */
export class KeyHashes {
  readonly #storeId: string
  readonly #known = new Map<string, number>()

  constructor(storeId: string) {
    this.#storeId = storeId
  }

  of(key: string): number {
    if (key === '') return 0
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const value = keyHashOf(this.#storeId, key)
    if (key.length <= MAX_KEPT_LENGTH) {
      if (this.#known.size === MAX_KEYS) this.#known.clear()
      this.#known.set(key, value)
    }
    return value
  }
}

/** Names of routes come from the configuration, so that there are few. */
const MAX_ROUTES = 1000
const ROUTE_HASHES = new Map<string, number>()

/** 32 bits, the same in every store. */
export function routeHashOf(route: string): number {
  const known = ROUTE_HASHES.get(route)
  if (known !== undefined) return known
  if (ROUTE_HASHES.size === MAX_ROUTES) ROUTE_HASHES.clear()
  const value = hash('sha256', route, 'buffer').readUInt32LE(0)
  ROUTE_HASHES.set(route, value)
  return value
}
