/** What is listed as wrong: the worst first, people's own doing not at all. */
import { expect, test } from 'vitest'
import type { LiveFleet } from '../../../preload/contract/live-state.ts'
import { aBackend, aFleet, anEngine, aPool } from '../../testing/live-payloads.ts'
import { liveProblems } from './live-problems.ts'

const down = (address: string, given = {}): ReturnType<typeof aBackend> =>
  aBackend(address, { status: 'down', statusWord: 'Down', statusReason: 'Refused.', ...given })

const namesOf = (fleet: LiveFleet): string[] => liveProblems(fleet, null).map(({ name }) => name)

test('a fleet that is well has no problems', () => {
  expect(liveProblems(aFleet(), null)).toEqual([])
})

test('what is down comes before what is degraded or changing', () => {
  const api = {
    ...aPool('api', [aBackend('a:80', { status: 'changing' }), down('b:80')]),
    status: 'degraded' as const
  }
  expect(namesOf(aFleet({ pools: [api] }))).toEqual(['b:80 in api', 'Pool api', 'a:80 in api'])
})

test('a backend in maintenance is no problem, whatever its probes say', () => {
  const api = aPool('api', [
    down('a:80', { adminState: 'maint' }),
    down('b:80', { adminState: 'drain' })
  ])
  expect(namesOf(aFleet({ pools: [api] }))).toEqual(['b:80 in api'])
})

test('an engine that stopped is named, and its closed listeners are not listed beside it', () => {
  const listeners = [
    { name: 'web', address: '127.0.0.1:80', scheme: 'http' as const, isOpen: false }
  ]
  const stopped = anEngine({ phase: 'stopped', reason: 'Port 80 is in use.' })
  const [problem, ...rest] = liveProblems(aFleet({ engine: stopped, listeners }), null)
  expect(problem).toMatchObject({
    name: 'Engine',
    statusWord: 'Stopped',
    reason: 'Port 80 is in use.'
  })
  expect(rest).toEqual([])
  expect(namesOf(aFleet({ listeners }))).toEqual(['Listener web'])
})

test('a refused configuration is a problem although everything runs', () => {
  expect(liveProblems(aFleet({ configurationError: 'Line 3.' }), null)[0]).toMatchObject({
    name: 'Configuration',
    reason: 'Line 3.'
  })
})

test('a row leads to its evidence', () => {
  const [problem] = liveProblems(aFleet({ pools: [aPool('api', [down('b:80')])] }), null)
  expect(problem!.selects).toEqual({ kind: 'backend', pool: 'api', backend: 'b:80' })
})
