/**
 * Contract: what probes found is told once, with the tick after them, and is evidence for
 * whoever asks about a backend.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { backendSettings } from '../metrics/testing/engine-double.ts'
import { STREAK_LENGTH } from '../model/engine-telemetry.ts'
import { NUMBERS, Observation, TICK_MS } from './testing/observation.ts'

let on: Observation

beforeEach(() => {
  on = new Observation()
})

describe('probes', () => {
  const record = { atMs: 1, durationMs: 2, code: 'L7OK', status: 200, detail: 'fine' } as const

  test('are told with the tick after them, once, with the newest results', () => {
    on.backends[0]!.recordProbe({ ...record, hasPassed: true })
    on.telemetry.observe(NUMBERS)
    on.clock.advance(TICK_MS)
    expect(on.lastTick.probed).toEqual([])
    for (let n = 0; n < 10; n++) on.backends[0]!.recordProbe({ ...record, hasPassed: n % 2 === 0 })
    on.clock.advance(TICK_MS)
    expect(on.lastTick.probed).toMatchObject([
      {
        pool: 'api',
        backend: '10.0.0.1:80',
        last: { hasPassed: false },
        streak: [true, false, true, false, true, false, true, false]
      }
    ])
    expect(on.lastTick.probed[0]!.streak).toHaveLength(STREAK_LENGTH)
    on.clock.advance(TICK_MS)
    expect(on.lastTick.probed).toEqual([])
  })

  test('of more backends than a tick tells of come with the next ones, each once', () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      backendSettings(`10.1.${n >> 8}.${n & 255}:80`)
    )
    const pool = on.engine.addPool('many', many)
    on.telemetry.observe(NUMBERS)
    on.clock.advance(TICK_MS)
    for (const backend of pool.backends) backend.recordProbe({ ...record, hasPassed: true })
    on.messages = []
    on.clock.advance(1000)
    const told = on.ticks.map(({ probed }) => probed.length)
    expect(Math.max(...told)).toBe(128)
    expect(new Set(on.ticks.flatMap(({ probed }) => probed.map((one) => one.backend))).size).toBe(
      300
    )
    expect(told.reduce((sum, one) => sum + one, 0)).toBe(300)
  })

  test('of all backends are on the board, of those that have any', () => {
    on.backends[1]!.recordProbe({ ...record, hasPassed: true })
    const answer = on.telemetry.answer({ name: 'probe_board' })
    expect(answer).toMatchObject({ board: [{ backend: '10.0.0.2:80', streak: [true] }] })
  })
})

describe('evidence', () => {
  test('holds the probes, the check, the last failure and the counts', () => {
    const [backend] = on.backends
    on.engine.watch = {
      progress: { direction: 'failing', done: 2, needed: 3 },
      addresses: ['10.0.0.1'],
      resolutionError: null
    }
    backend!.noteFailure('The backend closed the connection.')
    backend!.counters.connectErrors = 2
    expect(
      on.telemetry.answer({ name: 'evidence', pool: 'api', backend: '10.0.0.1:80' })
    ).toMatchObject({
      evidence: {
        progress: { direction: 'failing', done: 2, needed: 3 },
        healthCheck: {
          type: 'http',
          request: 'GET http://10.0.0.1:80/health',
          fall: 3,
          rise: 2,
          expectedStatus: '200-299'
        },
        lastFailure: { reason: 'The backend closed the connection.' },
        totals: { connectErrors: 2 }
      }
    })
  })

  test('of a backend without a check says so, and of an unknown one is refused', () => {
    expect(
      on.telemetry.answer({ name: 'evidence', pool: 'api', backend: '10.0.0.2:80' })
    ).toMatchObject({
      evidence: { healthCheck: null }
    })
    expect(() => on.telemetry.answer({ name: 'evidence', pool: 'api', backend: 'x' })).toThrow(
      'Pool api has no backend x.'
    )
  })
})
