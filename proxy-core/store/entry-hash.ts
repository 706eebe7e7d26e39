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

/** 32 bits, the same in every store. */
export function routeHashOf(route: string): number {
  return hash('sha256', route, 'buffer').readUInt32LE(0)
}
