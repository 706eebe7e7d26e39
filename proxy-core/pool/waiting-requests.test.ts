/**
 * Contract: who comes while a level is waited for, or is moved into that wait, has the whole pool
 * before it when the wait is over; and a request that has tried all that serve goes on to those
 * that stand by.
 */
import { expect, test } from 'vitest'
import { ATTEMPT_FAILURES } from '../exchange/attempt-failure.ts'
import { DEFAULT_FAILOVER } from '../model/default-settings.ts'
import type { FailoverSettings, PoolSettings } from '../model/settings.ts'
import { SmallPool } from './testing/small-pool.ts'

const BACKUP = { address: 'backup', level: 1 }

function failover(parts: Partial<FailoverSettings>): Partial<PoolSettings> {
  return { failover: { ...DEFAULT_FAILOVER, recoveryIntervalMs: 0, ...parts } }
}

const DELAYED = failover({ strategy: 'delayed', delayMs: 60_000 })

test('a request whose backend is lost under it waits with the others and may go back there', () => {
  const small = new SmallPool(DELAYED, { address: 'a' }, BACKUP)
  const exchange = small.ask()
  small.backend('a').setHealth('down', 'test', 0)
  small.pool.attemptFailed(exchange, ATTEMPT_FAILURES.connect)
  expect([exchange.isQueued, small.refusals]).toEqual([true, []])
  small.backend('a').setHealth('up', 'test', 0)
  expect([exchange.isQueued, exchange.backend]).toEqual([false, 'a'])
})

test('a session waits for its own backend, which need not take anybody else', () => {
  const small = new SmallPool(DELAYED, { address: 'a' }, { address: 'b' }, BACKUP)
  small.backend('b').setWeight(0, 'test')
  for (const address of ['a', 'b']) small.backend(address).setHealth('down', 'test', 0)
  const asked = [small.ask('b'), small.ask()]
  expect(asked.map(({ isQueued }) => isQueued)).toEqual([true, true])
  for (const address of ['b', 'a']) small.backend(address).setHealth('up', 'test', 0)
  expect(asked.map(({ backend }) => backend)).toEqual(['b', 'a'])
})

test('a session begins anew when the wait ends without its backend', () => {
  const small = new SmallPool(DELAYED, { address: 'a' }, { address: 'b' }, BACKUP)
  small.backend('a').setHealth('down', 'test', 0)
  small.backend('b').setHealth('down', 'test', 0)
  const exchange = small.ask('b')
  expect(exchange.isQueued).toBe(true)
  small.backend('a').setHealth('up', 'test', 0)
  expect([exchange.backend, exchange.stickyBackend]).toEqual(['a', null])
})

test('progressive: a request that has tried all that serve goes on to who stands by', () => {
  const progressive = failover({ mode: 'progressive' })
  const small = new SmallPool(progressive, { address: 'a' }, { address: 'b' }, BACKUP)
  const exchange = small.ask()
  small.pool.exchangeMoved(exchange)
  small.pool.exchangeMoved(exchange)
  expect(small.sent.toSorted()).toEqual(['a', 'b', 'backup'])
  expect(small.refusals).toEqual([])
})

test('first: a request that has tried it goes on to the rest of its level, then to the next', () => {
  const small = new SmallPool(
    failover({ within: 'first' }),
    { address: 'a' },
    { address: 's1', level: 1 },
    { address: 's2', level: 1 },
    { address: 't', level: 2 }
  )
  small.backend('a').setHealth('down', 'test', 0)
  expect(small.picks(2)).toEqual(['s1', 's1'])
  small.sent.length = 0
  const exchange = small.ask()
  small.pool.exchangeMoved(exchange)
  small.pool.exchangeMoved(exchange)
  expect([small.sent, small.refusals]).toEqual([['s1', 's2', 't'], []])
})

test('the first of a level is the first of the preferred region', () => {
  const small = new SmallPool(
    { ...failover({ within: 'first' }), preferRegion: 'near' },
    { address: 'a' },
    { address: 'far', level: 1, region: 'far' },
    { address: 'near', level: 1, region: 'near' }
  )
  small.backend('a').setHealth('down', 'test', 0)
  expect(small.picks(2)).toEqual(['near', 'near'])
  small.backend('near').setHealth('down', 'test', 0)
  expect(small.picks(2)).toEqual(['far', 'far'])
})

test('progressive takes backups of the region first, and as many as are missing', () => {
  const small = new SmallPool(
    { ...failover({ mode: 'progressive' }), preferRegion: 'near' },
    { address: 'a', region: 'near' },
    { address: 'b', region: 'far' },
    { address: 'far', level: 1, region: 'far' },
    { address: 'near', level: 1, region: 'near' }
  )
  expect(new Set(small.picks(4))).toEqual(new Set(['a', 'b']))
  small.backend('b').setHealth('down', 'test', 0)
  expect(new Set(small.picks(4))).toEqual(new Set(['a', 'near']))
  small.backend('a').setHealth('down', 'test', 0)
  expect(new Set(small.picks(4))).toEqual(new Set(['near', 'far']))
})
