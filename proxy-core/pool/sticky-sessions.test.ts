/**
 * Contract: a session stays on its backend while that one may keep it, waits for it when it is
 * full without holding up anybody else, and begins anew elsewhere otherwise.
 */
import { expect, test } from 'vitest'
import { ATTEMPT_FAILURES } from '../exchange/attempt-failure.ts'
import { DEFAULT_FAILOVER } from '../model/default-settings.ts'
import type { AdminState, HealthState } from '../model/states.ts'
import { SmallPool } from './testing/small-pool.ts'

const TWO = [{ address: 'a' }, { address: 'b' }] as const

/** Who serves a request of a session on `a`. */
function served(small: SmallPool): string {
  const exchange = small.ask('a')
  small.end(exchange)
  return exchange.backend
}

test.each<[AdminState, HealthState, 'a' | 'b']>([
  ['ready', 'up', 'a'],
  ['ready', 'slow_start', 'a'],
  ['ready', 'down', 'b'],
  ['ready', 'unknown', 'b'],
  ['drain', 'up', 'a'],
  ['drain', 'slow_start', 'a'],
  ['drain', 'down', 'b'],
  ['maint', 'up', 'b']
])('with its backend in %s and %s it goes to %s', (admin, health, expected) => {
  const small = new SmallPool({}, { address: 'a', slowStartMs: 9000 }, { address: 'b' })
  small.backend('a').setHealth(health, 'test', 0)
  small.backend('a').setAdminState(admin, 'test')
  expect([served(small), served(small), served(small)]).toEqual([expected, expected, expected])
})

test('a weight of 0 keeps new sessions away and leaves the old ones', () => {
  const small = new SmallPool({}, ...TWO)
  small.backend('a').setWeight(0, 'test')
  expect([served(small), ...small.picks(2)]).toEqual(['a', 'b', 'b'])
})

test('a session of a level that does not serve moves, one of a draining backend does not', () => {
  const small = new SmallPool({}, { address: 'a', level: 1 }, { address: 'b' })
  expect(served(small)).toBe('b')
  small.backend('a').setAdminState('drain', 'test')
  expect(served(small)).toBe('a')
  const primary = new SmallPool({}, { address: 'a' }, { address: 'b', level: 1 })
  primary.backend('a').setAdminState('drain', 'test')
  expect([primary.pool.activeLevel, served(primary), ...primary.picks(1)]).toEqual([1, 'a', 'b'])
})

test('a session whose backend could not be reached begins anew elsewhere', () => {
  const small = new SmallPool({}, ...TWO)
  const exchange = small.ask('a')
  small.pool.attemptFailed(exchange, ATTEMPT_FAILURES.connect)
  expect([exchange.backend, exchange.stickyBackend]).toEqual(['b', null])
})

test('an ejected backend and one with an open circuit lose their sessions, in drain too', () => {
  for (const admin of ['ready', 'drain'] as const) {
    const small = new SmallPool({}, ...TWO)
    small.backend('a').setAdminState(admin, 'test')
    small.backend('a').eject(1000, 'test')
    expect(served(small)).toBe('b')
    small.backend('a').readmit('test')
    expect(served(small)).toBe('a')
  }
})

test('a session of another pool is none here', () => {
  const small = new SmallPool({}, ...TWO)
  Object.defineProperty(small.backend('a'), 'pool', { value: 'elsewhere' })
  expect(small.ask('a').stickyBackend).toBeNull()
})

test('a session waits for its full backend and does not take another one', () => {
  const small = new SmallPool({ maxConnections: 1 }, ...TWO)
  const running = small.ask('a')
  const waiting = small.ask('a')
  expect([waiting.isQueued, small.pool.counters.queued]).toEqual([true, 1])
  small.end(running)
  expect([waiting.isQueued, waiting.backend, small.pool.counters.queued]).toEqual([false, 'a', 0])
})

test('nobody who could go elsewhere waits behind a session', () => {
  const small = new SmallPool({ maxConnections: 1 }, ...TWO)
  const [onA, onB] = [small.ask('a'), small.ask('b')]
  const session = small.ask('a')
  const anybody = small.ask()
  small.end(onB)
  expect([session.isQueued, anybody.isQueued, anybody.backend]).toEqual([true, false, 'b'])
  small.end(onA)
  expect(session.backend).toBe('a')
})

test('who came first is served first, session or not', () => {
  const small = new SmallPool({ maxConnections: 1 }, { address: 'a' })
  const order: unknown[] = []
  const running = small.ask()
  const asked = [undefined, 'a', undefined, 'a'].map((session) => {
    small.clock.advance(1)
    return small.ask(session)
  })
  let current = running
  for (let turn = 0; turn < 4; turn++) {
    small.end(current)
    current = asked.find((one) => one.assignedBackend !== null)!
    order.push(asked.indexOf(current))
  }
  expect(order).toEqual([0, 1, 2, 3])
})

test('sessions and others share the bound of the queue', () => {
  const small = new SmallPool(
    { maxConnections: 1, queue: { size: 2, timeoutMs: 1000 } },
    { address: 'a' }
  )
  for (const session of [undefined, 'a', undefined, 'a']) small.ask(session)
  expect(small.refusals).toEqual(['503 queue_full'])
  expect(small.pool.counters.queuedMax).toBe(2)
})

test('who waits for a backend that goes down or into maintenance is placed elsewhere at once', () => {
  for (const end of ['down', 'maint'] as const) {
    const small = new SmallPool({ maxConnections: 1 }, ...TWO)
    small.ask('a')
    const waiting = small.ask('a')
    if (end === 'down') small.backend('a').setHealth('down', 'test', 0)
    else small.backend('a').setAdminState('maint', 'test')
    expect([waiting.isQueued, waiting.backend, waiting.stickyBackend]).toEqual([false, 'b', null])
  }
})

test('who leaves gives the place back, wherever it waited', () => {
  const small = new SmallPool({ maxConnections: 1 }, { address: 'a' })
  const running = small.ask('a')
  const [first, second] = [small.ask('a'), small.ask('a')]
  small.end(first)
  expect(small.pool.counters.queued).toBe(1)
  small.end(running)
  expect(second.backend).toBe('a')
  small.end(second)
  expect([small.pool.counters.inFlight, small.backend('a').load]).toEqual([0, 0])
})

test('while a pool waits for its level to come back, a draining backend still serves its sessions', () => {
  const failover = { ...DEFAULT_FAILOVER, strategy: 'delayed', delayMs: 5000 } as const
  const small = new SmallPool(
    { maxConnections: 1, failover },
    { address: 'a' },
    { address: 'c' },
    { address: 'b', level: 1 }
  )
  const [onA, onC] = [small.ask('a'), small.ask('c')]
  const [forC, forA] = [small.ask('c'), small.ask('a')]
  small.backend('a').setAdminState('drain', 'test')
  small.backend('c').setHealth('down', 'test', 0)
  const anybody = small.ask()
  small.end(onC)
  small.end(onA)
  expect([forA.backend, forC.isQueued, anybody.isQueued]).toEqual(['a', true, true])
  small.clock.advance(6000)
  expect([forC.backend, anybody.isQueued]).toEqual(['b', true])
})
