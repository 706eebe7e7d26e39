/** Contract: a request of the demo names its backends as every other screen does. */
import { expect, test } from 'vitest'
import type { DemoState } from '../../../preload/contract/workspace-state.ts'
import { backendName, withBackendNames } from '../live/backend-name.ts'
import { namedSample } from './named-sample.ts'
import { aSample } from './testing/samples.ts'

const DEMO: DemoState = {
  backends: [
    { name: 'demo-1', address: '127.0.0.1:4000', isRunning: true },
    { name: 'demo-2', address: '127.0.0.1:40001', isRunning: true }
  ],
  listenerUrl: 'http://127.0.0.1:1',
  rateRps: 50
}

test('everywhere in a sample, once for each', () => {
  const sample = aSample({
    backend: '127.0.0.1:40001',
    why: {
      route: '',
      algorithm: 'round_robin',
      activeLevel: 0,
      candidateCount: 1,
      candidates: ['127.0.0.1:40001'],
      exclusions: [{ backend: '127.0.0.1:4000', reason: 'down' }]
    }
  })
  const named = namedSample(sample, DEMO)
  expect(named).toMatchObject({
    backend: 'demo-2',
    why: { candidates: ['demo-2'], exclusions: [{ backend: 'demo-1', reason: 'down' }] }
  })
  expect(named.attempts.map(({ backend }) => backend)).toEqual(
    sample.attempts.map(({ backend }) => backendName(backend, DEMO))
  )
  expect(namedSample(sample, DEMO)).toBe(named)
  expect(namedSample(sample, null)).toBe(sample)
})

test('a port that begins like another is not taken for it', () => {
  expect(withBackendNames('127.0.0.1:40001 is down, 127.0.0.1:4000.', DEMO)).toBe(
    'demo-2 is down, demo-1.'
  )
})
