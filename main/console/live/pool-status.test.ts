/**
 * Contract: the status of a pool is the worst that its users may notice. Nobody can serve = down;
 * a backup serves, capacity is lost or too many requests fail = degraded; what a person took out
 * on purpose, and what nobody notices, degrades nothing.
 */
import { describe, expect, test } from 'vitest'
import type {
  FleetBackend,
  FleetFailover,
  FleetPool
} from '../../../proxy-core/model/engine-telemetry.ts'
import type { ServiceStatus } from '../../../preload/contract/status.ts'
import type { Waiting } from './hold-watch.ts'
import { judgePool, type PoolFacts } from './pool-status.ts'
import { backend, down, EPOCH_MS, HOLDING, pool, TWO_LEVELS } from './testing/fleet-double.ts'

const drained = (address: string): FleetBackend => backend(address, { adminState: 'drain' })
const resting = (address: string): FleetBackend => backend(address, { adminState: 'maint' })
const backup = (address: string, parts = {}): FleetBackend =>
  backend(address, { level: 1, ...parts })

interface Row {
  readonly name: string
  readonly backends: readonly FleetBackend[]
  readonly status: ServiceStatus
  readonly word: string
  readonly reason: RegExp
}

const ROWS: readonly Row[] = [
  {
    name: 'every backend healthy',
    backends: [backend('a'), backend('b')],
    status: 'serving',
    word: 'Serving',
    reason: /^2 of 2 primary backends can serve\.$/
  },
  {
    name: 'one of three down',
    backends: [backend('a'), down('b'), backend('c')],
    status: 'degraded',
    word: 'Degraded, 2 of 3',
    reason: /^b cannot serve; the others take the requests\.$/
  },
  {
    name: 'one of two not probed yet',
    backends: [backend('a'), backend('b', { health: 'unknown' })],
    status: 'degraded',
    word: 'Degraded, 1 of 2',
    reason: /^b cannot serve/
  },
  {
    name: 'one of two drained by an operator',
    backends: [backend('a'), drained('b')],
    status: 'serving',
    word: 'Serving',
    reason: /An operator holds b back/
  },
  {
    name: 'one drained, one down, one serving',
    backends: [backend('a'), drained('b'), down('c')],
    status: 'degraded',
    word: 'Degraded, 1 of 3',
    reason: /^c cannot serve/
  },
  {
    name: 'one in slow start',
    backends: [backend('a'), backend('b', { health: 'slow_start' })],
    status: 'serving',
    word: 'Serving',
    reason: /^2 of 2/
  },
  {
    name: 'all primaries down, a backup serving',
    backends: [down('a'), down('b'), backup('c')],
    status: 'degraded',
    word: 'Degraded, on backup',
    reason: /^No primary can serve; c \(backup level 1\) serves\.$/
  },
  {
    name: 'all primaries drained, two backups serving',
    backends: [drained('a'), backup('c'), backup('d')],
    status: 'degraded',
    word: 'Degraded, on backup',
    reason: /c and d \(backup level 1\) serve\./
  },
  {
    name: 'the second backup level serving',
    backends: [down('a'), backup('b', { health: 'down' }), backup('c', { level: 2 })],
    status: 'degraded',
    word: 'Degraded, on backup',
    reason: /c \(backup level 2\)/
  },
  {
    name: 'the only backup down while primaries serve',
    backends: [backend('a'), backup('b', { health: 'down' })],
    status: 'serving',
    word: 'Serving',
    reason: /No backup could take over/
  },
  {
    name: 'all down',
    backends: [down('a'), down('b'), down('c')],
    status: 'down',
    word: 'Down',
    reason: /^Nobody can serve: all 3 are down\.$/
  },
  {
    name: 'two down',
    backends: [down('a'), down('b')],
    status: 'down',
    word: 'Down',
    reason: /both are down/
  },
  {
    name: 'the only backend down',
    backends: [down('a')],
    status: 'down',
    word: 'Down',
    reason: /its only backend is down/
  },
  {
    name: 'all taken out by an operator',
    backends: [drained('a'), resting('b')],
    status: 'down',
    word: 'Down',
    reason: /both are held back by an operator/
  },
  {
    name: 'one down, the other drained',
    backends: [down('a'), drained('b')],
    status: 'down',
    word: 'Down',
    reason: /1 is down, 1 is held back by an operator/
  },
  {
    name: 'all not probed yet',
    backends: [backend('a', { health: 'unknown' }), backend('b', { health: 'unknown' })],
    status: 'down',
    word: 'Down',
    reason: /not probed successfully yet/
  },
  {
    name: 'all at weight 0',
    backends: [backend('a', { weight: 0 }), backend('b', { weight: 0 })],
    status: 'down',
    word: 'Down',
    reason: /both are at weight 0/
  },
  {
    name: 'no backend at all',
    backends: [],
    status: 'idle',
    word: 'No backends',
    reason: /503/
  }
]

