/**
 * Contract: a backend that comes back gets a share that grows by the table of
 * docs/reference/balancing.md, whatever its weight, and nothing of it outlives its pool.
 */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { HASH_METHODS } from '../model/balance-settings.ts'
import { Backend } from './backend.ts'
import { SlowStarts } from './slow-starts.ts'
import { BACKEND, SmallPool } from './testing/small-pool.ts'

const SLOW = { slowStartMs: 18_000 }
const STEP_MS = 1000

function comeBack(small: SmallPool, address = 'b'): void {
  small.backend(address).setHealth('down', 'test', 0)
  small.backend(address).comeBack('2 probes in a row passed', 2)
}

/** Of so many requests in a row, those to `b`. */
function shareOf(small: SmallPool, count: number): number {
  return small.picks(count).filter((address) => address === 'b').length
}

test('the share of requests is exact at every step, with weights of one', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', ...SLOW })
  expect(shareOf(small, 20)).toBe(10)
  comeBack(small)
  // Of 20 + n turns n are its own, n = 2, 3, … twentieths.
  const shares = Array.from({ length: 18 }, (_, step) => {
    if (step > 0) small.clock.advance(STEP_MS)
    return shareOf(small, 22 + step)
  })
  expect(shares).toEqual(Array.from({ length: 18 }, (_, step) => 2 + step))
  small.clock.advance(STEP_MS)
  expect(shareOf(small, 20)).toBe(10)
})

test('slots grow with the share, and who waits gets them at each step', () => {
  const small = new SmallPool({ maxConnections: 20 }, { address: 'b', ...SLOW })
  comeBack(small)
  for (let request = 0; request < 30; request++) small.ask()
  expect(small.sent).toHaveLength(2)
  small.clock.advance(STEP_MS)
  expect(small.sent).toHaveLength(3)
  small.clock.advance(8 * STEP_MS)
  expect(small.sent).toHaveLength(11)
  small.clock.advance(9 * STEP_MS)
  expect(small.sent).toHaveLength(20)
  expect(small.pool.counters.queued).toBe(10)
})

test('each change of state is one event with its reason; steps are none', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', ...SLOW })
  comeBack(small)
  small.clock.advance(60_000)
  const changes = small.events.flatMap((event) =>
    event.kind === 'backend_health' ? [`${event.from}>${event.to}: ${event.reason}`] : []
  )
  expect(changes).toEqual([
    'up>down: test',
    'down>slow_start: 2 probes in a row passed; its share grows for 18s',
    'slow_start>up: its slow start of 18s is over'
  ])
})

test('a failure on the way ends it, and the next return begins anew', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', ...SLOW })
  const b = small.backend('b')
  comeBack(small)
  small.clock.advance(9 * STEP_MS)
  expect(b.warmth).toBe(0.55)
  b.setHealth('down', '3 probes in a row failed', 0)
  expect([b.warmth, shareOf(small, 10), small.clock.pendingCount]).toEqual([1, 0, 1])
  small.clock.advance(STEP_MS)
  expect(small.clock.pendingCount).toBe(0)
  b.comeBack('a probe passed', 1)
  expect([b.warmth, b.health]).toEqual([0.1, 'slow_start'])
})

test('without slow_start a return is up at once', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b' })
  comeBack(small)
  expect([small.backend('b').health, small.clock.pendingCount]).toEqual(['up', 0])
})

test('one timer serves all, and it goes with the pool or the last of them', () => {
  const small = new SmallPool(
    {},
    { address: 'a' },
    { address: 'b', ...SLOW },
    { address: 'c', slowStartMs: 5000 }
  )
  comeBack(small, 'b')
  small.clock.advance(500)
  comeBack(small, 'c')
  expect(small.clock.pendingCount).toBe(1)
  small.clock.advance(5000)
  expect([small.backend('c').health, small.backend('b').health]).toEqual(['up', 'slow_start'])
  small.pool.retire()
  expect(small.clock.pendingCount).toBe(0)
})

