/** Contract: ejections grow and end, circuits open and try again, and every timer is given back. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { DEFAULT_CIRCUIT_BREAKER, DEFAULT_OUTLIER } from '../model/default-settings.ts'
import type { OutlierSettings } from '../model/settings.ts'
import type { JudgedBackend } from './judged-backend.ts'
import { TrafficJudge, type JudgeSettings } from './traffic-judge.ts'

class BackendDouble implements JudgedBackend {
  isEligible = true
  load = 1
  readonly said: string[] = []

  eject(durationMs: number, reason: string): void {
    this.isEligible = false
    this.said.push(`ejected ${durationMs}: ${reason}`)
  }
  readmit(reason: string): void {
    this.isEligible = true
    this.said.push(`back: ${reason}`)
  }
  setCircuit(to: string, reason: string): void {
    this.said.push(`${to}: ${reason}`)
  }
  circuitChanged(): void {
    this.said.push('admits changed')
  }
  adaptSlots(): void {}
}

class JudgeUnderTest {
  readonly clock = new ManualClock()
  readonly backend = new BackendDouble()
  mayEject = true
  readonly judge: TrafficJudge

  constructor(settings: Partial<JudgeSettings>) {
    const none = { outlier: null, circuitBreaker: null, adaptiveConcurrency: null }
    this.judge = new TrafficJudge(
      this.backend,
      { ...none, ...settings },
      {
        clock: this.clock,
        mayEject: () => this.mayEject
      }
    )
  }

  answer(status: number, times = 1, retryAfterMs = 0): void {
    for (let n = 0; n < times; n++) this.judge.answered(status, 5, retryAfterMs, 0)
  }
}

function outlier(settings: Partial<OutlierSettings> = {}): JudgeUnderTest {
  const rules = { ...DEFAULT_OUTLIER, consecutiveFailures: 3, failureRate: 0, ...settings }
  return new JudgeUnderTest({ outlier: rules })
}

test('a row of failures ejects for the base time, and then the backend is back', () => {
  const { judge, backend, clock } = outlier()
  for (let n = 0; n < 3; n++) judge.failed(false, 0)
  expect(backend.said).toEqual(['ejected 10000: 3 requests in a row failed'])
  clock.advance(9999)
  expect(backend.said).toHaveLength(1)
  clock.advance(1)
  expect(backend.said.at(-1)).toBe('back: its ejection is over')
  expect(clock.pendingCount).toBe(0)
})

test('each ejection in a row lasts longer, up to the longest; calm shortens them again', () => {
  const under = outlier({ maxEjectionMs: 25_000 })
  /** How long the next ejection lasts when the backend has served well for `calmMs`. */
  const ejection = (calmMs: number): number => {
    under.clock.advance(calmMs)
    under.answer(500, 3)
    const durationMs = Number(/^ejected (\d+)/.exec(under.backend.said.at(-1)!)![1])
    under.clock.advance(durationMs)
    return durationMs
  }
  expect([ejection(0), ejection(0), ejection(0)]).toEqual([10_000, 20_000, 25_000])
  expect(ejection(20_000)).toBe(20_000)
  expect(ejection(60_000)).toBe(10_000)
})

test('a pool that cannot spare it keeps it', () => {
  const under = outlier()
  under.mayEject = false
  under.answer(500, 10)
  expect(under.backend.said).toEqual([])
})

test('503 with Retry-After ejects for the time that it asks for, 429 does not', () => {
  const under = outlier({ consecutiveFailures: 0 })
  under.answer(429, 1, 5000)
  expect(under.backend.said).toEqual([])
  under.answer(503, 1, 5000)
  expect(under.backend.said).toEqual(['ejected 5000: it asked for a pause (503 with Retry-After)'])
})

test('a pardon ends an ejection early', () => {
  const under = outlier()
  under.answer(500, 3)
  under.judge.pardon('no other backend is left')
  expect(under.backend.said.at(-1)).toBe('back: no other backend is left')
  expect(under.clock.pendingCount).toBe(0)
})

test('a circuit opens, lets one request try, and closes', () => {
  const circuitBreaker = { ...DEFAULT_CIRCUIT_BREAKER, failureThreshold: 2 }
  const { judge, backend, clock } = new JudgeUnderTest({ circuitBreaker })
  judge.failed(false, 0)
  judge.answered(500, 5, 0, 0)
  expect(backend.said).toEqual(['open: 2 requests in a row failed'])
  clock.advance(60_000)
  expect(backend.said.at(-1)).toBe('half_open: its recovery timeout is over')
  const trial = judge.began()
  expect(backend.said.at(-1)).toBe('admits changed')
  judge.answered(200, 5, 0, trial)
  expect(backend.said.at(-1)).toBe('closed: the requests that tried it succeeded')
  expect(clock.pendingCount).toBe(0)
})

test('a failed trial opens it again, one that the client gave up frees its place', () => {
  const circuitBreaker = { ...DEFAULT_CIRCUIT_BREAKER, failureThreshold: 1 }
  const { judge, backend, clock } = new JudgeUnderTest({ circuitBreaker })
  judge.failed(false, 0)
  clock.advance(60_000)
  judge.trialEnded(judge.began())
  expect(backend.said.slice(-2)).toEqual(['admits changed', 'admits changed'])
  judge.failed(false, judge.began())
  expect(backend.said.at(-1)).toBe('open: a request that tried it failed')
  judge.stop()
  expect(clock.pendingCount).toBe(0)
})