test.each(ROWS)('with $name a pool is $status', ({ backends, status, word, reason }) => {
  const judged = judge({ pool: pool('api', backends) })
  expect(judged).toMatchObject({ status, statusWord: word })
  expect(judged.statusReason).toMatch(reason)
})

const RISE = { share: 0.123, sinceMs: 0 }

test('is degraded by errors although every backend is healthy', () => {
  const judged = judge({ pool: pool('api', [backend('a')]), errors: RISE })
  expect(judged).toEqual({
    status: 'degraded',
    statusWord: 'Degraded, errors',
    statusReason: '12 % of its requests fail, although no backend is down.'
  })
})

test('is down, not full of errors, when nobody can serve', () => {
  expect(judge({ pool: pool('api', [down('a')]), errors: RISE }).status).toBe('down')
})

test('is starting until the first probes are in', () => {
  const judged = judge({ pool: pool('api', [backend('a')]), isReady: false })
  expect(judged).toMatchObject({ status: 'unknown', statusWord: 'Starting' })
})

test('is unknown while no engine runs', () => {
  expect(judge({ pool: pool('api', [backend('a')]), isStale: true }).status).toBe('unknown')
})

function judge(facts: Pick<PoolFacts, 'pool'> & Partial<PoolFacts>): ReturnType<typeof judgePool> {
  return judgePool({
    ...{ errors: null, waiting: null, isReady: true, isStale: false },
    time: (atMs) => new Date(atMs).toISOString().slice(11, 16),
    ...facts
  })
}

test('is degraded while requests wait for a lost level, although a backup could serve', () => {
  const failover = { ...TWO_LEVELS, phase: 'pending', isWaiting: true } as const
  const facts = { ...pool('api', [down('a'), backup('b')]), activeLevel: -1, failover }
  expect(judge({ pool: facts })).toEqual({
    status: 'degraded',
    statusWord: 'Degraded, requests wait',
    statusReason: 'Level 0 is lost. Requests wait for it until its delay is over.'
  })
})

describe('a pool on its backups', () => {
  function judged(given: Partial<FleetFailover>): string {
    const facts = { ...pool('api', [backend('a'), backup('b')]), activeLevel: 1 }
    const failover = { ...TWO_LEVELS, phase: 'recovering' as const, ...given }
    const { statusWord, statusReason } = judge({
      pool: { ...facts, failover, failoverObstacle: null }
    })
    return `${statusWord}: ${statusReason}`
  }

  test('that an operator holds says who did, and who serves', () => {
    expect(judged({ latchedLevel: 1, latchReason: 'ana: disks' })).toBe(
      'Held on backup: An operator activated the failover: ana: disks. Now b (backup level 1) serves.'
    )
  })

  test('that a latch would hold if it could says why they serve', () => {
    const failover = { ...TWO_LEVELS, latchedLevel: 1 }
    const facts = { ...pool('api', [backend('a'), backup('b')]), activeLevel: 1, failover }
    const held = judge({ pool: { ...facts, failoverObstacle: 'its mode is spill' } })
    expect(held.statusWord).toBe('Degraded, on backup')
  })

  test('whose primaries have recovered is not said to have none', () => {
    expect(judged({})).toBe(
      'Degraded, on backup: The primaries recover; until then b (backup level 1) serves.'
    )
  })
})