test('many that return at different times cost ten steps a second together', () => {
  const clock = new ManualClock()
  const backends = Array.from(
    { length: 200 },
    (_, n) =>
      new Backend(
        { ...BACKEND, address: `${n}`, slowStartMs: 30_000 },
        { pool: 'main', clock, emit: () => undefined, changed: () => undefined }
      )
  )
  let steps = 0
  const slowStarts = new SlowStarts(clock, () => steps++)
  slowStarts.watch(backends)
  // A second and a half between the first and the last, which is not a multiple of a step.
  for (const backend of backends) {
    backend.comeBack('a probe passed', 1)
    slowStarts.watch(backends)
    clock.advance(7.7)
  }
  expect(steps).toBeLessThanOrEqual(16)
  const perSecond = Array.from({ length: 32 }, () => {
    const before = steps
    clock.advance(1000)
    return steps - before
  })
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(10)
  expect(perSecond[0]).toBeGreaterThanOrEqual(9)
  expect(backends.every(({ health }) => health === 'up')).toBe(true)
  expect(clock.pendingCount).toBe(0)
})

test('a share and the end of a slow start are late by a tenth of a second at most', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', slowStartMs: 450 })
  comeBack(small)
  const b = small.backend('b')
  for (let elapsedMs = 0; elapsedMs < 550; elapsedMs += 10) {
    const due = 0.1 + (0.9 * Math.max(0, elapsedMs - 100)) / 450
    expect(b.warmth).toBeGreaterThan(due - 0.05)
    small.clock.advance(10)
  }
  expect([b.health, b.warmth, small.clock.pendingCount]).toEqual(['up', 1, 0])
})

test('a reload that takes the option out ends it at once, one with another time counts on', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', ...SLOW })
  comeBack(small)
  small.clock.advance(9 * STEP_MS)
  small.configure({}, { address: 'a' }, { address: 'b', slowStartMs: 90_000 })
  expect(small.backend('b').warmth).toBe(0.15)
  small.configure({}, { address: 'a' }, { address: 'b' })
  expect([small.backend('b').health, small.backend('b').warmth]).toEqual(['up', 1])
  expect(small.backend('b').healthReason).toBe('slow start was switched off')
  expect(small.clock.pendingCount).toBe(0)
})

test('a backend that a reload removes is not waited for', () => {
  const small = new SmallPool({}, { address: 'a' }, { address: 'b', ...SLOW })
  comeBack(small)
  small.configure({}, { address: 'a' })
  expect(small.clock.pendingCount).toBe(0)
})

test('the order of equals by least connections is kept when weights are scaled', () => {
  const small = new SmallPool(
    { algorithm: 'least_conn' },
    { address: 'a' },
    { address: 'c' },
    { address: 'b', ...SLOW }
  )
  small.picks(9)
  comeBack(small)
  const picks = small.picks(21)
  expect(picks.filter((address) => address === 'b').length).toBeLessThanOrEqual(2)
  expect(picks.join('')).not.toMatch(/aaa|ccc/)
})

test.each(HASH_METHODS)(
  'by %s each key of the newcomer comes home once, and no other moves',
  (method) => {
    const hash = { key: { kind: 'client_ip' }, method, loadBound: 0 } as const
    const all = ['a', 'b', 'c', 'd'].map((address) => ({ ...BACKEND, ...SLOW, address }))
    const small = new SmallPool({ algorithm: 'hash', hash, backends: all }, ...all)
    const homes = (): string[] => Array.from({ length: 500 }, (_, n) => small.homeOf(`key ${n}`))
    small.backend('d').setHealth('down', 'test', 0)
    const settled = homes()
    comeBack(small)
    let before = homes()
    for (let step = 0; step < 18; step++) {
      small.clock.advance(STEP_MS)
      const now = homes()
      const moved = now.flatMap((home, n) => (home === before[n] ? [] : [[home, settled[n]]]))
      expect(moved.every(([home, own]) => home === 'b' && own === 'b')).toBe(true)
      before = now
    }
    expect(before).toEqual(settled)
  }
)
