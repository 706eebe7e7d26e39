/**
 * Short names of keys and routes for the index. SHA-256 with the store's id before it, so that
 * nobody can choose keys that collide with somebody else's and wait behind them.
 */
import { hash } from 'node:crypto'

const KEY_BYTES = 6

/** 48 bits, 0 only for the empty key. */
export function keyHashOf(storeId: string, key: string): number {
  if (key === '') return 0
  return hash('sha256', `${storeId}\n${key}`, 'buffer').readUIntLE(0, KEY_BYTES) || 1
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
