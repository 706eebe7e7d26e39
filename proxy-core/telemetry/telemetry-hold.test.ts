/**
 * Contract: of a pool whose requests may wait, the fleet has the limits and the operator's word,
 * each tick who waits and how fast they come and go; of any other pool there is nothing.
 */
import { beforeEach, expect, test } from 'vitest'
import { DEFAULT_HOLD } from '../model/default-buffer.ts'
import type { HeldRequest, HoldStatus } from '../model/hold-report.ts'
import { NUMBERS, Observation, TICK_MS } from './testing/observation.ts'

const NOBODY: HoldStatus = {
  ...{
    pool: 'api',
    held: 0,
    heldMax: 0,
    maxRequests: 1000,
    bytes: 0,
    maxBytes: 100,
    oldestMs: null
  },
  ...{ operator: null, entered: 0, released: 0, expired: 0, refused: 0, abandoned: 0, waitedMs: 0 }
}
const WAITING: HeldRequest = {
  ...{ position: 1, method: 'PUT', target: '/a', route: 'shop', client: '10.0.0.9' },
  ...{ ageMs: 40, leftMs: 60, bodyBytes: 7 }
}

let on: Observation
let status: HoldStatus

beforeEach(() => {
  on = new Observation()
  status = NOBODY
})

function holdRequests(): void {
  const [pool] = on.engine.pools
  pool!.settings = { ...pool!.settings, hold: DEFAULT_HOLD }
  pool!.holdStatus = () => status
  pool!.heldRequests = (limit) => Array.from({ length: 30 }, () => WAITING).slice(0, limit)
}

test('a pool that holds nothing has none of it', () => {
  on.telemetry.observe(NUMBERS)
  on.clock.advance(TICK_MS)
  expect(on.fleets[0]!.pools[0]!.hold).toBeNull()
  expect(on.lastTick.pools[0]!.hold).toBeNull()
})

test('the fleet has the limits, which routes wait, and what an operator wants', () => {
  holdRequests()
  const route = { host: { kind: 'any' }, pathPrefix: '/', pool: 'api' }
  const hold = { timeoutMs: 5000, bodyLimitBytes: 1 }
  on.engine.routes = [
    { ...route, name: 'shop', hold },
    { ...route, name: 'old', hold: null },
    { ...route, name: 'other', pool: 'web', hold }
  ] as unknown as typeof on.engine.routes
  on.telemetry.observe(NUMBERS)
  const { maxRequests, maxBytes, timeoutMs } = DEFAULT_HOLD
  expect(on.fleets[0]!.pools[0]!.hold).toEqual({
    ...{ maxRequests, maxBytes, timeoutMs, fallback: null, operator: null },
    routes: [
      { name: 'shop', timeoutMs: 5000 },
      { name: 'old', timeoutMs: null }
    ]
  })
  const spare = { kind: 'pool', pool: 'spare' } as const
  on.engine.pools[0]!.settings = { ...on.engine.pools[0]!.settings, fallback: spare }
  status = { ...NOBODY, operator: { untilMs: 99, reason: 'a test' } }
  on.engine.emit({ kind: 'pool_hold', pool: 'api', isHeld: true, untilMs: 99, reason: 'a test' })
  on.telemetry.engineChanged()
  on.clock.advance(TICK_MS)
  expect(on.fleets[1]!.pools[0]!.hold).toMatchObject({
    fallback: spare,
    operator: { untilMs: 99, reason: 'a test' }
  })
})

test('a tick has who waits, and rates over the live window', () => {
  holdRequests()
  status = { ...NOBODY, entered: 500, released: 400, expired: 6, refused: 3 }
  on.telemetry.observe(NUMBERS)
  for (let tick = 0; tick < 8; tick++) {
    const { entered, released } = status
    status = { ...status, entered: entered + 10, released: released + 4, held: 48, bytes: 9 }
    status = { ...status, oldestMs: 1234.5 }
    on.clock.advance(TICK_MS)
  }
  // Its window is shorter than a tick, and nothing of before is in it.
  expect(on.ticks[0]!.pools[0]!.hold).toMatchObject({ entered: 80, released: 32 })
  expect(on.lastTick.pools[0]!.hold).toEqual({
    ...{ held: 48, bytes: 9, oldestMs: 1235, entered: 40, released: 16, lostTotal: 9 }
  })
  on.clock.advance(2000)
  expect(on.lastTick.pools[0]!.hold).toMatchObject({ held: 48, entered: 0, released: 0 })
})

test('a reload that gives the pool its line begins with the next tick, one that takes it ends it', () => {
  on.telemetry.observe(NUMBERS)
  on.clock.advance(TICK_MS)
  holdRequests()
  on.telemetry.engineChanged()
  on.clock.advance(TICK_MS)
  expect(on.lastTick.pools[0]!.hold).toMatchObject({ held: 0 })
  on.engine.pools[0]!.settings = { ...on.engine.pools[0]!.settings, hold: null }
  on.telemetry.engineChanged()
  on.clock.advance(TICK_MS)
  expect(on.lastTick.pools[0]!.hold).toBeNull()
})

test('the first twenty of those who wait are told when asked for', () => {
  holdRequests()
  const answer = on.telemetry.answer({ name: 'held', pool: 'api' })
  expect(answer).toEqual({ name: 'held', requests: Array.from({ length: 20 }, () => WAITING) })
  expect(() => on.telemetry.answer({ name: 'held', pool: 'none' })).toThrow(
    'There is no pool none.'
  )
})
