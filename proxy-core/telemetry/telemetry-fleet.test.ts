/**
 * Contract: the fleet says of all that an engine has what it is and how it is, and is told again
 * with the next tick after a change.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { NUMBERS, Observation, TICK_MS } from './testing/observation.ts'

let on: Observation

beforeEach(() => {
  on = new Observation()
})

describe('the fleet', () => {
  test('says of each backend what it is and how it is', () => {
    on.engine.routes = [
      {
        name: 'shop',
        host: { kind: 'suffix', suffix: '.example.test' },
        pathPrefix: '/',
        pool: 'api'
      }
    ] as unknown as typeof on.engine.routes
    on.telemetry.observe(NUMBERS)
    expect(on.fleets[0]).toMatchObject({
      revision: 1,
      listeners: [{ name: 'web', scheme: 'http', isOpen: true }],
      routes: [{ name: 'shop', host: '*.example.test', pathPrefix: '/', pool: 'api' }],
      pools: [
        {
          name: 'api',
          key: null,
          queueLimit: 1000,
          failoverObstacle: null,
          failover: {
            ...{ phase: 'active', mode: 'switch', strategy: 'immediate', dueAtMs: null },
            ...{ latchedLevel: null, latchReason: null, sinceMs: 1_767_225_600_000 },
            ...{ level: 1, isWaiting: false },
            levels: [
              { level: 0, backends: 1, eligible: 0, share: 0, isLost: true },
              { level: 1, backends: 1, eligible: 1, share: 1, isLost: false }
            ]
          },
          backends: [
            { address: '10.0.0.1:80', hasHealthCheck: true, health: 'unknown', level: 0 },
            { address: '10.0.0.2:80', hasHealthCheck: false, region: 'north', level: 1, weight: 50 }
          ]
        }
      ]
    })
  })

  test('says what the algorithm of a pool goes by', () => {
    const hash = { key: { kind: 'cookie', name: 'SID' }, method: 'maglev', loadBound: 1.5 } as const
    on.engine.pools[0]!.settings = { ...on.engine.pools[0]!.settings, algorithm: 'hash', hash }
    on.telemetry.observe(NUMBERS)
    expect(on.fleets[0]!.pools[0]!.key).toEqual({
      key: 'cookie:SID',
      method: 'maglev',
      loadBound: 1.5
    })
  })

  test('is told again with the next tick, once for all changes before it, and not otherwise', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(1000)
    expect(on.fleets).toHaveLength(1)
    on.engine.setAdminState('api', '10.0.0.1:80', 'drain', 'a test')
    on.engine.setWeight('api', '10.0.0.2:80', 7, 'a test')
    on.clock.advance(1000)
    expect(on.fleets).toHaveLength(2)
    expect(on.fleets[1]).toMatchObject({
      revision: 2,
      pools: [{ backends: [{ adminState: 'drain' }, { weight: 7, isWeightOverridden: true }] }]
    })
  })

  test.each([
    ['a reason that came without an event', () => on.backends[0]!.setHealth('unknown', 'x', 0)],
    ['a shutdown', () => (on.engine.isStopping = true)],
    ['a listener that closed', () => (on.engine.listeners[0]!.isOpen = false)],
    ['an event of the engine', () => on.telemetry.engineChanged()]
  ])('is told again after %s', (_, change) => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(500)
    change()
    on.clock.advance(500)
    expect(on.fleets).toHaveLength(2)
  })

  test('comes before the tick whose rows have its order, and all of those are complete', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(1000)
    on.engine.pools[0]!.backends = [...on.backends].reverse()
    on.telemetry.engineChanged()
    on.clock.advance(TICK_MS)
    const [fleet, tick] = on.messages.slice(-2)
    expect([fleet!.kind, tick!.kind]).toEqual(['fleet', 'tick'])
    expect(on.lastTick.revision).toBe(2)
    expect(on.lastTick.pools[0]!.backends.every((row) => row !== null)).toBe(true)
  })
})
