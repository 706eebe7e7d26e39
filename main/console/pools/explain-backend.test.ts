/** Contract: the explanation says why a backend is in its state and what would change it. */
import { expect, test } from 'vitest'
import type { BackendEvidence } from '../../../proxy-core/model/backend-evidence.ts'
import type { FleetBackend } from '../../../proxy-core/model/engine-telemetry.ts'
import type { ProbeRecord } from '../../../proxy-core/model/probe-record.ts'
import { judgeBackend } from '../live/backend-status.ts'
import { backend, down, EPOCH_MS } from '../live/testing/fleet-double.ts'
import { explainBackend } from './explain-backend.ts'

const NOW_MS = EPOCH_MS + 240_000

function probe(hasPassed: boolean, parts: Partial<ProbeRecord> = {}): ProbeRecord {
  return {
    atMs: EPOCH_MS,
    durationMs: 3,
    hasPassed,
    code: hasPassed ? 'L7OK' : 'L7STS',
    status: hasPassed ? 200 : 503,
    detail: hasPassed ? 'Status 200, as expected.' : 'Expected status 200, got 503.',
    ...parts
  }
}

const CHECK = {
  type: 'http',
  request: 'GET http://10.0.0.1:80/health',
  intervalMs: 2_000,
  timeoutMs: 1_000,
  fall: 3,
  rise: 2,
  expectedStatus: '200'
}

function explain(subject: FleetBackend, parts: Partial<BackendEvidence> = {}): string[] {
  const evidence: BackendEvidence = {
    pool: 'api',
    backend: subject.address,
    atMs: NOW_MS,
    probes: [probe(true), probe(true)],
    progress: { direction: 'steady', done: 0, needed: 3 },
    healthCheck: CHECK,
    addresses: ['10.0.0.1'],
    resolutionError: null,
    lastFailure: null,
    connections: { open: 1, idle: 1 },
    totals: {
      requests: 0,
      connectErrors: 0,
      responseErrors: 0,
      retries: 0,
      probesPassed: 2,
      probesFailed: 0,
      timesDown: 0
    },
    ...parts
  }
  const { progress } = evidence
  const judged = judgeBackend({ backend: subject, progress, activeLevel: 0, isStale: false })
  return explainBackend({
    backend: { ...subject, ...judged, adminUntilMs: null },
    evidence,
    nowMs: NOW_MS,
    time: (atMs) => new Date(atMs).toISOString().slice(11, 16)
  })
}

test('a healthy one says what its probes got and what would take it down', () => {
  expect(explain(backend('a'))).toEqual([
    'Healthy: the last 2 probes passed; `GET http://10.0.0.1:80/health` answered 200.',
    '3 failed probes in a row would take it down.'
  ])
})

test('one that is down says what it answered and what brings it back', () => {
  const probes = [probe(true), probe(false), probe(false), probe(false)]
  const progress = { direction: 'steady', done: 0, needed: 2 } as const
  expect(explain(down('a'), { probes, progress })).toEqual([
    'Down: the last 3 probes failed; `GET http://10.0.0.1:80/health` answered 503.',
    '2 more successes bring it back.'
  ])
})

test('one that recovers says how little is missing', () => {
  const probes = [probe(false), probe(true)]
  const progress = { direction: 'passing', done: 1, needed: 2 } as const
  expect(explain(down('a'), { probes, progress })).toEqual([
    'Recovering 1/2: the last probe passed; `GET http://10.0.0.1:80/health` answered 200.',
    '1 more success brings it back.'
  ])
})

test('one that fails says how near the end is', () => {
  const progress = { direction: 'failing', done: 1, needed: 3 } as const
  expect(explain(backend('a'), { probes: [probe(true), probe(false)], progress })).toContain(
    '2 more failures take it down.'
  )
})

test('a probe without an answer says why', () => {
  const refused = probe(false, { status: null, code: 'L4CON', detail: 'Connection refused' })
  expect(explain(down('a'), { probes: [refused] })[0]).toBe(
    'Down: the last probe failed; `GET http://10.0.0.1:80/health`: Connection refused.'
  )
})

test('a status as expected with another body is told in full', () => {
  const detail = 'Status 200, but ok is not in the body.'
  const probes = [probe(false, { status: 200, detail })]
  expect(explain(down('a'), { probes })[0]).toMatch(/answered 200\. Status 200, but ok is not/)
})

test('without a check it counts as healthy, whatever happens', () => {
  const subject = backend('a', { hasHealthCheck: false })
  expect(explain(subject, { healthCheck: null, probes: [] })).toEqual([
    'No health check is configured, so it always counts as healthy.'
  ])
})

test('one that was never probed needs one passed probe', () => {
  expect(explain(backend('a', { health: 'unknown' }), { probes: [] })).toEqual([
    'It has not been probed yet.',
    'One passed probe lets it serve.'
  ])
})

test('maintenance says since when, by whom, and that nothing is probed', () => {
  const subject = backend('a', { adminState: 'maint', adminReason: 'operator: disk swap' })
  expect(explain(subject).slice(1)).toEqual([
    'It is in maintenance since 00:00 (4 m) (operator: disk swap).',
    'Its probes rest until it is brought back.'
  ])
})

test('the last failure of traffic and a lost name are told', () => {
  const sentences = explain(backend('a'), {
    lastFailure: { atMs: NOW_MS - 120_000, reason: 'connection reset' },
    resolutionError: 'ENOTFOUND a'
  })
  expect(sentences.slice(2)).toEqual([
    'Traffic last failed on it 2 m ago: Connection reset.',
    'Its name does not resolve: ENOTFOUND a. Its last known addresses are used.'
  ])
})

test.each([
  ['us-west', 'It is in us-west, and'],
  [null, 'It is in no region, and']
])('one in %s that stands back for another region says for which', (region, words) => {
  expect(explain(backend('a', { region, passedOverFor: 'us-east' })).at(-1)).toBe(
    `${words} its pool prefers us-east: it gets requests when no backend there can serve this level.`
  )
})

test('one in slow start says how far it is', () => {
  const [first] = explain(backend('a', { health: 'slow_start', warmth: 0.55 }))
  expect(first).toMatch(/^Warming 55 %: the last 2 probes passed/)
})