describe('a pool whose requests may wait', () => {
  const OPERATOR = { untilMs: EPOCH_MS + 134 * 60_000, reason: 'ana: new kernel' }
  const OFF = { ...HOLDING, routes: [...HOLDING.routes, { name: 'old', timeoutMs: null }] }
  const SOME: Waiting = { held: 214, oldestMs: 4_200, lost: 0 }
  const lost = (count: number): Waiting => ({ ...SOME, lost: count })

  test.each<[string, Partial<FleetPool>, Waiting | null, string]>([
    [
      'nobody serves and some wait',
      { backends: [down('a')] },
      SOME,
      'degraded, Requests wait: Nobody can serve: its only backend is down. 214 of 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'nobody serves and nobody came yet',
      { backends: [down('a')] },
      null,
      'degraded, Requests wait: Nobody can serve: its only backend is down. Requests that come wait up to 30s.'
    ],
    [
      'nobody serves and some had no place',
      { backends: [down('a')] },
      { ...lost(3), held: 1000 },
      'down, Down: Nobody can serve: its only backend is down. 3 requests had no place or waited too long in the last 10 s. All 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'nobody serves and those without a place go to another pool',
      {
        backends: [down('a')],
        hold: { ...HOLDING, fallback: { kind: 'pool', pool: 'spare' } }
      },
      lost(3),
      'degraded, Requests wait: Nobody can serve: its only backend is down. 3 requests had no place or waited too long in the last 10 s and went to the fallback. 214 of 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'nobody serves and the fallback is an error, too',
      {
        backends: [down('a')],
        hold: { ...HOLDING, fallback: { kind: 'status', status: 503 } }
      },
      lost(3),
      'down, Down: Nobody can serve: its only backend is down. 3 requests had no place or waited too long in the last 10 s. 214 of 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'nobody serves and a route lets nobody wait',
      { backends: [down('a')], hold: OFF },
      null,
      'down, Down: Nobody can serve: its only backend is down. Requests of old do not wait: no buffer holds them. Requests that come wait up to 30s.'
    ],
    [
      'an operator holds them',
      { hold: { ...HOLDING, operator: OPERATOR } },
      SOME,
      'degraded, Held by an operator: An operator holds its requests until 02:14: ana: new kernel. 214 of 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'an operator of this console holds them',
      { hold: { ...HOLDING, operator: { ...OPERATOR, reason: 'operator (browser): disks' } } },
      null,
      'degraded, Held by an operator: An operator holds its requests until 02:14: disks. Requests that come wait up to 30s.'
    ],
    [
      'an operator of this console holds them without a reason',
      { hold: { ...HOLDING, operator: { ...OPERATOR, reason: 'operator (browser)' } } },
      null,
      'degraded, Held by an operator: An operator holds its requests until 02:14. Requests that come wait up to 30s.'
    ],
    [
      'an operator holds them for too long',
      { hold: { ...HOLDING, operator: OPERATOR } },
      lost(1),
      'down, Held, requests fail: An operator holds its requests until 02:14: ana: new kernel. 1 request had no place or waited too long in the last 10 s. 214 of 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'the delay of a lost level runs',
      { failover: { ...TWO_LEVELS, isWaiting: true } },
      SOME,
      'degraded, Requests wait: Level 0 is lost and waited for until its delay is over. 214 of 1000 places are taken, the first has waited 4 s.'
    ],
    [
      'the backend has come back',
      {},
      SOME,
      'degraded, Degraded, requests wait: 214 of 1000 places are taken, the first has waited 4 s. 1 of 1 primary backend can serve.'
    ],
    [
      'some waited in vain although somebody serves',
      {},
      { held: 0, oldestMs: 0, lost: 2 },
      'degraded, Degraded, errors: 2 requests had no place or waited too long in the last 10 s. 1 of 1 primary backend can serve.'
    ],
    ['all is well', {}, null, 'serving, Serving: 1 of 1 primary backend can serve.']
  ])('while %s', (_, given, waiting, text) => {
    const facts = { ...pool('api', [backend('a')]), hold: HOLDING, ...given }
    const { status, statusWord, statusReason } = judge({ pool: facts, waiting })
    expect(`${status}, ${statusWord}: ${statusReason}`).toBe(text)
  })
})
