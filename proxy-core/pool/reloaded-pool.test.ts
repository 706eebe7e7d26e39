/**
 * Contract: a reload is one step. What it moves from one backend to another is no loss, whoever
 * waits in a pool that it takes away is let go, and nobody stays ejected for want of others.
 */
import { expect, test } from 'vitest'
import { DEFAULT_FAILOVER, DEFAULT_OUTLIER, DEFAULT_POOL } from '../model/default-settings.ts'
import type { PoolSettings } from '../model/settings.ts'
import { SmallPool } from './testing/small-pool.ts'

const PRIMARY = { address: 'primary' }
const BACKUP = { address: 'backup', level: 1 }
const DELAYED: Partial<PoolSettings> = {
  failover: { ...DEFAULT_FAILOVER, strategy: 'delayed', delayMs: 60_000 }
}

function failovers(small: SmallPool): number {
  return small.events.filter(({ kind }) => kind === 'failover').length
}

test('weights that change places are no loss of the level', () => {
  const small = new SmallPool(
    {},
    { address: 'blue', weight: 100 },
    { address: 'green', weight: 0 },
    BACKUP
  )
  expect(small.picks(1)).toEqual(['blue'])
  small.configure({}, { address: 'blue', weight: 0 }, { address: 'green', weight: 100 }, BACKUP)
  expect(small.picks(1)).toEqual(['green'])
  expect(failovers(small)).toBe(0)
})

test('a level that changes places is no loss either', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', level: 1 })
  small.configure({}, { address: 'a', level: 1 }, { address: 'b' })
  expect(small.picks(1)).toEqual(['b'])
  expect(failovers(small)).toBe(0)
})

test('who waits for a level goes to the standby when the pool is taken away', () => {
  const small = new SmallPool(DELAYED, PRIMARY, BACKUP)
  small.backend('primary').setHealth('down', 'test', 0)
  const exchange = small.ask()
  expect(exchange.isQueued).toBe(true)
  small.pool.retire()
  small.pool.serveOut()
  expect([exchange.isQueued, exchange.backend]).toEqual([false, 'backup'])
  expect(small.ask().backend).toBe('backup')
})

test('who waits for a level is told when the pool is taken away and has nobody else', () => {
  const small = new SmallPool(DELAYED, PRIMARY, BACKUP)
  small.backend('primary').setHealth('down', 'test', 0)
  small.ask()
  small.backend('backup').setHealth('down', 'test', 0)
  small.pool.retire()
  small.pool.serveOut()
  expect(small.refusals).toEqual(['503 no_backend'])
})

test('the last backend that is not ejected takes the ejections of the others with it', () => {
  const settings: Partial<PoolSettings> = {
    outlier: { ...DEFAULT_OUTLIER, consecutiveFailures: 1, maxEjected: 1 }
  }
  const small = new SmallPool(settings, { address: 'a' }, { address: 'b' })
  small.backend('b').judge!.failed(false, 0)
  expect(small.backend('b').ejection).not.toBeNull()
  small.configure(settings, { address: 'b' })
  expect(small.backend('b').ejection).toBeNull()
  expect(small.picks(1)).toEqual(['b'])
})

test('one that goes down while the others are ejected lets go of what it holds', () => {
  const settings: Partial<PoolSettings> = {
    outlier: { ...DEFAULT_OUTLIER, consecutiveFailures: 1, maxEjected: 1 }
  }
  const small = new SmallPool(settings, { address: 'a' }, { address: 'b' })
  small.backend('b').judge!.failed(false, 0)
  small.backend('a').setHealth('down', 'test', 0)
  expect(small.abandoned).toEqual(['a'])
  expect(small.picks(1)).toEqual(['b'])
})

test('a fallback that a reload brings takes who finds nobody any more', () => {
  const small = new SmallPool({ maxConnections: 1 }, PRIMARY)
  const other = new SmallPool({}, { address: 'other' })
  small.ask()
  const waiting = small.ask()
  const fallback = { kind: 'pool', pool: 'other' } as const
  small.pool.fallBackTo(fallback, new Map([['other', { pool: other.pool }]]))
  small.configure({ fallback, maxConnections: 1 })
  expect([waiting.isQueued, waiting.backend]).toEqual([false, 'other'])
})

test('a fallback that was never looked up is a refusal and no silence', () => {
  const pool = { ...DEFAULT_POOL, fallback: { kind: 'pool', pool: 'gone' } as const }
  const small = new SmallPool(pool)
  small.ask()
  expect(small.refusals).toEqual(['503 no_backend'])
  expect(small.pool.counters.fallbacks).toBe(0)
})
