/** What stands on a node and what is read out for it: state, since, numbers, in that order. */
import { describe, expect, test } from 'vitest'
import type { LiveFleet } from '../../../preload/contract/live-state.ts'
import { readTrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import { aBackend, aFleet, aPool, aRow } from '../../testing/live-payloads.ts'
import { NOW_MS } from '../../testing/manual-page.ts'
import type { RiverThing } from './river-layout.ts'
import { nodeWords, routesText, trafficSentence, type NodeWords } from './river-words.ts'

const RATES = readTrafficRow(aRow({ rps: 50.2, server5xx: 0.01 }))

function wordsOf(
  thing: RiverThing,
  fleet: LiveFleet,
  demo: Parameters<typeof nodeWords>[1]['demo'] = null
): NodeWords | null {
  return nodeWords(thing, { fleet, demo, nowMs: NOW_MS, rates: () => RATES })
}

describe('a backend', () => {
  const thing: RiverThing = { kind: 'backend', pool: 'api', backend: '10.0.0.1:80' }
  const fleetWith = (given: Parameters<typeof aBackend>[1]): LiveFleet =>
    aFleet({ pools: [aPool('api', [aBackend('10.0.0.1:80', given)])] })

  test('says its state and since when', () => {
    expect(wordsOf(thing, fleetWith({}))).toMatchObject({
      title: '10.0.0.1:80',
      detail: 'Healthy · 1m',
      spoken: 'Backend of api, Healthy. 50.2\u00a0req/s, 0.02\u00a0% errors.'
    })
  })

  test('that a person drained says so, beside what its probes say', () => {
    const words = wordsOf(thing, fleetWith({ adminState: 'drain' }))!
    expect(words.adminState).toBe('drain')
    expect(words.status).toBe('healthy')
    expect(words.detail).toBe('1m')
    expect(words.spoken).toContain('Healthy, draining.')
  })

  test('that stands by says its level', () => {
    const words = wordsOf(thing, fleetWith({ level: 2 }))!
    expect(words.detail).toBe('L2 · Healthy · 1m')
    expect(words.spoken).toContain('standby level 2')
  })

  test('of the demo has the name that the hints use', () => {
    const demo = {
      backends: [{ name: 'demo-2', address: '10.0.0.1:80', isRunning: true }],
      listenerUrl: '',
      rateRps: 50
    }
    expect(wordsOf(thing, fleetWith({}), demo)!.title).toBe('demo-2')
  })

  test('that left the configuration has no words', () => {
    expect(wordsOf({ ...thing, backend: 'gone:80' }, aFleet())).toBeNull()
    expect(wordsOf({ ...thing, pool: 'gone' }, aFleet())).toBeNull()
  })
})

describe('a pool', () => {
  const route = (
    name: string,
    host: string | null,
    pathPrefix: string
  ): LiveFleet['routes'][number] => ({
    name,
    host,
    pathPrefix,
    pool: 'api'
  })

  test('shows its routes while it is well, and its state when it is not', () => {
    const routes = [route('a', null, '/api')]
    const thing: RiverThing = { kind: 'pool', pool: 'api' }
    expect(wordsOf(thing, aFleet({ routes }))!.detail).toBe('/api')
    const sick = { ...aPool('api', []), status: 'down' as const, statusWord: 'Down' }
    expect(wordsOf(thing, aFleet({ routes, pools: [sick] }))).toMatchObject({
      detail: 'Down',
      isProblem: true
    })
  })

  test('names two routes and counts the rest', () => {
    const routes = [
      route('a', '*.example.test', '/'),
      route('b', 'api.test', '/v1'),
      route('c', null, '/x'),
      route('d', null, '/y')
    ]
    expect(routesText({ routes }, 'api')).toBe('*.example.test · api.test/v1 +2')
    expect(routesText({ routes }, 'web')).toBe('No route leads here')
  })
})

test('a closed listener is a problem', () => {
  const listeners = [
    { name: 'web', address: '127.0.0.1:8080', scheme: 'http' as const, isOpen: false }
  ]
  expect(wordsOf({ kind: 'listener', listener: 'web' }, aFleet({ listeners }))).toMatchObject({
    detail: 'Closed · 127.0.0.1:8080',
    isProblem: true
  })
})

test('without numbers there is no false zero', () => {
  expect(trafficSentence(null)).toBe('No numbers yet.')
})
